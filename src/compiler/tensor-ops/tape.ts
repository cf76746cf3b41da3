/** What the adjoints of tensor ops write to: the backward pass as it is made, from the loss backward. */
import { tensorAllocator, type UnplacedTensor } from '../network.ts';
import type { TensorId } from '../program.ts';
import type { TensorOp } from './table.ts';

/** The place of a contribution to a gradient: the first one overwrites, later ones are added. */
export interface Contribution {
  readonly gradient: TensorId;
  readonly accumulate: boolean;
}

/** The backward pass under way. */
export interface Tape {
  readonly tensors: UnplacedTensor[];
  /** The gradient of an op's result. It is there: an op that has no effect on the loss is not asked for its adjoint. */
  gradient(of: TensorId): TensorId;
  /** Where a contribution to a tensor's gradient goes; null where no parameter feeds the tensor, so that nobody needs it. Each call counts as one contribution. */
  contribution(to: TensorId): Contribution | null;
  /** Appends to the backward pass. */
  emit(op: TensorOp): void;
}

/** Adds a whole gradient to that of another tensor of the same size, as a sum does. */
export function passOn(tape: Tape, dy: TensorId, to: TensorId): void {
  const into = tape.contribution(to);
  if (into === null) return;
  const columns = tape.tensors[to]!.cols;
  tape.emit({
    op: 'copyColumns',
    from: dy,
    fromColumn: 0,
    into: into.gradient,
    intoColumn: 0,
    columns,
    accumulate: into.accumulate,
  });
}

/** As `contribution`, for ops that compute several gradients in one go: the one that nobody needs goes to a tensor that nobody reads. */
export function contributionOrScratch(tape: Tape, x: TensorId): Contribution {
  const into = tape.contribution(x);
  if (into !== null) return into;
  const { name, rows, cols } = tape.tensors[x]!;
  return {
    gradient: tensorAllocator(tape.tensors)(`unread d ${name}`, 'workspace', rows, cols),
    accumulate: false,
  };
}
