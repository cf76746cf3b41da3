/**
 * The log-rank test of K groups and its weighted kin, G-rho of Harrington and Fleming 1982 (rho = 0: log-rank, Mantel 1966; rho = 1: Peto and Peto
 * 1972), with strata and delayed entry. As R's survdiff: weights are S(t-)^rho of the pooled Kaplan-Meier curve of the stratum.
 */
import { pow } from '../numerics/elementary.ts';
import { chiSquareTail } from './distributions.ts';
import { type Lives, membersOf, numbered } from './lives.ts';
import { quadraticForm } from './quadratic-form.ts';
import { distinct, sortedTimes, walk } from './risk-table.ts';
import { chosenTimes, type MergedTimes, mergeTies } from './tied-times.ts';

/** Weights and strata of a log-rank test. */
export interface LogRankOptions<S> {
  /** One label per life. Sums are taken within strata and added up. */
  readonly strata?: readonly S[];
  /** Weight of early differences; default 0. */
  readonly rho?: number;
}

/** What a group had, beside what it would have had if all groups had one hazard. */
export interface LogRankGroup<G> {
  readonly group: G;
  readonly n: number;
  /** Weighted events. */
  readonly observed: number;
  /** Weighted events expected were all groups alike. */
  readonly expected: number;
}

/** The test over all groups, and the counts of each. */
export interface LogRankTest<G> {
  readonly rho: number;
  readonly groups: readonly LogRankGroup<G>[];
  /** Of observed - expected. */
  readonly variance: readonly (readonly number[])[];
  /** Null where the groups are never at risk together, so that nothing can be compared. */
  readonly chiSquare: number | null;
  readonly df: number;
  /** Null with `chiSquare`. */
  readonly p: number | null;
}

/** Groups in order of first appearance. @throws RangeError as `kaplanMeier` says, and for labels that are not one per life. */
export function logRank<G, S = string>(
  lives: Lives,
  groups: readonly G[],
  { strata, rho = 0 }: LogRankOptions<S> = {},
): LogRankTest<G> {
  const n = lives.exit.length;
  if (groups.length !== n || (strata !== undefined && strata.length !== n))
    throw new RangeError('groups and strata must have one label per life');
  const { codes, labels } = numbered(groups);
  const times = mergeTies(lives);
  const sums = emptySums(labels.length);
  for (const rows of strata === undefined ? [[...codes.keys()]] : membersOf(strata).values())
    addStratum(
      sums,
      chosenTimes(times, rows),
      rows.map((i) => codes[i]!),
      rho,
    );
  const { observed, expected, variance } = sums;
  const compared = labels.flatMap((_, g) => (expected[g]! > 0 ? [g] : []));
  // One group is determined by the others.
  const free = compared.slice(1);
  const form = quadraticForm(
    free.map((g) => observed[g]! - expected[g]!),
    free.map((g) => free.map((h) => variance[g]![h]!)),
  );
  const defined = form.df > 0;
  return {
    rho,
    groups: labels.map((group, g) => ({
      group,
      n: codes.reduce((count, code) => count + (code === g ? 1 : 0), 0),
      observed: observed[g]!,
      expected: expected[g]!,
    })),
    variance,
    chiSquare: defined ? form.value : null,
    df: form.df,
    p: defined ? chiSquareTail(form.value, form.df) : null,
  };
}

interface Sums {
  readonly observed: number[];
  readonly expected: number[];
  readonly variance: number[][];
}

function emptySums(groups: number): Sums {
  const zeros = () => new Array<number>(groups).fill(0);
  return { observed: zeros(), expected: zeros(), variance: Array.from({ length: groups }, zeros) };
}

function addStratum(
  { observed, expected, variance }: Sums,
  times: MergedTimes,
  codes: readonly number[],
  rho: number,
): void {
  const members = membersOf(codes);
  const present = [...members.keys()];
  const counters = present.map((g) => walk(sortedTimes(chosenTimes(times, members.get(g)!))));
  let survival = 1;
  for (const time of distinct(sortedTimes(times).ends)) {
    const counts = counters.map((counter) => counter(time));
    const n = counts.reduce((sum, each) => sum + each.risk, 0);
    const d = counts.reduce((sum, each) => sum + each.ending, 0);
    const weight = rho === 0 ? 1 : pow(survival, rho);
    survival *= 1 - d / n;
    const spread = n > 1 ? (weight * weight * d * (n - d)) / (n - 1) : 0;
    present.forEach((g, i) => {
      const share = counts[i]!.risk / n;
      observed[g]! += weight * counts[i]!.ending;
      expected[g]! += weight * d * share;
      present.forEach((h, j) => {
        variance[g]![h]! += spread * share * ((g === h ? 1 : 0) - counts[j]!.risk / n);
      });
    });
  }
}
