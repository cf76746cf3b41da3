/**
 * Reverse-mode differentiation of a forward pass, op by op from the loss backward (Griewank and Walther 2008, chapter 3).
 *
 * A tensor that several ops read gets its gradient in parts: the first contribution overwrites, later ones accumulate. Nothing is computed for the
 * input and target, nor for what no parameter feeds.
 */
import { type Network, type TrainedNetwork, tensorAllocator } from './network.ts';
import type { TensorId, TensorOp } from './program.ts';
import { operandsOf, recordOf } from './tensor-ops/table.ts';
import type { Tape } from './tensor-ops/tape.ts';

/** Adds the backward pass. @throws Error where an op without adjoint stands in the forward pass: a defect of ours. */
export function differentiate(network: Network): TrainedNetwork {
  const tensors = [...network.tensors];
  const allocate = tensorAllocator(tensors);
  const trained = fedByParameters(network);
  const gradients = new Map<TensorId, TensorId>(
    network.parameters.map(({ value, gradient }) => [value, gradient]),
  );
  const begun = new Set<TensorId>();
  const backward: TensorOp[] = [];
  const tape: Tape = {
    tensors,
    gradient: (of) => gradients.get(of)!,
    contribution(to) {
      if (!trained.has(to)) return null;
      let gradient = gradients.get(to);
      if (gradient === undefined) {
        const { name, rows, cols } = tensors[to]!;
        gradient = allocate(`d ${name}`, 'workspace', rows, cols);
        gradients.set(to, gradient);
      }
      const accumulate = begun.has(to);
      begun.add(to);
      return { gradient, accumulate };
    },
    emit: (op) => void backward.push(op),
  };
  for (const op of [...network.forward].reverse()) {
    const record = recordOf(op);
    if (record.adjoint === undefined)
      throw new Error(`${op.op} stands in a forward pass and has no derivative`);
    const hasEffect = operandsOf(op).writes.some((id) => id === network.loss || begun.has(id));
    if (hasEffect) record.adjoint(tape, op);
  }
  return { ...network, tensors, backward };
}

/** Whether any parameter has an effect on the prediction. A head gives one; without a head it depends on the architecture. */
export const isTrainable = (network: Network): boolean => fedByParameters(network).has(network.output);

/** Parameters, and every tensor that is computed from one. */
function fedByParameters(network: Network): ReadonlySet<TensorId> {
  const fed = new Set<TensorId>(network.parameters.map(({ value }) => value));
  for (const op of network.forward) {
    if (operandsOf(op).reads.some((id) => fed.has(id))) for (const id of operandsOf(op).writes) fed.add(id);
  }
  return fed;
}
