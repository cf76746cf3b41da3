/** One forward pass under way: the values of its tensors, and what lasts from pass to pass. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program, TensorId, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { ForwardPass } from '../engine.ts';

/** TensorFlow.js, loaded where this machine has it. */
export type TfModule = typeof Tf;

/** Constants, running statistics and the draws of dropouts, kept out of TensorFlow's tidying. */
export type Memory = Map<TensorId, Tf.Tensor>;

/** What an op of the forward list is run in. */
export interface Pass {
  readonly program: Program;
  readonly values: (Tf.Tensor | undefined)[];
  readonly how: ForwardPass;
  readonly memory: Memory;
}

/** By op: how it sets what it writes. */
export type Runners<Name extends TensorOpName> = {
  readonly [Op in Name]: (tf: TfModule, pass: Pass, op: Extract<TensorOp, { op: Op }>) => void;
};

/** In the place of ops of the backward list, which is TensorFlow's work: they are never run. */
export const differentiated = (): never => {
  throw new Error('an op of the backward list stands in the forward list');
};

/** The present value of a tensor. */
export function get({ values, program }: Pass, id: TensorId): Tf.Tensor {
  const value = values[id];
  if (value === undefined)
    throw new Error(`tensor ${program.tensors[id]!.name} is read before it is written`);
  return value;
}

/** Gives a tensor its value from here on. */
export function set(pass: Pass, id: TensorId, value: Tf.Tensor): void {
  pass.values[id] = value;
}

/** The value of this tensor from now on; the one before is given up. */
export function remember(tf: TfModule, memory: Memory, id: TensorId, value: Tf.Tensor): void {
  memory.get(id)?.dispose();
  memory.set(id, tf.keep(value));
}

/** The value of a tensor that lasts. */
export function recall(memory: Memory, id: TensorId): Tf.Tensor {
  const value = memory.get(id);
  if (value === undefined) throw new Error('a tensor that lasts is read before it is written');
  return value;
}

/** [rows, groups * channels] as [rows, groups, channels]. */
export const grouped = (tf: TfModule, x: Tf.Tensor, channels: number): Tf.Tensor =>
  tf.reshape(x, [x.shape[0]!, x.shape[1]! / channels, channels]);

/** [1, n] as [1, 1, n], which broadcasts over rows and groups. */
export const asRow = (tf: TfModule, x: Tf.Tensor): Tf.Tensor => tf.reshape(x, [1, 1, x.size]);
