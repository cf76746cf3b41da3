/**
 * Places for tensors in one arena. Parameters come first, then their gradients in the same layout, then what the forward pass makes (kept for the backward
 * pass), then the backward pass' own tensors, which share space once nothing reads them any more.
 */
import type { TrainedNetwork } from './network.ts';
import { paddedColumns } from './padding.ts';
import type { Program, Tensor, TensorId } from './program.ts';
import { operandsOf } from './tensor-ops/table.ts';

export { paddedColumns };

/** A network with its backward pass and a place for every tensor: a program without its update. */
export type Placed = Omit<Program, 'signature' | 'batchSize' | 'update' | 'cost'>;

/**
 * Gives every tensor its offset in the arena. `places` maps a tensor to another whose memory it shares: both have the same number of elements, and both belong to the forward pass
 * or both to the backward pass alone.
 */
export function planMemory(
  network: TrainedNetwork,
  places: ReadonlyMap<TensorId, TensorId> = new Map(),
): Placed {
  const { tensors, parameters } = network;
  const offsets = new Array<number>(tensors.length).fill(-1);
  const sizeOf = (id: TensorId) => tensors[id]!.rows * paddedColumns(tensors[id]!.cols);
  let end = 0;
  const place = (id: TensorId) => {
    offsets[id] = end;
    end += sizeOf(id);
  };
  for (const { value } of parameters) place(value);
  const parameterLength = end;
  for (const { gradient } of parameters) place(gradient);
  const transient = backwardOnly(network);
  for (const id of tensors.keys()) if (offsets[id] === -1 && !transient.has(id) && !places.has(id)) place(id);
  end = placeTransient(network, transient, offsets, sizeOf, end, (id) => places.get(id) ?? id);
  for (const [id, other] of places) offsets[id] = offsets[other]!;
  const placed = tensors.map(
    (tensor, id): Tensor => ({ ...tensor, stride: paddedColumns(tensor.cols), offset: offsets[id]! }),
  );
  return { ...network, tensors: placed, arenaLength: end, parameterLength };
}

/** Tensors that only the backward pass writes, parameter gradients aside. */
function backwardOnly(network: TrainedNetwork): ReadonlySet<TensorId> {
  const result = new Set(network.backward.flatMap((op) => operandsOf(op).writes));
  for (const { gradient } of network.parameters) result.delete(gradient);
  return result;
}

/** First fit over free intervals, in order of first use; a tensor's space is free after the last op that touches it. */
function placeTransient(
  network: TrainedNetwork,
  transient: ReadonlySet<TensorId>,
  offsets: number[],
  sizeOf: (id: TensorId) => number,
  start: number,
  placeOf: (id: TensorId) => TensorId,
): number {
  const lastUse = new Map<TensorId, number>();
  for (const [i, op] of network.backward.entries()) {
    const { reads, writes } = operandsOf(op);
    for (const id of [...reads, ...writes]) if (transient.has(id)) lastUse.set(placeOf(id), i);
  }
  let live: { readonly id: TensorId; readonly from: number; readonly to: number }[] = [];
  let end = start;
  for (const [i, op] of network.backward.entries()) {
    live = live.filter(({ id }) => lastUse.get(id)! >= i);
    for (const id of operandsOf(op).writes.map(placeOf)) {
      if (!transient.has(id) || offsets[id] !== -1) continue;
      const size = sizeOf(id);
      let from = start;
      for (const other of live) if (other.from < from + size && from < other.to) from = other.to;
      offsets[id] = from;
      live = [...live, { id, from, to: from + size }].sort((a, b) => a.from - b.from);
      end = Math.max(end, from + size);
    }
  }
  return end;
}
