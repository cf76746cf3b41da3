/** What is said of a tensor op, once: its operands and what it does to them, which sizes fit, what it costs, and how gradients pass back through it. */
import type { UnplacedTensor } from '../network.ts';
import type { TensorId } from '../program.ts';
import type { Tape } from './tape.ts';

/**
 * What an op does to an operand.
 * - `reads`, `mayRead`: reads it; where it may, null says that there is none.
 * - `selects`: reads which row of a table to take. The result changes with it in steps, so that no gradient passes to it.
 * - `writes`, `mayWrite`: overwrites all of it.
 * - `accumulates`: overwrites it, or adds to what it holds where the op's `accumulate` is set.
 * - `draws`: fills it with uniform noise in a `train` pass; other passes read what is there. See `drawsOf`.
 * - `keeps`: moves it in a `train` pass; it lasts from step to step. See `statesOf`.
 */
export type OperandRole =
  | 'reads'
  | 'mayRead'
  | 'selects'
  | 'writes'
  | 'mayWrite'
  | 'accumulates'
  | 'draws'
  | 'keeps';

/** Operands of an op by name, in the order in which memory is given to what it writes. */
export type OperandRoles = Readonly<Record<string, OperandRole>>;

/**
 * The type of an op as it stands in a program: its name, a tensor for each operand, what the roles ask for (`accumulate`; for draws their `site`, which stands in the place of a
 * parameter's index in the noise's counter), and its attributes.
 */
export type TensorOpOf<Name extends string, Roles extends OperandRoles, Attributes = unknown> = Flat<
  { op: Name } & {
    [Operand in keyof Roles]: Roles[Operand] extends 'mayRead' | 'mayWrite' ? TensorId | null : TensorId;
  } & ('accumulates' extends Roles[keyof Roles] ? { accumulate: boolean } : unknown) &
    ('draws' extends Roles[keyof Roles] ? { site: number } : unknown) &
    Attributes
>;

type Flat<T> = { readonly [Key in keyof T]: T[Key] };

/** Rows and columns of a tensor, without padding. */
export type Size = Pick<UnplacedTensor, 'rows' | 'cols'>;

/** The size of a tensor of the program at hand. */
export type SizeOf = (id: TensorId) => Size;

/** What should hold of the sizes of an op's operands, and whether it does. */
export type Claims = readonly (readonly [claim: string, holds: boolean])[];

/** All that the compiler knows of one op. `Op` is its type in a program. */
export interface TensorOpRecord<Op> {
  readonly operands: OperandRoles;
  /** What the sizes of the operands must be to each other; `verify` checks it after every stage. */
  claims(op: Op, size: SizeOf): Claims;
  /** Flop-equivalents (see cost.ts) of one execution, the call aside: a multiply-add of a matrix product is two, and what takes longer counts as more, by weights measured on `wasm`. */
  flops(op: Op, size: SizeOf): number;
  /** Numbers that an engine may lay out besides the operands: `kept` for this op alone, such as a table; `aside` while it runs, in room that all ops share. */
  room?(op: Op, size: SizeOf): { readonly kept?: number; readonly aside?: number };
  /** Emits the ops that pass the gradient of the result on to the operands. Absent for ops that stand in a backward pass only. */
  adjoint?(tape: Tape, op: Op): void;
  /** For ops that may do nothing but copy: from where to where, or null where this one does more. */
  copies?(op: Op, size: SizeOf): { readonly from: TensorId; readonly into: TensorId } | null;
  /** Initial elements, row-major, of each operand that the op `keeps`. */
  initial?(op: Op): Readonly<Record<string, Float64Array>>;
}

/** One record for each op of a union. */
export type RecordsOf<Op extends { readonly op: string }> = {
  readonly [Name in Op['op']]: TensorOpRecord<Extract<Op, { readonly op: Name }>>;
};

/** Whether two sizes are equal. */
export const same = (a: Size, b: Size): boolean => a.rows === b.rows && a.cols === b.cols;

/** Whether it is one row of so many numbers. */
export const isRow = ({ rows, cols }: Size, length: number): boolean => rows === 1 && cols === length;

/** Number of elements. */
export const elements = ({ rows, cols }: Size): number => rows * cols;
