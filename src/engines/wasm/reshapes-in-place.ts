/**
 * Reshapes that are nothing to do: both sides are the same numbers in memory, so the result takes the place of what is reshaped, as long as nobody needs the one after the other
 * has changed.
 */
import { operandsOf } from '../../compiler/differentiate.ts';
import type { TensorId, TensorOp } from '../../compiler/program.ts';
import { areSameInMemory, type Passes } from './fused-ops.ts';

interface Program extends Passes {
  readonly tensors: readonly { readonly rows: number; readonly cols: number }[];
}

/** In whose place each of them lies; that one lies in no other's. */
export function reshapesInPlace({ forward, backward, tensors }: Program): ReadonlyMap<TensorId, TensorId> {
  const places = new Map<TensorId, TensorId>();
  const placeOf = (id: TensorId) => places.get(id) ?? id;
  const ops = [...forward, ...backward];
  for (const [i, op] of ops.entries()) {
    if (op.op !== 'reshape' || op.accumulate || !areSameInMemory(tensors[op.x]!, tensors[op.out]!)) continue;
    const place = placeOf(op.x);
    if (isUntouched(ops.slice(i + 1), (id) => placeOf(id) === place, op.out)) places.set(op.out, place);
  }
  return places;
}

/** Nothing is written into that place, or it is `out` that is, and nothing else of the place is read from there on. */
function isUntouched(later: readonly TensorOp[], isThere: (id: TensorId) => boolean, out: TensorId): boolean {
  const touching = later.filter((op) => operandsOf(op).writes.some((id) => isThere(id) || id === out));
  if (touching.length === 0) return true;
  return later.every((op) => {
    const { reads, writes } = operandsOf(op);
    return ![...reads, ...writes].some(isThere);
  });
}
