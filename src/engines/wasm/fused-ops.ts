/** Tensor ops with more to do than a Program can express: what the rewrites of fuse.ts produce. */

import type { UnplacedTensor } from '../../compiler/network.ts';
import type { Program, TensorId, TensorOp } from '../../compiler/program.ts';
import type { Unary } from '../../compiler/tensor-ops/elementwise.ts';
import type { Matmul } from '../../compiler/tensor-ops/products.ts';
import { operandsOf } from '../../compiler/tensor-ops/table.ts';

/** `rectified`: negative elements of the product become 0. `gate`: elements become 0 where this tensor's are not above 0. */
export interface FusedMatmul extends Matmul {
  readonly rectified?: boolean;
  readonly gate?: TensorId;
}

/** `slope`: where to write the slopes, too. */
export interface FusedUnary extends Unary {
  readonly slope?: TensorId;
}

/** An op that the emitters understand. */
export type FusedOp = Exclude<TensorOp, Matmul | Unary> | FusedMatmul | FusedUnary;

/** A program of such ops. */
export interface FusedProgram extends Program {
  readonly forward: readonly FusedOp[];
  readonly backward: readonly FusedOp[];
}

/** The passes of one. */
export interface Passes {
  readonly forward: readonly FusedOp[];
  readonly backward: readonly FusedOp[];
}

/** Ops of either pass that read a tensor. */
export const readersOf = (id: TensorId, { forward, backward }: Passes) =>
  [...forward, ...backward].filter((op) => operandsOf(op).reads.includes(id));

/** Ops of either pass that write a tensor. */
export const writersOf = (id: TensorId, { forward, backward }: Passes) =>
  [...forward, ...backward].filter((op) => operandsOf(op).writes.includes(id));

type Size = Pick<UnplacedTensor, 'rows' | 'cols'>;

/** Whether two tensors of as many elements are the same numbers in memory, padding and all. */
export const areSameInMemory = (a: Size, b: Size): boolean =>
  a.cols === b.cols || (a.cols % 4 === 0 && b.cols % 4 === 0);
