/** One forward pass under way: the values of its tensors, and what lasts from pass to pass. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Program, TensorId, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { ForwardPass } from '../engine.ts';

export type TfModule = typeof Tf;

/** Constants, running statistics and the draws of dropouts, kept out of TensorFlow's tidying. */
export type Memory = Map<TensorId, Tf.Tensor>;

export interface Pass {
  readonly program: Program;
  readonly values: (Tf.Tensor | undefined)[];
  readonly how: ForwardPass;
  readonly memory: Memory;
}

export type Runner<Name extends TensorOpName> = (
  tf: TfModule,
  pass: Pass,
  op: Extract<TensorOp, { op: Name }>,
) => void;

/** The backward list is TensorFlow's work. */
export const differentiated = () => {
  throw new Error('an op of the backward list stands in the forward list');
};

export function get({ values, program }: Pass, id: TensorId): Tf.Tensor {
  const value = values[id];
  if (value === undefined)
    throw new Error(`tensor ${program.tensors[id]!.name} is read before it is written`);
  return value;
}

export function set(pass: Pass, id: TensorId, value: Tf.Tensor): void {
  pass.values[id] = value;
}

/** The value of this tensor from now on; the one before is given up. */
export function remember(tf: TfModule, memory: Memory, id: TensorId, value: Tf.Tensor): void {
  memory.get(id)?.dispose();
  memory.set(id, tf.keep(value));
}

export function recall(memory: Memory, id: TensorId): Tf.Tensor {
  const value = memory.get(id);
  if (value === undefined) throw new Error('a tensor that lasts is read before it is written');
  return value;
}

export const grouped = (tf: TfModule, x: Tf.Tensor, channels: number): Tf.Tensor =>
  tf.reshape(x, [x.shape[0]!, x.shape[1]! / channels, channels]);
