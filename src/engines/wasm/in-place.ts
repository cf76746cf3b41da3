/**
 * Reshapes and copies that are nothing to do: both sides are the same numbers in memory, so the result takes the place of what it is made of, as long as nobody needs the one after
 * the other has changed. A copy turns -0 into 0, which nothing sees: gradients of parameters are sums that begin at 0.
 */

import type { Tensor, TensorId, TensorOp } from '../../compiler/program.ts';
import { copiedWhole, operandsOf } from '../../compiler/tensor-ops/table.ts';
import { areSameInMemory, type Passes } from './fused-ops.ts';

interface Program extends Passes {
  readonly tensors: readonly Pick<Tensor, 'rows' | 'cols'>[];
}

/** In whose place each of them lies; that one lies in no other's. */
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

/** From the first op on that writes one of those that share a place, no other of them is read or written. */
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
