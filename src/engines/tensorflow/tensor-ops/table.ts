/**
 * Tensor ops as TensorFlow ops, each written so that TensorFlow can differentiate it: gradients are its own, and ops of our backward list have no part here. A tensor is a matrix without
 * padding; nothing is overwritten, a later value of the same tensor takes the place of the earlier.
 */
import type { TensorOp } from '../../../compiler/program.ts';
import type { TensorOpName } from '../../../compiler/tensor-ops/table.ts';
import type { Pass, Runners, TfModule } from '../pass.ts';
import { dropouts } from './dropout.ts';
import { elementwise } from './elementwise.ts';
import { losses } from './losses.ts';
import { moves } from './moves.ts';
import { norms } from './norms.ts';
import { products } from './products.ts';
import { sequences } from './sequences.ts';
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

/** Sets what the op writes in the pass. Call it inside `tf.tidy` or under a gradient. */
export function runTensorOp(tf: TfModule, pass: Pass, op: TensorOp): void {
  (runners[op.op] as (tf: TfModule, pass: Pass, op: TensorOp) => void)(tf, pass, op);
}
