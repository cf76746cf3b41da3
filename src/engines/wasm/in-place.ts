/**
 * Reshapes and copies for which nothing need be done: source and result are the same numbers in memory, so they can share it, as long as neither is read after the other has been
 * changed. An actual copy would turn -0 into 0; the difference cannot be seen, because gradients of parameters are sums that begin at 0.
 */

import type { Tensor, TensorId, TensorOp } from '../../compiler/program.ts';
import { copiedWhole, operandsOf } from '../../compiler/tensor-ops/table.ts';
import { areSameInMemory, type Passes } from './fused-ops.ts';

interface Program extends Passes {
  readonly tensors: readonly Pick<Tensor, 'rows' | 'cols'>[];
}

/** By result: the tensor whose memory it shares. That tensor itself shares no other's. */
export function placesShared({ forward, backward, tensors }: Program): ReadonlyMap<TensorId, TensorId> {
  const places = new Map<TensorId, TensorId>();
  const placeOf = (id: TensorId) => places.get(id) ?? id;
  const ops = [...forward, ...backward];
  for (const [i, op] of ops.entries()) {
    const copy = copiedWhole(op, tensors);
    if (copy === null || !areSameInMemory(tensors[copy.from]!, tensors[copy.into]!)) continue;
    const place = placeOf(copy.from);
    const shares = (id: TensorId) => placeOf(id) === place || id === copy.into;
    if (onlyOneChanges(ops.slice(i + 1), shares)) places.set(copy.into, place);
  }
  return places;
}

/** Whether only one of the sharing tensors is still in use once any of them has been written. */
function onlyOneChanges(later: readonly TensorOp[], shares: (id: TensorId) => boolean): boolean {
  let changed: TensorId | null = null;
  for (const op of later) {
    const { reads, writes } = operandsOf(op);
    changed ??= writes.find(shares) ?? null;
    const first = changed;
    if (first !== null && [...reads, ...writes].some((id) => id !== first && shares(id))) return false;
  }
  return true;
}
