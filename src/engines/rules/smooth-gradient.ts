/** The gradient of the smoothed loss from losses alone: evolution strategies as in Salimans et al. 2017, antithetic and shaped by centred ranks. */
import { along } from './landscape.ts';
import type { Call } from './landscape-ops.ts';

/** 1 / (2 n sigma) times the sum over pairs of (rank at + - rank at -) noise, ranks from -1/2 to 1/2. */
export function smoothGradient<V>({ landscape, scalars, out, kept, count, node, t }: Call<V>): number {
  const sigma = scalars[0]!;
  const noise = kept[0]!;
  const losses: number[] = [];
  for (let pair = 0; pair < count; pair++) {
    landscape.noise(noise, 'normal', node, t * count + pair);
    for (const side of [sigma, -sigma]) losses.push(landscape.lossOf(along(landscape, side, noise)));
  }
  const ranks = centredRanks(losses);
  landscape.clear(out);
  for (let pair = 0; pair < count; pair++) {
    // The noise is a function of its address, so it is computed again instead of being stored.
    landscape.noise(noise, 'normal', node, t * count + pair);
    const weight = (ranks[2 * pair]! - ranks[2 * pair + 1]!) / (2 * count);
    landscape.combine(out, 1, out, sigma === 0 ? 0 : weight / sigma, noise);
  }
  return 0;
}

/** Ranks from -1/2 (smallest) to 1/2; equal losses rank by their place, and what is not a number ranks as largest. */
export function centredRanks(losses: readonly number[]): number[] {
  const size = (i: number) => (Number.isNaN(losses[i]!) ? Number.POSITIVE_INFINITY : losses[i]!);
  const order = losses
    .map((_, i) => i)
    .sort((i, j) => (size(i) === size(j) ? i - j : size(i) < size(j) ? -1 : 1));
  const ranks = losses.map(() => 0);
  for (const [rank, i] of order.entries()) ranks[i] = rank / Math.max(1, losses.length - 1) - 0.5;
  return ranks;
}
