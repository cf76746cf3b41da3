/**
 * The time-shift assay of one run: architectures of one census under rules of another (Gaba and Ebert 2009; Blanquart and Gandon 2013). Those that belong together in time are better than both
 * earlier and later rules where each adapts to the other; where rules just improve, the later the better.
 */
import { membersOf } from './lives.ts';
import { mean } from './moments.ts';
import { type Slope, slopeOf } from './slope.ts';

/** Architectures of one time under rules of one time, scored. */
export interface TimeShiftScore {
  readonly architectureTime: number;
  readonly ruleTime: number;
  /** Higher is better. */
  readonly score: number;
}

/** What one run's assay shows. Several scores of one pair of times count as their mean. */
export interface TimeShift {
  /** Pairs of times. */
  readonly pairs: number;
  /** Means over pairs whose rules are of the architectures' own time, of an earlier and of a later one; null without such pairs. */
  readonly contemporaneous: number | null;
  readonly past: number | null;
  readonly future: number | null;
  /** contemporaneous - (past + future) / 2; null where one of these is. Over all pairs of the same times rows and columns cancel in it, as in the transplant test. */
  readonly contrast: number | null;
  /** Over d = rule's time - architecture's time, over all pairs, as `lm(score ~ d)`. It mixes the trends below: with all pairs of the same times it is half of their difference. Null where d does not vary. */
  readonly slope: Slope | null;
  /** How much better later rules are with the same architectures, per unit of time: `lm(score ~ d + factor(architectureTime))`. */
  readonly ruleTrend: Slope | null;
  /** How much better later architectures are with the same rules: `lm(score ~ -d + factor(ruleTime))`. */
  readonly architectureTrend: Slope | null;
}

/** @throws RangeError for no scores, or numbers not finite. */
export function timeShift(scores: readonly TimeShiftScore[]): TimeShift {
  const pairs = pairMeans(scores);
  const [architectures, rules, values] = [
    pairs.map(({ architectureTime }) => architectureTime),
    pairs.map(({ ruleTime }) => ruleTime),
    pairs.map(({ score }) => score),
  ];
  const shifts = rules.map((time, i) => time - architectures[i]!);
  const meanWhere = (belongs: (shift: number) => boolean) => {
    const chosen = values.filter((_, i) => belongs(shifts[i]!));
    return chosen.length === 0 ? null : mean(chosen);
  };
  const contemporaneous = meanWhere((shift) => shift === 0);
  const [past, future] = [meanWhere((shift) => shift < 0), meanWhere((shift) => shift > 0)];
  const isWhole = contemporaneous !== null && past !== null && future !== null;
  return {
    ...{ pairs: pairs.length, contemporaneous, past, future },
    contrast: isWhole ? contemporaneous - (past + future) / 2 : null,
    slope: slopeOf(shifts, values),
    ruleTrend: slopeOf(rules, values, architectures),
    architectureTrend: slopeOf(architectures, values, rules),
  };
}

function pairMeans(scores: readonly TimeShiftScore[]): readonly TimeShiftScore[] {
  const pairs = membersOf(scores.map(({ architectureTime, ruleTime }) => `${architectureTime}/${ruleTime}`));
  return [...pairs.values()].map((members) => ({
    ...scores[members[0]!]!,
    score: mean(members.map((i) => scores[i]!.score)),
  }));
}

/**
 * The mean of a score over all pairs of the architectures of those who lived at one time and the rules of those who lived at another, estimated from simple random samples of both: `scores[a][b]`, rows and
 * columns in the order of the samples. For one time, of `living` individuals, rows and columns are one sample: individuals with themselves stand for N of the N^2 pairs, the others for N (N - 1) (Horvitz and
 * Thompson 1952). `living`: null where the times differ. @throws RangeError for no scores, or of one time for a table that is not square, or a sample of one of several.
 */
export function livingPairsMean(scores: readonly (readonly number[])[], living: number | null): number {
  if (living === null) return mean(scores.flat());
  if (scores.some((row) => row.length !== scores.length))
    throw new RangeError('rows and columns must be one sample');
  const own = mean(scores.map((row, a) => row[a]!));
  if (living === 1) return own;
  if (scores.length < 2) throw new RangeError('one individual of several has no others to be paired with');
  const others = mean(scores.flatMap((row, a) => row.filter((_, b) => b !== a)));
  return own / living + (others * (living - 1)) / living;
}
