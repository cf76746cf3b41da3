/** What an engine offers to update-rule ops that look further than the gradient: vectors of the size of all parameters, and the loss and its gradient at other places. */
import type { NoiseKind } from '../noise.ts';

/** `V` is an engine's handle of a vector: an address, arrays, a tensor. */
export interface Landscape<V> {
  /** The parameters as they stand at this step. */
  readonly w: V;
  clear(out: V): void;
  dot(a: V, b: V): number;
  /** out = alpha a + beta b, element by element; `out` may be one of them. */
  combine(out: V, alpha: number, a: V, beta: number, b: V): void;
  /** out = a b, element by element; `out` may be one of them. */
  multiply(out: V, a: V, b: V): void;
  /** Noise of the rule's node `node`, addressed by `t` (see noise.ts). */
  noise(out: V, kind: NoiseKind, node: number, t: number): void;
  /** Mean loss of the step's batch with the parameters at `place`: the same function as the step's own pass. One cost unit. */
  lossOf(place: V): number;
  /** Its gradient. Three cost units. */
  gradientOf(place: V, out: V): void;
  /** Mean gradient over the whole batches of the training split, in order. Three cost units each. */
  fullGradientOf(place: V, out: V): void;
  /** A scratch vector: any later call may overwrite it. */
  readonly place: V;
}

/** w + s d, in the scratch vector `place`. */
export function along<V>({ w, place, combine }: Landscape<V>, s: number, d: V): V {
  combine(place, 1, w, s, d);
  return place;
}
