/**
 * What an update rule does, measured and not read: its updates on streams of gradients that are the same for every rule and hear nothing of its weights (open loop).
 *
 * One 4 x 4 parameter, 300 steps, gradients N(0, 1), independent; where they fall in mid-stream they have a constant beside the noise, so that one draw decides little. The
 * first 20 steps are left out of every measure. The loss that a rule may read is 1, and is rescaled with the gradients where all of them are, as it would be with the objective.
 */
import { scheduleUpdate } from '../compiler/update.ts';
import { needsOf } from '../compiler/whole-ops.ts';
import { noiseKeys } from '../engines/noise.ts';
import { createUpdate } from '../engines/reference/update.ts';
import { knownRule } from '../genome/known.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { exp, log } from '../numerics/elementary.ts';
import { stream } from '../random/stream.ts';
import { streamNames, trainingSeeds } from '../random/stream-names.ts';

/** A measure is null where the rule makes none: no update at all, or one that is no number. */
export interface RuleSignature {
  /** d log |u| / d log |g|, all gradients rescaled: 1 for SGD, 0 for Adam. */
  readonly kappaGlobal: number | null;
  /** The same of one coordinate whose gradients alone are rescaled. */
  readonly kappaCoord: number | null;
  /** Size of the updates after all gradients fell to 0.03 of what they were, over the size before: 0.03 for SGD, 1 for signs. */
  readonly scaleDrop: number | null;
  /** Correlation of an update with the next: 0 for SGD, 0.9 for a momentum of 0.9. */
  readonly autocorrelation: number | null;
}

/** Two likenesses to Adam from 0 to 1, null where undefined. */
export interface AdamLikeness {
  /** Adaptivity: exp(-(kappaGlobal^2 + kappaCoord^2) - ((log scaleDrop - Adam's) / 1.5)^2 / 2). */
  readonly scale: number | null;
  /** Momentum: exp(-((autocorrelation - Adam's) / 0.5)^2 / 2). */
  readonly memory: number | null;
}

const edge = 4;
const steps = 300;
const burnIn = 20;
/** Factors of the gradients: of all of them, of one coordinate, and of all from the middle on. */
const factors = { global: 10, coordinate: 30, drop: 0.03 } as const;
const coordinate = 5;

/** One number per coordinate for each step; `loss` is what the rule reads as L. */
interface Gradients {
  readonly g: readonly Float64Array[];
  readonly loss: (step: number) => number;
}

const normals = (name: 'noise' | 'constant' | 'weights', count: number): Float64Array[] => {
  const random = stream(streamNames.ruleProbe(name));
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: edge * edge }, () => random.normal()),
  );
};

const noise = normals('noise', steps);
/** 1 or -1 by coordinate. */
const constant = normals('constant', 1)[0]!.map(Math.sign);
const start = normals('weights', 1)[0]!;

const rescaled = (g: readonly Float64Array[], factor: (step: number) => number): Gradients => ({
  g: g.map((each, step) => each.map((x) => x * factor(step))),
  loss: factor,
});

/** What every rule is measured on. */
export const probeStreams = {
  noise: rescaled(noise, () => 1),
  larger: rescaled(noise, () => factors.global),
  oneLarger: {
    g: noise.map((g) => g.map((x, i) => (i === coordinate ? factors.coordinate * x : x))),
    loss: () => 1,
  },
  falling: rescaled(
    noise.map((g) => g.map((x, i) => constant[i]! + x)),
    (step) => (step < steps / 2 ? 1 : factors.drop),
  ),
} as const satisfies Record<string, Gradients>;

/** Null for a rule that asks for the loss or its gradient at other places: a stream of gradients has none to give. */
export function ruleSignature(rule: UpdateRule): RuleSignature | null {
  if (asksForEvaluations(rule)) return null;
  const settled = updatesOn(rule, probeStreams.noise).slice(burnIn);
  const larger = updatesOn(rule, probeStreams.larger).slice(burnIn);
  const oneLarger = updatesOn(rule, probeStreams.oneLarger).slice(burnIn);
  const falling = updatesOn(rule, probeStreams.falling);
  return {
    kappaGlobal: exponent(size(settled), size(larger), factors.global),
    kappaCoord: exponent(size(settled, coordinate), size(oneLarger, coordinate), factors.coordinate),
    scaleDrop: defined(size(falling.slice(steps / 2)) / size(falling.slice(burnIn, steps / 2))),
    autocorrelation: autocorrelation(settled),
  };
}

const asksForEvaluations = (rule: UpdateRule): boolean =>
  rule.nodes.some((node) => {
    if (node.kind !== 'op') return false;
    const { forward, backward } = needsOf(node.op)?.evaluations(node.count ?? 0) ?? {
      forward: 0,
      backward: 0,
    };
    return forward + backward > 0;
  });

function updatesOn(rule: UpdateRule, { g, loss }: Gradients): Float64Array[] {
  const update = createUpdate({
    update: scheduleUpdate(rule),
    parameters: [{ value: 0 }],
    tensors: [{ rows: edge, cols: edge }],
  });
  const keys = noiseKeys(trainingSeeds.ruleProbe());
  const blind = () => {
    throw new Error('a probe has no objective');
  };
  let w = start;
  return g.map((gradient, step) => {
    const inputs = { t: step + 1, T: steps, L: loss(step), b: 10, n: 1000 };
    const [next] = update.step(inputs, [w], [gradient], keys, {
      lossOf: blind,
      gradientOf: blind,
      wholeBatches: () => 0,
      fullGradientOf: blind,
    }).parameters;
    const change = next!.map((x, i) => x - w[i]!);
    w = next!;
    return change;
  });
}

/** Root mean square over steps and over coordinates, or over one of them. */
function size(updates: readonly Float64Array[], at?: number): number {
  const values = updates.flatMap((u) => (at === undefined ? [...u] : [u[at]!]));
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}

const exponent = (before: number, after: number, factor: number): number | null =>
  defined((log(after) - log(before)) / log(factor));

const defined = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Pearson's, over all coordinates and pairs of neighbouring steps. */
function autocorrelation(updates: readonly Float64Array[]): number | null {
  const x = updates.slice(0, -1).flatMap((u) => [...u]);
  const y = updates.slice(1).flatMap((u) => [...u]);
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xx += (x[i]! - mx) * (x[i]! - mx);
    yy += (y[i]! - my) * (y[i]! - my);
    xy += (x[i]! - mx) * (y[i]! - my);
  }
  return defined(xy / Math.sqrt(xx * yy));
}

/**
 * AL_scale (adaptivity) and AL_mem (momentum) of a rule, each from 0 to 1 where it is Adam's own; null where the rule is not measurable. Two numbers and never one:
 * RMSProp has the first, heavy ball the second.
 */
export function adamLikeness(
  signature: RuleSignature | null,
  adam: RuleSignature = adamSignature(),
): AdamLikeness {
  if (signature === null) return { scale: null, memory: null };
  const { kappaGlobal, kappaCoord, scaleDrop, autocorrelation } = signature;
  const apart = (x: number, y: number, width: number) => (((x - y) / width) * ((x - y) / width)) / 2;
  return {
    scale:
      kappaGlobal === null || kappaCoord === null || scaleDrop === null
        ? null
        : exp(
            -(kappaGlobal * kappaGlobal + kappaCoord * kappaCoord) -
              apart(log(scaleDrop), log(adam.scaleDrop!), 1.5),
          ),
    memory: autocorrelation === null ? null : exp(-apart(autocorrelation, adam.autocorrelation!, 0.5)),
  };
}

let ofAdam: RuleSignature | undefined;

/** The signature of default Adam, measured once a process. */
export function adamSignature(): RuleSignature {
  ofAdam ??= ruleSignature(knownRule('adam')!)!;
  return ofAdam;
}
