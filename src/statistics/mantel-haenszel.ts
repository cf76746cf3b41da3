/**
 * One odds ratio of several 2 x 2 tables, one for each stratum such as a run: Mantel and Haenszel 1959, with limits by the variance of Robins, Breslow and Greenland 1986, and the test of
 * Cochran, Mantel and Haenszel that it is 1. As R's `mantelhaen.test`.
 */
import { exp, log } from '../numerics/elementary.ts';
import { z95 } from './confidence.ts';
import { chiSquareTail } from './distributions.ts';

/** Counts: rows are the exposed and the others, columns those with the event and those without. */
export type TwoByTwo = readonly [readonly [number, number], readonly [number, number]];

/** The odds of the event among the exposed over those among the others, over strata. */
export interface MantelHaenszel {
  readonly strata: number;
  /** Strata in which a row or a column is empty: they say nothing. */
  readonly uninformative: number;
  /** Null where it would be infinite, or no stratum says anything. */
  readonly oddsRatio: number | null;
  /** Null where the odds ratio is 0 or null. */
  readonly logSe: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** (sum of (a - E a))^2 / sum of Var a, hypergeometric, on one degree of freedom; null where no stratum says anything. */
  readonly chiSquare: number | null;
  readonly p: number | null;
  /** With |sum| - 1/2, as R has it by default; a sum below 1/2 is not corrected. */
  readonly correctedChiSquare: number | null;
  readonly correctedP: number | null;
}

/** @throws RangeError for no stratum, or cells that are no counts. */
export function mantelHaenszel(strata: readonly TwoByTwo[], z = z95): MantelHaenszel {
  if (strata.length === 0) throw new RangeError('at least one stratum is needed');
  for (const cell of strata.flat(2))
    if (!(Number.isSafeInteger(cell) && cell >= 0)) throw new RangeError(`${cell} is no count`);
  const informative = strata.filter(isInformative);
  return {
    strata: strata.length,
    uninformative: strata.length - informative.length,
    ...commonOdds(informative, z),
    ...conditionalTest(informative),
  };
}

const isInformative = ([[a, b], [c, d]]: TwoByTwo) => a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0;

function commonOdds(strata: readonly TwoByTwo[], z: number) {
  let [r, s, pr, cross, qs] = [0, 0, 0, 0, 0];
  for (const [[a, b], [c, d]] of strata) {
    const n = a + b + c + d;
    const [concordant, discordant, up, down] = [(a + d) / n, (b + c) / n, (a * d) / n, (b * c) / n];
    r += up;
    s += down;
    pr += concordant * up;
    cross += concordant * down + discordant * up;
    qs += discordant * down;
  }
  const oddsRatio = s > 0 ? r / s : null;
  if (oddsRatio === null || oddsRatio === 0) return { oddsRatio, logSe: null, lower: null, upper: null };
  const logSe = Math.sqrt(pr / (2 * r * r) + cross / (2 * r * s) + qs / (2 * s * s));
  const centre = log(oddsRatio);
  return { oddsRatio, logSe, lower: exp(centre - z * logSe), upper: exp(centre + z * logSe) };
}

function conditionalTest(strata: readonly TwoByTwo[]) {
  let [excess, spread] = [0, 0];
  for (const [[a, b], [c, d]] of strata) {
    const n = a + b + c + d;
    excess += a - ((a + b) * (a + c)) / n;
    spread += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1));
  }
  if (spread === 0) return { chiSquare: null, p: null, correctedChiSquare: null, correctedP: null };
  const distance = Math.abs(excess);
  const [chiSquare, correctedChiSquare] = [0, distance >= 0.5 ? 0.5 : 0].map(
    (correction) => (distance - correction) ** 2 / spread,
  ) as [number, number];
  return {
    ...{ chiSquare, p: chiSquareTail(chiSquare, 1) },
    ...{ correctedChiSquare, correctedP: chiSquareTail(correctedChiSquare, 1) },
  };
}
