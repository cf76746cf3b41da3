/** What whole ops need beside their arguments and result: room, flops and evaluations, counted before anything runs. */
import {
  isMatrixOp,
  type LandscapeOpName,
  type MatrixOpName,
  type RuleOpName,
  ruleOps,
} from '../genome/update-rule/ops.ts';
import { isMatrix, matrixSize } from '../genome/update-rule/shapes.ts';
import type { MatrixShape } from '../genome/update-rule/update-rule.ts';
import type { Update, UpdateNode } from './program.ts';

/** Rows and columns of a tensor, without padding. */
export interface Size {
  readonly rows: number;
  readonly cols: number;
}

type OpNode = Extract<UpdateNode, { kind: 'op' }>;

interface Needs {
  /** Vectors of the size of all parameters that the op keeps from step to step or works in. */
  readonly vectors: (count: number) => number;
  /** Numbers that it keeps from step to step. */
  readonly numbers: (count: number) => number;
  /** Forward and backward passes on the batch; of a search the first try alone, since the rest is charged as it happens. */
  readonly evaluations: (count: number) => { readonly forward: number; readonly backward: number };
  /** Flop-equivalents (see cost.ts) of what the op does with vectors, ways to other places and back aside (see cost-units.ts): for each parameter, and at all. */
  readonly work: (count: number) => { readonly each: number; readonly once: number };
}

const nothing = () => 0;
const once = (forward: number, backward: number) => () => ({ forward, backward });
const noWork = () => ({ each: 0, once: 0 });
/** A number drawn, and the product or sum of two vectors. */
const [normal, uniform] = [ruleOps.normal.work[0], ruleOps.uniform.work[0]];
const combined = 12;

/** By op that looks further than the step's own gradient: room and evaluations. */
export const landscapeNeeds = {
  lossAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 0), work: noWork },
  gradAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 1), work: noWork },
  fullGradAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 1), work: noWork },
  backtrack: { vectors: nothing, numbers: nothing, evaluations: once(1, 0), work: noWork },
  goldstein: { vectors: nothing, numbers: nothing, evaluations: once(1, 0), work: noWork },
  lipschitz: { vectors: () => 1, numbers: nothing, evaluations: once(1, 1), work: noWork },
  lbfgs: {
    vectors: (memory) => 2 * memory,
    numbers: (memory) => 2 * memory + 3,
    evaluations: once(0, 0),
    work: (memory) => ({ each: 4 * memory * combined, once: 4000 * memory }),
  },
  swarm: {
    vectors: (particles) => 3 * particles + 2,
    numbers: (particles) => particles + 1,
    evaluations: (particles) => ({ forward: particles, backward: 0 }),
    work: (particles) => ({
      each: particles * (2 * uniform + 8 * combined),
      once: 5000 * particles,
    }),
  },
  smoothGrad: {
    vectors: () => 1,
    numbers: nothing,
    evaluations: (pairs) => ({ forward: 2 * pairs, backward: 0 }),
    work: (pairs) => ({
      each: pairs * (2 * normal + combined),
      once: 5000 * pairs,
    }),
  },
} as const satisfies Record<LandscapeOpName, Needs>;

/** Needs of such an op; null for every other op. */
export const needsOf = (op: RuleOpName): Needs | null =>
  op in landscapeNeeds ? landscapeNeeds[op as LandscapeOpName] : null;

/**
 * Flop-equivalents of a matrix op on one tensor; `a` and `b` are the sizes of its arguments. Products run at the speed that the unit is made for. Eigenvalues are found in float64 on the
 * host, some ten operations for each n cubed that take twenty times as long; and each call costs something whatever the size.
 */
const matrixFlops = {
  matmul: (a, b) => 20_000 + 2 * a.rows * a.cols * b.cols,
  transpose: (a) => 40_000 + 150 * a.rows * a.cols,
  orthogonalize(a) {
    const [short, long] = [Math.min(a.rows, a.cols), Math.max(a.rows, a.cols)];
    return 100_000 + 5 * (4 * short * short * long + 2 * short * short * short);
  },
  inverseRoot: (a) => 250_000 + 260 * a.rows * a.rows * a.rows,
  eigenbasis: (a) => 250_000 + 220 * a.rows * a.rows * a.rows,
} as const satisfies Record<MatrixOpName, (a: Size, b: Size) => number>;

/** Numbers in a value of this matrix shape over all tensors, unpadded. */
export const matrixNumbers = (shape: MatrixShape, sizes: readonly Size[]): number =>
  sizes.reduce((total, size) => {
    const { rows, cols } = matrixSize(shape, size);
    return total + rows * cols;
  }, 0);

/** Flop-equivalents of the whole op on all tensors, evaluations aside. */
export function wholeFlops(node: OpNode, nodes: Update['nodes'], sizes: readonly Size[]): number {
  if (!isMatrixOp(node.op)) {
    const { each, once: atAll } = landscapeNeeds[node.op as LandscapeOpName].work(node.count ?? 0);
    return each * matrixNumbers('full', sizes) + atAll;
  }
  const flops: (a: Size, b: Size) => number = matrixFlops[node.op];
  const sizeOfArgument = (i: number, size: Size): Size => {
    const shape = nodes[node.args[i] ?? node.args[0]!]!.shape;
    return isMatrix(shape) ? matrixSize(shape, size) : size;
  };
  return sizes.reduce((total, size) => total + flops(sizeOfArgument(0, size), sizeOfArgument(1, size)), 0);
}
