/** What emitters of tensor ops share: the place they emit into, and calls of kernels with constant arguments. */

import type { Program, Tensor, TensorId, TensorOp, TensorOpName } from '../../compiler/program.ts';
import { copiedWhole } from '../../compiler/tensor-ops/table.ts';
import type { Callable, Code } from './assembler.ts';
import type { FusedOp } from './fused-ops.ts';
import type { Table } from './tables.ts';

/** Kernels by their export name; asking for one imports it. */
export type Kernels = (name: string) => Callable;

export interface Place {
  readonly code: Code;
  readonly kernels: Kernels;
  /** Functions of float64 outside the module. */
  readonly host: Kernels;
  readonly scratch: number;
  readonly program: Program;
  tensor(id: TensorId): Tensor;
  address(id: TensorId | null): number;
  table(op: TensorOp): Table;
}

export type Emitters<Name extends TensorOpName> = {
  readonly [Op in Name]: (place: Place, op: Extract<FusedOp, { op: Op }>) => void;
};

export const vectorsIn = ({ rows, stride }: Tensor): number => (rows * stride) / 4;
export const keep = (accumulate: boolean): number => (accumulate ? -1 : 0);

/** A copy of what lies there already. */
export function isInPlace({ program: { tensors } }: Place, op: TensorOp): boolean {
  const copy = copiedWhole(op, tensors);
  return copy !== null && tensors[copy.from]!.offset === tensors[copy.into]!.offset;
}

export function call({ code, kernels }: Place, name: string, ...args: readonly number[]): void {
  for (const arg of args) code.i32(arg);
  code.call(kernels(name));
}
