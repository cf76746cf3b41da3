/**
 * Whole ops of update rules on linear memory. The genome's `update` calls here between two of its passes; the work is done by the shared kernels and by the genome's own
 * forward and backward passes, this file says in which order.
 */
import type { Program } from '../../compiler/program.ts';
import { needsOf } from '../../compiler/whole-ops.ts';
import { isMatrixOp, type LandscapeOpName } from '../../genome/update-rule/ops.ts';
import type { StepInputs } from '../engine.ts';
import type { NoiseKeys } from '../noise.ts';
import { createAllowance } from '../rules/allowance.ts';
import type { Landscape } from '../rules/landscape.ts';
import { landscapeOps } from '../rules/landscape-ops.ts';
import type { Layout } from './layout.ts';
import { createMatrixOps } from './matrix-ops.ts';
import type { Workspace } from './workspace.ts';

/** The passes of the genome's module, and the training split. */
export interface Passes {
  /** Mean loss of the loaded batch. */
  loss(): number;
  backward(): void;
  /** Whole batches of the training split. */
  wholeBatches(): number;
  /** Loads each of them and calls `visit` with the batch's share of the mean; loads the step's batch again. */
  overWholeBatches(visit: (share: number) => void): void;
}

interface VectorKernels {
  combine(out: number, alpha: number, a: number, beta: number, b: number, vectors: number): void;
  multiply(a: number, b: number, out: number, vectors: number, keep: number): void;
  dot(a: number, b: number, vectors: number): number;
  noise_normal(
    out: number,
    rows: number,
    vectors: number,
    p: number,
    t: number,
    k0: number,
    k1: number,
  ): void;
  noise_uniform(
    out: number,
    rows: number,
    vectors: number,
    p: number,
    t: number,
    k0: number,
    k1: number,
  ): void;
}

/** The whole ops of a program's update, as the host functions that its module calls between passes. */
export function createWholeOps(program: Program, layout: Layout, workspace: Workspace, passes: Passes) {
  const kernels = workspace.kernels as unknown as VectorKernels;
  const sizes = program.parameters.map(({ value }) => program.tensors[value]!);
  const bytes = 4 * program.parameterLength;
  const vectors = program.parameterLength / 4;
  const { aside } = layout;
  const [w, g] = [layout.arena, layout.arena + bytes];
  const matrixOp = createMatrixOps(program, layout, workspace);
  const numbersOf = new Map<number, Float64Array>();
  for (const index of layout.wholes.keys()) {
    const node = program.update.nodes[index]!;
    const needs = node.kind === 'op' ? needsOf(node.op) : null;
    if (node.kind === 'op' && needs !== null)
      numbersOf.set(index, new Float64Array(needs.numbers(node.count ?? 0)));
  }
  let inputs: StepInputs = { t: 0, T: 0, L: 0, b: 0, n: 0 };
  let noise: NoiseKeys | null = null;
  let allowance = createAllowance(Number.POSITIVE_INFINITY);
  const units = program.cost.evaluationUnits;

  const copy = (to: number, from: number) =>
    void new Uint8Array(workspace.memory.buffer).copyWithin(to, from, from + bytes);

  /** Zero columns of padding, so that sums over all parameters see real elements alone. */
  function clearPadding(vector: number): void {
    for (const { rows, cols, stride, offset } of sizes) {
      if (cols === stride) continue;
      const values = new Float32Array(workspace.memory.buffer, vector + 4 * offset, rows * stride);
      for (let i = 0; i < rows; i++) values.fill(0, i * stride + cols, (i + 1) * stride);
    }
  }

  /** Does `look` with the parameters at `place`, then puts parameters and gradients back. */
  function elsewhere<T>(place: number, look: () => T): T {
    copy(aside.w, w);
    copy(aside.g, g);
    copy(w, place);
    const seen = look();
    copy(w, aside.w);
    copy(g, aside.g);
    return seen;
  }

  const landscape: Landscape<number> = {
    w,
    place: aside.place,
    clear: (out) => void new Uint8Array(workspace.memory.buffer, out, bytes).fill(0),
    dot: (a, b) => kernels.dot(a, b, vectors),
    combine: (out, alpha, a, beta, b) => kernels.combine(out, alpha, a, beta, b, vectors),
    multiply: (out, a, b) => kernels.multiply(a, b, out, vectors, 0),
    noise(out, kind, node, t) {
      const { key0, key1 } = noise!(node);
      for (const [p, { rows, stride, offset }] of sizes.entries())
        kernels[`noise_${kind}`](out + 4 * offset, rows, stride / 4, p, t, key0, key1);
    },
    lossOf(place) {
      allowance.charge(units.loss);
      return elsewhere(place, passes.loss);
    },
    gradientOf(place, out) {
      allowance.charge(units.gradient);
      elsewhere(place, () => {
        passes.loss();
        passes.backward();
        copy(out, g);
      });
      clearPadding(out);
    },
    fullGradientOf(place, out) {
      allowance.charge(units.gradient * passes.wholeBatches());
      elsewhere(place, () => {
        landscape.clear(aside.sum);
        passes.overWholeBatches((share) => {
          passes.loss();
          passes.backward();
          landscape.combine(aside.sum, 1, aside.sum, share, g);
        });
      });
      copy(out, aside.sum);
      clearPadding(out);
    },
  };

  return {
    /** Before each update. */
    begin(step: StepInputs, keys: NoiseKeys, mayStill: number): void {
      inputs = step;
      noise = keys;
      allowance = createAllowance(mayStill);
    },
    costUnits: () => allowance.spent(),
    reset(): void {
      for (const numbers of numbersOf.values()) numbers.fill(0);
    },
    /** Computes node `index`; `scalars` are its arguments that are numbers. Returns a result that is a number. */
    run(index: number, scalars: readonly number[]): number {
      const node = program.update.nodes[index]!;
      if (node.kind !== 'op') throw new Error(`node ${index} is no op`);
      const { args, kept } = layout.wholes.get(index)!;
      const out = layout.results.get(index) ?? 0;
      if (isMatrixOp(node.op)) {
        matrixOp(index, scalars[0]!);
        return 0;
      }
      return landscapeOps[node.op as LandscapeOpName]({
        landscape,
        vectors: args.filter((address) => address !== null),
        scalars,
        out,
        kept,
        numbers: numbersOf.get(index)!,
        count: node.count ?? 0,
        node: index,
        t: inputs.t,
        L: inputs.L,
      });
    },
  };
}
