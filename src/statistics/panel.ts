/**
 * How far a rule falls short of the best of a panel on one architecture and task: normalised regret, what of it the learning rate makes up for, and the rank among rules that nobody
 * tuned. Choosing the best by the numbers that it is judged by would overstate it (winner's curse), so that who is best and at which rate is an input, chosen from other seeds.
 */
import { meanInterval } from './mean-interval.ts';
import { mean } from './moments.ts';

/** Scores of one rule, in decades of loss below an untrained predictor, one for each seed. Higher is better. */
export interface RuleScores {
  /** At the rule's own learning rate. */
  readonly default: readonly number[];
  /** At the rate that was chosen by other seeds. */
  readonly tuned: readonly number[];
}

/** What is found of one architecture on one task. */
export interface PanelRegret {
  /** Mean score of the tuned best of the panel. */
  readonly best: number;
  /** Null, as is `tuned`, where the best of the panel is not better than an untrained predictor. */
  readonly default: number | null;
  readonly tuned: number | null;
  /** 1 - tuned / default: what of the regret the learning rate makes up for; null where there is none. */
  readonly rateShare: number | null;
  /** Among the rules at their own rates: 1 and those that are certainly better. */
  readonly rank: number;
}

/**
 * R = (l(rule) - l(best)) / (l_ref - l(best)) on log10 losses, l_ref the untrained one: (best - score) / best on scores, clipped to [0, 1].
 * @throws RangeError where `rule` or `best` is no place in `rules`, or a rule has no scores.
 */
export function panelRegret(rules: readonly RuleScores[], rule: number, best: number): PanelRegret {
  const [own, reference] = [rules[rule], rules[best]];
  if (own === undefined || reference === undefined)
    throw new RangeError('there is no such rule in the panel');
  if (rules.some((each) => each.default.length === 0 || each.tuned.length === 0))
    throw new RangeError('every rule needs scores');
  const reached = mean(reference.tuned);
  const [atDefault, tuned] = [regret(mean(own.default), reached), regret(mean(own.tuned), reached)];
  return {
    ...{ best: reached, default: atDefault, tuned },
    rateShare: atDefault === null || tuned === null || atDefault === 0 ? null : 1 - tuned / atDefault,
    rank: tuningFreeRank(
      rules.map((each) => each.default),
      rule,
    ),
  };
}

const regret = (score: number, best: number): number | null =>
  best > 0 ? Math.min(1, Math.max(0, (best - score) / best)) : null;

/** 1 and the number of rules whose 95 % interval over seeds (Student's) is wholly above that of `rule`: overlap is a tie. With one seed an interval is a point. */
export function tuningFreeRank(rules: readonly (readonly number[])[], rule: number): number {
  const intervals = rules.map((scores) => {
    const point = mean(scores);
    return meanInterval(scores) ?? { lower: point, upper: point };
  });
  const { upper } = intervals[rule]!;
  return 1 + intervals.filter(({ lower }) => lower > upper).length;
}

/** One architecture on one task, with the exponent j of the rate that the rule was tuned to. */
export interface PanelCell extends PanelRegret {
  readonly rate: number;
}

/** Means over the cells of a population. Null where no cell has a regret. */
export interface PanelMeans {
  readonly cells: number;
  /** Cells where the best of the panel is not better than an untrained predictor: they are in no mean. */
  readonly undefined: number;
  readonly 'regret default': number | null;
  readonly 'regret tuned': number | null;
  /** The first less the second. */
  readonly 'regret from rate': number | null;
  /** 1 less the ratio of the two means; null where there is no regret at all. */
  readonly 'rate share': number | null;
  /** log10 of the tuned learning rate over the rule's own. */
  readonly 'rate displacement': number | null;
  readonly 'tuning-free rank': number | null;
  /** TFR2: share of cells in which the rank is 1 or 2. */
  readonly tfr2: number | null;
}

/** Names of the means, which endpoints of studies use: permanent. */
export const panelMeasures = [
  'regret default',
  'regret tuned',
  'regret from rate',
  'rate share',
  'rate displacement',
  'tuning-free rank',
  'tfr2',
] as const satisfies readonly (keyof PanelMeans)[];

/** Of one population. */
export function panelMeans(cells: readonly PanelCell[]): PanelMeans {
  const defined = cells.flatMap(({ default: atDefault, tuned, ...rest }) =>
    atDefault === null || tuned === null ? [] : [{ ...rest, atDefault, tuned }],
  );
  const over = (of: (cell: (typeof defined)[number]) => number) =>
    defined.length === 0 ? null : mean(defined.map(of));
  const [atDefault, tuned] = [over((cell) => cell.atDefault), over((cell) => cell.tuned)];
  return {
    ...{ cells: cells.length, undefined: cells.length - defined.length },
    ...{ 'regret default': atDefault, 'regret tuned': tuned },
    'regret from rate': over((cell) => cell.atDefault - cell.tuned),
    'rate share': atDefault === null || tuned === null || atDefault === 0 ? null : 1 - tuned / atDefault,
    'rate displacement': over(({ rate }) => rate / 2),
    'tuning-free rank': over(({ rank }) => rank),
    tfr2: over(({ rank }) => (rank <= 2 ? 1 : 0)),
  };
}
