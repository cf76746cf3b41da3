/** What activations take, in flop-equivalents (see cost.ts) for each number of a padded row. Measured on `wasm`; docs/decisions/0220-work-is-weighed.md has the table. */
import type { ActivationName } from '../genome/architecture/ops.ts';

/** `forward` makes y, and the slope too where that is kept for the backward pass; `backward` makes dx of dy. */
export interface ActivationWork {
  readonly forward: number;
  readonly backward: number;
}

export const activationWork = {
  relu: { forward: 2, backward: 2 },
  leakyRelu: { forward: 3, backward: 4 },
  gelu: { forward: 75, backward: 4 },
  silu: { forward: 45, backward: 4 },
  tanh: { forward: 50, backward: 5 },
  sigmoid: { forward: 35, backward: 5 },
  softplus: { forward: 105, backward: 40 },
  sin: { forward: 30, backward: 30 },
  abs: { forward: 2, backward: 4 },
  square: { forward: 3, backward: 5 },
  identity: { forward: 1, backward: 1 },
} as const satisfies Record<ActivationName, ActivationWork>;
