/** The update-rule ops over all parameters as one vector, written once for every engine. What they mean is said in src/genome/update-rule/ops.ts. */
import type { LandscapeOpName } from '../../genome/update-rule/ops.ts';
import { along, type Landscape } from './landscape.ts';
import { lbfgs } from './lbfgs.ts';
import { backtrack, goldstein, lipschitz } from './line-search.ts';
import { smoothGradient } from './smooth-gradient.ts';
import { swarm } from './swarm.ts';

/** One op at one step. */
export interface Call<V> {
  readonly landscape: Landscape<V>;
  /** The arguments by their place: vectors, and numbers for all parameters. */
  readonly vectors: readonly V[];
  readonly scalars: readonly number[];
  /** Where a vector result goes. */
  readonly out: V;
  /** The op's own vectors and numbers, kept from step to step; numbers are 0 at first. */
  readonly kept: readonly V[];
  readonly numbers: Float64Array;
  readonly count: number;
  /** Index of the node, which names its noise. */
  readonly node: number;
  readonly t: number;
  /** Loss of the step's batch at w. */
  readonly L: number;
}

type Run = <V>(call: Call<V>) => number;

/** Each returns its result where that is a number, else 0. */
export const landscapeOps = {
  lossAt: ({ landscape, vectors }) => landscape.lossOf(along(landscape, 1, vectors[0]!)),
  gradAt({ landscape, vectors, out }) {
    landscape.gradientOf(along(landscape, 1, vectors[0]!), out);
    return 0;
  },
  fullGradAt({ landscape, vectors, scalars, out }) {
    if (scalars[0]! > 0) landscape.fullGradientOf(along(landscape, 1, vectors[0]!), out);
    else landscape.clear(out);
    return 0;
  },
  backtrack,
  goldstein,
  lipschitz,
  lbfgs,
  swarm,
  smoothGrad: smoothGradient,
} as const satisfies Record<LandscapeOpName, Run>;
