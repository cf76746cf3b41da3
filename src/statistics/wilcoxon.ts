/** Wilcoxon's signed-rank test (1945) of differences, exact with ties too, and the estimate that belongs to it (Hodges and Lehmann 1963). */
import { averageRanks } from './correlation.ts';
import { normalQuantile, normalTail } from './distributions.ts';
import { finite } from './moments.ts';

/** Are differences symmetric about 0? */
export interface SignedRankTest {
  /** Differences other than 0, and those of 0, which are left out. */
  readonly n: number;
  readonly zeros: number;
  /** Sum of the ranks of positive differences, by size. */
  readonly v: number;
  /** Over all changes of signs, ties as they are; null for more than 200 differences. Two-sided, and of differences above 0. */
  readonly exactP: number | null;
  readonly exactGreaterP: number | null;
  /** Two-sided, by the normal distribution with the variance for ties and a correction for continuity: R's `wilcox.test(exact = FALSE)`. Null where all are 0. */
  readonly normalP: number | null;
}

/** More differences than this are not tested exactly: the work grows with their third power. */
const mostExact = 200;

/** @throws RangeError for no difference or numbers not finite. */
export function signedRankTest(differences: ArrayLike<number>): SignedRankTest {
  const values = finite(differences, 'differences');
  const present = values.filter((value) => value !== 0);
  const n = present.length;
  const ranks = averageRanks(present.map(Math.abs));
  const v = ranks.reduce((sum, rank, i) => sum + (present[i]! > 0 ? rank : 0), 0);
  const common = { n, zeros: values.length - n, v };
  if (n === 0) return { ...common, exactP: 1, exactGreaterP: 1, normalP: null };
  const exact = n <= mostExact ? exactTails(ranks, v) : null;
  return {
    ...common,
    exactP: exact === null ? null : Math.min(1, 2 * Math.min(exact.atMost, exact.atLeast)),
    exactGreaterP: exact?.atLeast ?? null,
    normalP: normalP(ranks, v),
  };
}

function normalP(ranks: Float64Array, v: number): number {
  const n = ranks.length;
  const distance = Math.abs(v - (n * (n + 1)) / 4);
  // Of a sum of independent signs; for untied ranks n (n + 1) (2 n + 1) / 24.
  const sigma = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4);
  return Math.min(1, 2 * normalTail((distance - 0.5) / sigma));
}

function exactTails(ranks: Float64Array, v: number) {
  const chances = signedSums(ranks);
  const at = Math.round(2 * v);
  const sum = (from: number, to: number) => chances.subarray(from, to).reduce((a, b) => a + b, 0);
  return { atMost: sum(0, at + 1), atLeast: sum(at, chances.length) };
}

/** Chances of twice the sum of those ranks that a fair coin picks, from 0 on; twice, as tied ranks may be halves. */
function signedSums(ranks: ArrayLike<number>): Float64Array {
  const doubled = Array.from(ranks, (rank) => Math.round(2 * rank));
  const chances = new Float64Array(doubled.reduce((sum, each) => sum + each, 1));
  chances[0] = 1;
  let reached = 0;
  for (const each of doubled) {
    reached += each;
    for (let sum = reached; sum >= 0; sum--)
      chances[sum] = (chances[sum]! + (sum >= each ? chances[sum - each]! : 0)) / 2;
  }
  return chances;
}

/** The centre of symmetry of some values. */
export interface HodgesLehmann {
  readonly n: number;
  /** The median of the means of all pairs, each value with itself among them. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** The least probability with which the limits hold the centre: below the level asked for where so few values cannot reach it. */
  readonly coverage: number;
}

/**
 * Limits are those means of pairs at which the signed-rank test turns, as R's `wilcox.test(conf.int = TRUE)` has them without ties; with ties they hold at least as often (normal quantiles for more than 200
 * values). @throws RangeError for no value or numbers not finite.
 */
export function hodgesLehmann(values: ArrayLike<number>, level = 0.95): HodgesLehmann {
  const sample = finite(values, 'values');
  const n = sample.length;
  const pairs = Float64Array.from(
    Array.from(sample).flatMap((value, i) =>
      Array.from(sample.subarray(i), (other) => value / 2 + other / 2),
    ),
  ).sort();
  const m = pairs.length;
  const middle = pairs[(m - 1) >> 1]! / 2 + pairs[m >> 1]! / 2;
  const { outside, coverage } = limitRank(n, level);
  return { n, estimate: middle, lower: pairs[outside - 1]!, upper: pairs[m - outside]!, coverage };
}

/** From which mean on, counted from the ends, limits are: the least q with P(V <= q) >= (1 - level) / 2, at least 1. */
function limitRank(n: number, level: number): { readonly outside: number; readonly coverage: number } {
  const tail = (1 - level) / 2;
  if (n > mostExact) {
    const [centre, sigma] = [(n * (n + 1)) / 4, Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)];
    return { outside: Math.ceil(centre + normalQuantile(tail) * sigma), coverage: level };
  }
  const chances = signedSums(Array.from({ length: n }, (_, i) => i + 1));
  let [below, outside] = [0, 0];
  // Of untied ranks only even places have a chance.
  while (outside === 0 || below + chances[2 * outside]! < tail * (1 - 1e-12)) {
    below += chances[2 * outside]!;
    outside += 1;
  }
  return { outside, coverage: 1 - 2 * below };
}
