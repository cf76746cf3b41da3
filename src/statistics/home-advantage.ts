/**
 * Home advantage of two populations, each scored at its own home and at the other's, as reciprocal transplants measure local adaptation (Kawecki and Ebert 2004, "sympatric minus
 * allopatric"; Blanquart et al. 2013): a population that is better everywhere, and a home that is better for everybody, cancel.
 */
import type { Random } from '../random/stream.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { averageRanks } from './correlation.ts';
import { type EffectSize, hedgesGPaired } from './effect-size.ts';
import { mean, variance } from './moments.ts';
import { type PermutationTest, signFlipTest } from './permutation.ts';

/** Mean scores of two populations at two homes. Higher is better. */
export interface Crossed {
  readonly firstAtHome: number;
  readonly firstAway: number;
  readonly secondAtHome: number;
  readonly secondAway: number;
}

/** H, half the sum of its two one-sided parts. */
export interface HomeAdvantage {
  readonly advantage: number;
  /** At the home of the first population: the first less the second. */
  readonly atFirst: number;
  /** At the home of the second population: the second less the first. */
  readonly atSecond: number;
}

/** H = [f_11 + f_22 - f_12 - f_21] / 2; the first index is the population's own home, the second where it is scored. */
export function homeAdvantage({ firstAtHome, firstAway, secondAtHome, secondAway }: Crossed): HomeAdvantage {
  const [atFirst, atSecond] = [firstAtHome - secondAway, secondAtHome - firstAway];
  return { advantage: (atFirst + atSecond) / 2, atFirst, atSecond };
}

/** Scores of the members of two populations, in the order of the members. */
export type CrossedScores = { readonly [Mean in keyof Crossed]: readonly number[] };

/** The means. @throws RangeError for a population without members. */
export const meanScores = (scores: CrossedScores): Crossed => ({
  firstAtHome: mean(scores.firstAtHome),
  firstAway: mean(scores.firstAway),
  secondAtHome: mean(scores.secondAtHome),
  secondAway: mean(scores.secondAway),
});

/** The same of ranks over all scores of both populations, as shares of the highest rank: no single score can decide. */
export function meanRanks(scores: CrossedScores): Crossed {
  const { firstAtHome, firstAway, secondAtHome, secondAway } = scores;
  const parts = [firstAtHome, firstAway, secondAtHome, secondAway];
  const ranks = averageRanks(parts.flat());
  const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const [a, b, c, d] = parts.map(
    ({ length }, i) => mean(ranks.subarray(starts[i]!, starts[i]! + length)) / ranks.length,
  );
  return { firstAtHome: a!, firstAway: b!, secondAtHome: c!, secondAway: d! };
}

/** One number per block, over blocks. */
export interface OverBlocks {
  readonly blocks: number;
  readonly mean: number;
  /** Standard deviation over blocks; null for one. */
  readonly sd: number | null;
  /** Of the bootstrap over blocks (BCa, 95 %); null for fewer than three blocks, or where nothing varies. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** One-sided, of a mean above 0: all changes of signs. */
  readonly signFlip: PermutationTest;
  /** Hedges' g of the numbers; null as `lower` is. */
  readonly effect: EffectSize | null;
}

/** @throws RangeError for no block. */
export function overBlocks(values: readonly number[], random: Random): OverBlocks {
  const spread = variance(values);
  const varies = values.length >= 3 && spread !== null && spread > 0;
  const limits = varies ? bootstrapInterval([values], ([sample]) => mean(sample!), random) : null;
  return {
    blocks: values.length,
    mean: mean(values),
    sd: spread === null ? null : Math.sqrt(spread),
    lower: limits?.lower ?? null,
    upper: limits?.upper ?? null,
    signFlip: signFlipTest(values, random, { side: 'greater' }),
    effect: varies ? hedgesGPaired(values) : null,
  };
}
