/** Every tensor op as a plain loop in float64, as short as it can be read: the oracle for the other engines. */
import type { Program, TensorId, TensorOp } from '../../../compiler/program.ts';
import type { TensorOpName } from '../../../compiler/tensor-ops/table.ts';
import type { ForwardPass } from '../../engine.ts';
import { dropouts } from './dropout.ts';
import { elementwise } from './elementwise.ts';
import { losses } from './losses.ts';
import { moves } from './moves.ts';
import { norms } from './norms.ts';
import { products } from './products.ts';
import { sequences } from './sequences.ts';
import { type Runners, type View, viewOf } from './view.ts';
import { windowed } from './windows.ts';

const runners = {
  ...elementwise,
  ...moves,
  ...products,
  ...windowed,
  ...norms,
  ...dropouts,
  ...sequences,
  ...losses,
} as const satisfies Runners<TensorOpName>;

/** Runs one op on the tensors that `view` gives. */
export function runTensorOp(op: TensorOp, view: (id: TensorId) => View, pass: ForwardPass): void {
  const run = runners[op.op] as (op: TensorOp, view: (id: TensorId) => View, pass: ForwardPass) => void;
  run(op, view, pass);
}

/** A program's op list made ready to run on an arena. */
export function tensorOpRunner(
  program: Program,
  arena: Float64Array,
): (ops: readonly TensorOp[], pass: ForwardPass) => void {
  const views = program.tensors.map((tensor) => viewOf(arena, tensor));
  const view = (id: TensorId) => views[id]!;
  return (ops, pass) => {
    for (const op of ops) runTensorOp(op, view, pass);
  };
}
