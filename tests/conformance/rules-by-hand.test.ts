/**
 * Known rules that have no trajectory of optax here, against their formulas written out once more as plain loops over float64 arrays, step by step as in the source that each
 * file names.
 */
import { describe, expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { knownText } from '../../src/genome/known.ts';
import { allEngines, genomeOf, programOf, worstError } from '../support/engines.ts';

type Tensor = number[];
/** Updates of one step, for every parameter tensor. */
type Rule = (weights: readonly Tensor[], gradients: readonly Tensor[], t: number) => Tensor[];

const { abs, max, sign, sqrt } = Math;
const norm = (x: Tensor) => sqrt(x.reduce((sum, value) => sum + value * value, 0));

/** A rule that treats every element alike; `state` is the element's own. */
const elementwise =
  (update: (g: number, state: number[], t: number) => number, initial: readonly number[]): (() => Rule) =>
  () => {
    const states: number[][][] = [];
    return (_weights, gradients, t) =>
      gradients.map((tensor, p) => {
        states[p] ??= tensor.map(() => [...initial]);
        return tensor.map((g, i) => update(g, states[p]![i]!, t));
      });
  };

/** A rule that treats every tensor alike. */
const tensorwise =
  (
    update: (g: Tensor, w: Tensor, state: Record<string, Tensor>, t: number) => Tensor,
    names: readonly string[],
  ): (() => Rule) =>
  () => {
    const states: Record<string, Tensor>[] = [];
    return (weights, gradients, t) =>
      gradients.map((g, p) => {
        states[p] ??= Object.fromEntries(names.map((name) => [name, g.map(() => 0)]));
        return update(g, weights[p]!, states[p]!, t);
      });
  };

/** First and second moments at Adam's betas, in the state's first two places. */
function moments(g: number, s: number[]): [number, number] {
  s[0] = 0.9 * s[0]! + 0.1 * g;
  s[1] = 0.999 * s[1]! + 0.001 * g * g;
  return [s[0], s[1]];
}

const byHand: Readonly<Record<string, () => Rule>> = {
  adagrad: elementwise(
    (g, s) => {
      s[0]! += g * g;
      return (-0.01 * g) / (sqrt(s[0]!) + 1e-10);
    },
    [0],
  ),
  'amsgrad-torch': elementwise(
    (g, s, t) => {
      const [m, v] = moments(g, s);
      s[2] = max(s[2]!, v);
      return (-0.001 * (m / (1 - 0.9 ** t))) / (sqrt(s[2]) / sqrt(1 - 0.999 ** t) + 1e-8);
    },
    [0, 0, 0],
  ),
  'amsgrad-optax': elementwise(
    (g, s, t) => {
      const [m, v] = moments(g, s);
      s[2] = max(s[2]!, v / (1 - 0.999 ** t));
      return (-0.001 * (m / (1 - 0.9 ** t))) / (sqrt(s[2]) + 1e-8);
    },
    [0, 0, 0],
  ),
  nadam: elementwise(
    (g, s, t) => {
      const [m, v] = moments(g, s);
      const ahead = (0.9 * m) / (1 - 0.9 ** (t + 1)) + (0.1 * g) / (1 - 0.9 ** t);
      return (-0.002 * ahead) / (sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    },
    [0, 0],
  ),
  adamax: elementwise(
    (g, s, t) => {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      s[1] = max(0.999 * s[1]!, abs(g) + 1e-8);
      return (-0.002 * (s[0] / (1 - 0.9 ** t))) / s[1];
    },
    [0, 0],
  ),
  adabelief: elementwise(
    (g, s, t) => {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      s[1] = 0.999 * s[1]! + 0.001 * (g - s[0]) ** 2 + 1e-16;
      return (-0.001 * (s[0] / (1 - 0.9 ** t))) / (sqrt(s[1] / (1 - 0.999 ** t)) + 1e-16);
    },
    [0, 0],
  ),
  adan: elementwise(
    (g, s, t) => {
      const difference = t === 1 ? 0 : g - s[3]!;
      s[3] = g;
      s[0] = 0.98 * s[0]! + 0.02 * g;
      s[1] = 0.92 * s[1]! + 0.08 * difference;
      s[2] = 0.99 * s[2]! + 0.01 * (g + 0.08 * difference) ** 2;
      const numerator = s[0] / (1 - 0.98 ** t) + (0.08 * s[1]) / (1 - 0.92 ** t);
      return (-0.001 * numerator) / (sqrt(s[2] / (1 - 0.99 ** t) + 1e-8) + 1e-8);
    },
    [0, 0, 0, 0],
  ),
  lamb: tensorwise(
    (g, w, s, t) => {
      s.m = s.m!.map((m, i) => 0.9 * m + 0.1 * g[i]!);
      s.v = s.v!.map((v, i) => 0.999 * v + 0.001 * g[i]! ** 2);
      const d = s.m.map((m, i) => m / (1 - 0.9 ** t) / (sqrt(s.v![i]! / (1 - 0.999 ** t)) + 1e-6));
      const ratio = norm(w) === 0 || norm(d) === 0 ? 1 : norm(w) / norm(d);
      return d.map((value) => -0.001 * ratio * value);
    },
    ['m', 'v'],
  ),
  novograd: tensorwise(
    (g, _w, s, t) => {
      const q = norm(g) ** 2;
      s.v = s.v!.map((v) => (t === 1 ? q : 0.25 * v + 0.75 * q));
      s.m = s.m!.map((m, i) => 0.9 * m + g[i]! / (sqrt(s.v![i]!) + 1e-6));
      return s.m.map((m) => -0.001 * m);
    },
    ['m', 'v'],
  ),
  signsgd: elementwise((g) => -0.001 * sign(g), []),
  signum: elementwise(
    (g, s) => {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      return -0.001 * sign(s[0]);
    },
    [0],
  ),
  addsign: elementwise(
    (g, s) => {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      return -0.001 * (1 + sign(g) * sign(s[0])) * g;
    },
    [0],
  ),
  powersign: elementwise(
    (g, s) => {
      s[0] = 0.9 * s[0]! + 0.1 * g;
      return -0.001 * Math.E ** (sign(g) * sign(s[0])) * g;
    },
    [0],
  ),
  'normalised-gd': () => (_weights, gradients) => {
    const length = norm(gradients.flat());
    return gradients.map((tensor) => tensor.map((g) => (-0.01 * g) / length));
  },
};

const rates = { reference: 1e-10, wasm: 1e-5, tensorflow: 1e-5 } as const;

describe.each(allEngines.map((engine) => [engine.name, engine] as const))(
  'rules by hand on %s',
  (name, engine) => {
    it.each(Object.keys(byHand))('%s, 30 steps on two tensors', (rule) => {
      const signature = { input: [1, 1, 3], target: { kind: 'regression', outputs: 2 } } as const;
      const executable = engine.prepare(programOf(genomeOf('y = x', knownText('rule', rule)!), signature, 4));
      let weights: Tensor[] = [
        [0.5, -1, 2, 1.5, -0.25, 0.75],
        [0.3, -0.2],
      ];
      executable.writeParameters(weights.map((w) => Float64Array.from(w)));
      executable.resetStates();
      const apply = byHand[rule]!();
      for (let t = 1; t <= 30; t++) {
        // Scales from 1e-3 to 10 and changing signs, from the same numbers on both sides.
        const gradients = weights.map((tensor, p) =>
          tensor.map((_, i) => Math.fround(10 ** ((i % 5) - 3) * (Math.sin(0.7 * t + 3 * i + p) + 0.3))),
        );
        executable.writeGradients(gradients.map((g) => Float64Array.from(g)));
        executable.update({ t, T: 30, L: 1, b: 4, n: 16 }, noiseKeys('rules'));
        const updates = apply(weights, gradients, t);
        weights = weights.map((tensor, p) => tensor.map((w, i) => w + updates[p]![i]!));
        const got = executable.readParameters();
        for (const [p, tensor] of weights.entries())
          expect(worstError(got[p]!, tensor), `step ${t}`).toBeLessThan(rates[name]);
      }
      executable.dispose();
    });
  },
);
