/**
 * Particle swarm optimization with a global best (Kennedy and Eberhart 1995; constriction as in Clerc and Kennedy 2002). Particles are places in the space of all parameters.
 * Each is tried on the step's own batch; a best place keeps the loss that it had on the batch of its time.
 */
import type { Call } from './landscape-ops.ts';

/** Places in `numbers`: whether the swarm has begun, then the best loss of each particle. */
const begun = 0;
const first = 1;

/** Moves the particles once, tries each, and sets `out` to the best place known, from where the parameters are. */
export function swarm<V>(call: Call<V>): number {
  const { landscape, out, numbers, count, kept } = call;
  if (numbers[begun] === 0) begin(call);
  for (let k = 0; k < count; k++) {
    const loss = landscape.lossOf(kept[3 * k]!);
    if (!(loss < numbers[first + k]!)) continue;
    numbers[first + k] = loss;
    landscape.combine(kept[3 * k + 2]!, 1, kept[3 * k]!, 0, kept[3 * k]!);
  }
  const best = kept[3 * bestOf(numbers, count) + 2]!;
  for (let k = 0; k < count; k++) move(call, k, best);
  landscape.combine(out, 1, best, -1, landscape.w);
  return 0;
}

/** Starts the particles around w with velocity 0; the first one is w itself. Their noise is that of step 0, which no training step has: steps count from 1. */
function begin<V>({ landscape, scalars, kept, numbers, count, node }: Call<V>): void {
  for (let k = 0; k < count; k++) {
    const [x, velocity, own] = [kept[3 * k]!, kept[3 * k + 1]!, kept[3 * k + 2]!];
    landscape.noise(velocity, 'normal', node, k);
    landscape.combine(x, 1, landscape.w, k === 0 ? 0 : scalars[0]!, velocity);
    landscape.combine(own, 1, x, 0, x);
    landscape.clear(velocity);
  }
  numbers.fill(Number.POSITIVE_INFINITY, first);
  numbers[begun] = 1;
}

function bestOf(numbers: Float64Array, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (numbers[first + k]! < numbers[first + best]!) best = k;
  return best;
}

/** v = inertia v + pull r1 (own best - x) + pull r2 (global best - x); x = x + v. */
function move<V>({ landscape, scalars, kept, count, node, t }: Call<V>, k: number, best: V): void {
  const [, inertia, pull] = scalars as [number, number, number];
  const [x, velocity, own] = [kept[3 * k]!, kept[3 * k + 1]!, kept[3 * k + 2]!];
  const [random, way] = [kept[3 * count]!, kept[3 * count + 1]!];
  landscape.combine(velocity, inertia, velocity, 0, velocity);
  for (const [draw, target] of [own, best].entries()) {
    landscape.noise(random, 'uniform', node, 2 * (t * count + k) + draw);
    landscape.combine(way, 1, target, -1, x);
    landscape.multiply(way, way, random);
    landscape.combine(velocity, 1, velocity, pull, way);
  }
  landscape.combine(x, 1, x, 1, velocity);
}
