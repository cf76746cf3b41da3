/** What emitters of tensor ops share: the place they emit into, and calls of kernels with constant arguments. */
import type { Program, Tensor, TensorId, TensorOp } from '../../../compiler/program.ts';
import { copiedWhole, type TensorOpName } from '../../../compiler/tensor-ops/table.ts';
import type { Callable, Code } from '../assembler.ts';
import type { FusedOp } from '../fused-ops.ts';
import type { Table } from '../tables.ts';

/** Functions of another module by name; each is imported already. */
export type Callables = (name: string) => Callable;

/** Functions of float64 outside the module. */
export type HostName = 'exp' | 'log' | 'clippedCos' | 'tanh' | 'pow' | 'debiasDivisor' | 'sin' | 'cos';

/** Where the code of a pass is written, with all that is known then. Addresses are in bytes. */
export interface Place {
  readonly code: Code;
  readonly kernels: Callables;
  readonly host: Callables;
  /** Room that one op may use while it runs. */
  readonly scratch: number;
  readonly program: Program;
  tensor(id: TensorId): Tensor;
  /** 0 for null. */
  address(id: TensorId | null): number;
  /** The table of an op whose emitter has one. */
  table(op: TensorOp): Table;
}

/** How one op becomes code: mostly a call of a kernel with addresses and sizes that are constants of the genome. */
export interface Emitter<Op> {
  /** Names of the kernels that its code calls. */
  kernels(op: Op): readonly string[];
  /** Functions outside the module that its code calls. */
  readonly hosts?: readonly HostName[];
  /** Room in memory that it needs while it runs, in numbers. */
  scratch?(op: Op, tensors: readonly Tensor[]): number;
  /** A table in memory that its kernel reads, see tables.ts. */
  table?(op: Op, tensors: readonly Tensor[]): Int32Array;
  emit(place: Place, op: Op): void;
}

/** One emitter for each op. */
export type Emitters<Name extends TensorOpName> = {
  readonly [Op in Name]: Emitter<Extract<FusedOp, { op: Op }>>;
};

/** The mode of the pass, the argument of `forward`, as a local. */
export const modeParameter = 0;

/** Vectors of four numbers in a tensor, padding included. */
export const vectorsIn = ({ rows, stride }: Tensor): number => (rows * stride) / 4;

/** The mask that kernels take for `accumulate`: all ones keeps what is there. */
export const keep = (accumulate: boolean): number => (accumulate ? -1 : 0);

/** A copy of what lies there already. */
export function isInPlace({ program: { tensors } }: Place, op: TensorOp): boolean {
  const copy = copiedWhole(op, tensors);
  return copy !== null && tensors[copy.from]!.offset === tensors[copy.into]!.offset;
}

/** A call of a kernel that takes integers alone. */
export function call({ code, kernels }: Place, name: string, ...args: readonly number[]): void {
  for (const arg of args) code.i32(arg);
  code.call(kernels(name));
}

/** Sets a tensor to 0. */
export const clear = (place: Place, id: TensorId): void =>
  call(place, 'clear', place.address(id), vectorsIn(place.tensor(id)));
