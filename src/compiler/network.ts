/** The compiler's working form, before memory is planned: tensors without places. */
import type { Constant, Parameter, Tensor, TensorId, TensorOp } from './program.ts';

/** A tensor that has no place in the arena yet. */
export type UnplacedTensor = Omit<Tensor, 'offset' | 'stride'>;

/** A forward pass. */
export interface Network {
  readonly tensors: readonly UnplacedTensor[];
  readonly parameters: readonly Parameter[];
  readonly constants: readonly Constant[];
  readonly input: TensorId;
  readonly target: TensorId;
  readonly output: TensorId;
  readonly loss: TensorId;
  readonly forward: readonly TensorOp[];
}

/** A forward pass with its backward pass. */
export interface TrainedNetwork extends Network {
  readonly backward: readonly TensorOp[];
}

/** Adds tensors to a list and hands out their ids. */
export function tensorAllocator(tensors: UnplacedTensor[]) {
  return (name: string, role: Tensor['role'], rows: number, cols: number): TensorId =>
    tensors.push({ name, role, rows, cols }) - 1;
}
