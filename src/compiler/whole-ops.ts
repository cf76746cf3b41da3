/** What whole ops need beside their arguments and result: room, flops and evaluations, counted before anything runs. */
import {
  isMatrixOp,
  type LandscapeOpName,
  type MatrixOpName,
  type RuleOpName,
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
}

const nothing = () => 0;
const once = (forward: number, backward: number) => () => ({ forward, backward });

/** By op that looks further than the step's own gradient: room and evaluations. */
export const landscapeNeeds = {
  lossAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 0) },
  gradAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 1) },
  fullGradAt: { vectors: nothing, numbers: nothing, evaluations: once(1, 1) },
  backtrack: { vectors: nothing, numbers: nothing, evaluations: once(1, 0) },
  goldstein: { vectors: nothing, numbers: nothing, evaluations: once(1, 0) },
  lipschitz: { vectors: () => 1, numbers: nothing, evaluations: once(1, 1) },
  lbfgs: {
    vectors: (memory) => 2 * memory,
    numbers: (memory) => 2 * memory + 3,
    evaluations: once(0, 0),
  },
  swarm: {
    vectors: (particles) => 3 * particles + 2,
    numbers: (particles) => particles + 1,
    evaluations: (particles) => ({ forward: particles, backward: 0 }),
  },
  smoothGrad: {
    vectors: () => 1,
    numbers: nothing,
    evaluations: (pairs) => ({ forward: 2 * pairs, backward: 0 }),
  },
} as const satisfies Record<LandscapeOpName, Needs>;

/** Needs of such an op; null for every other op. */
export const needsOf = (op: RuleOpName): Needs | null =>
  op in landscapeNeeds ? landscapeNeeds[op as LandscapeOpName] : null;

/** Multiplications and additions of a matrix op on one tensor; `a` and `b` are the sizes of its arguments. */
const matrixFlops = {
  matmul: (a, b) => 2 * a.rows * a.cols * b.cols,
  transpose: (a) => a.rows * a.cols,
  orthogonalize(a) {
    const [short, long] = [Math.min(a.rows, a.cols), Math.max(a.rows, a.cols)];
    return 5 * (4 * short * short * long + 2 * short * short * short);
  },
  inverseRoot: (a) => 12 * a.rows * a.rows * a.rows,
  eigenbasis: (a) => 10 * a.rows * a.rows * a.rows,
} as const satisfies Record<MatrixOpName, (a: Size, b: Size) => number>;

/** Numbers in a value of this matrix shape over all tensors, unpadded. */
export const matrixNumbers = (shape: MatrixShape, sizes: readonly Size[]): number =>
  sizes.reduce((total, size) => {
    const { rows, cols } = matrixSize(shape, size);
    return total + rows * cols;
  }, 0);

/** Flops of the whole op on all tensors, evaluations aside. */
export function wholeFlops(node: OpNode, nodes: Update['nodes'], sizes: readonly Size[]): number {
  if (!isMatrixOp(node.op))
    return 4 * (needsOf(node.op)?.vectors(node.count ?? 0) ?? 0) * matrixNumbers('full', sizes);
  const flops: (a: Size, b: Size) => number = matrixFlops[node.op];
  const sizeOfArgument = (i: number, size: Size): Size => {
    const shape = nodes[node.args[i] ?? node.args[0]!]!.shape;
    return isMatrix(shape) ? matrixSize(shape, size) : size;
  };
  return sizes.reduce((total, size) => total + flops(sizeOfArgument(0, size), sizeOfArgument(1, size)), 0);
}
