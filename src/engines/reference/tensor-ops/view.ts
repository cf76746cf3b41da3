/** A tensor's elements by row and column, and the loops that the plain ops are made of. */
import type { Tensor, TensorId, TensorOp, TensorOpName } from '../../../compiler/program.ts';
import { exp } from '../../../numerics/elementary.ts';
import type { ForwardPass } from '../../engine.ts';

/** A tensor, or a block of one, by row and column. */
export interface View {
  readonly rows: number;
  readonly cols: number;
  get(i: number, j: number): number;
  set(i: number, j: number, value: number): void;
}

/** One op run on its tensors; `pass` says how where the op has modes. */
export type Runners<Name extends TensorOpName> = {
  readonly [Op in Name]: (
    op: Extract<TensorOp, { op: Op }>,
    view: (id: TensorId) => View,
    pass: ForwardPass,
  ) => void;
};

/** A tensor where it lies in the arena. */
export const viewOf = (arena: Float64Array, { rows, cols, stride, offset }: Tensor): View => ({
  rows,
  cols,
  get: (i, j) => arena[offset + i * stride + j]!,
  set: (i, j, value) => {
    arena[offset + i * stride + j] = value;
  },
});

/** out[i, j] = (accumulate ? out[i, j] : 0) + value(i, j). */
export function fill(out: View, accumulate: boolean, value: (i: number, j: number) => number): void {
  for (let i = 0; i < out.rows; i++)
    for (let j = 0; j < out.cols; j++) out.set(i, j, (accumulate ? out.get(i, j) : 0) + value(i, j));
}

/** out[i, j] += value. */
export const addTo = (out: View, i: number, j: number, value: number): void =>
  out.set(i, j, out.get(i, j) + value);

/** The sum of `term` at 0 to count - 1, in that order. */
export function sum(count: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += term(k);
  return total;
}

/** Sets all elements to 0. */
export const clear = (view: View): void => fill(view, false, () => 0);

/** 1 / (1 + exp(-x)), without overflow. */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)));
