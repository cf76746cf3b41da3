/** A whole forward pass: the forward list, op by op, at given parameters. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program } from '../../compiler/program.ts';
import type { ForwardPass } from '../engine.ts';
import { get, type Memory, type Pass, recall, set, type TfModule } from './pass.ts';
import { runTensorOp } from './tensor-ops/table.ts';

/** Inputs and targets, one example a row. */
export interface Batch {
  readonly input: Tf.Tensor;
  readonly target: Tf.Tensor;
}

/** What a forward pass leaves. */
export interface ForwardValues {
  /** Mean over the batch, a scalar. */
  readonly loss: Tf.Scalar;
  /** [batch, 1]. */
  readonly losses: Tf.Tensor;
  readonly outputs: Tf.Tensor;
}

/** The whole forward list at these parameters. Call it inside `tf.tidy` or under a gradient. */
export function runForward(
  tf: TfModule,
  program: Program,
  parameters: readonly Tf.Tensor[],
  { input, target }: Batch,
  how: ForwardPass,
  memory: Memory,
): ForwardValues {
  const pass: Pass = { program, values: [], how, memory };
  set(pass, program.input, input);
  set(pass, program.target, target);
  for (const [p, { value }] of program.parameters.entries()) set(pass, value, parameters[p]!);
  for (const { value } of program.constants) set(pass, value, recall(memory, value));
  for (const op of program.forward) runTensorOp(tf, pass, op);
  const losses = get(pass, program.loss);
  return { loss: tf.mean(losses) as Tf.Scalar, losses, outputs: get(pass, program.output) };
}
