/**
 * What survivorship hides: births of a run, sampled at random by what became of them, each trained with the rule that it was born with and with the best of a panel. How survivors differ from all
 * births (the filter shift), how many of the culled would have done as well as survivors under some rule (premature discards, Horvitz-Thompson), and what survivors alone would have made one believe.
 */
import type { SampleEstimate } from './horvitz-thompson.ts';
import { type MantelHaenszel, mantelHaenszel, type TwoByTwo } from './mantel-haenszel.ts';
import {
  type StratifiedSample,
  stratifiedDifference,
  stratifiedMean,
  stratifiedTotal,
} from './stratified-sample.ts';

/** What became of a birth by the end of its run. Names stand in output: permanent. */
export const fates = ['living', 'ancestor', 'failed', 'outcompeted', 'aged'] as const;

/** `ancestor`: dead, and somebody living has its architecture by descent, mutated or not. Of the last three no line is left. */
export type Fate = (typeof fates)[number];

/** Settings of the learning rate: the rule's own, and tuned. */
export const rateSettings = ['default', 'tuned'] as const;

type AtRates<T> = Readonly<Record<(typeof rateSettings)[number], T>>;

/** One of the sampled. Scores are in decades, null where nothing was tuned. */
export interface RescueSubject {
  readonly fate: Fate;
  /** With the rule that it was born with. */
  readonly home: AtRates<number | null>;
  /** With the best of the panel, which was chosen by other seeds. */
  readonly best: AtRates<number | null>;
  /** Of the rule whose friendliness is asked for, against the tuned best; null where there is none. */
  readonly regret: AtRates<number | null>;
  /** Births with its architecture among the culled. */
  readonly sharing: number;
  /** Whether somebody living has its architecture. */
  readonly livesOn: boolean;
}

/** A sample of the births of one run. */
export interface RescueSample {
  /** Births of each fate. */
  readonly sizes: Readonly<Record<Fate, number>>;
  readonly subjects: readonly RescueSubject[];
  /** Home scores of the best of the living, which was chosen by other seeds. */
  readonly champion: AtRates<number | null>;
  /** Distinct architectures among the culled that nobody living has. */
  readonly lostArchitectures: number;
  /** Decades below a bar that still count as reaching it. */
  readonly delta: number;
}

/** What means are taken of. */
export const rescueQuantities = [
  ...['home default', 'home tuned', 'best default', 'best tuned'],
  ...['regret default', 'regret tuned'],
] as readonly RescueQuantity[];

/** A number of a subject, at a setting of the learning rate. */
export type RescueQuantity = `${'home' | 'best' | 'regret'} ${(typeof rateSettings)[number]}`;

/** Means over parts of all births; null where nobody in it has the number. */
export interface RescueMeans {
  readonly births: SampleEstimate | null;
  /** Those whose line lives: the living and their ancestors. */
  readonly survivors: SampleEstimate | null;
  readonly living: SampleEstimate | null;
  readonly culled: SampleEstimate | null;
  /** Survivors less all births. */
  readonly shift: SampleEstimate | null;
  /** The living less all births: the error of whoever looks at the living alone. */
  readonly livingOnly: SampleEstimate | null;
}

/** Shares of the culled, at one setting of the learning rate; null where nobody was culled. Their errors are of the sample, with the bars taken as given. */
export interface RescueRates {
  /** Mean home score of the living. */
  readonly bar: number;
  /** Home score of the best of the living. */
  readonly championBar: number;
  /** Mean best score of the living. */
  readonly bestBar: number;
  /** Of the culled whose best reaches that: each has its best rule there, so that it is the same question whatever rules a run had. */
  readonly asGood: SampleEstimate | null;
  /** The best of the panel reaches the bar: the premature-discard rate. */
  readonly discarded: SampleEstimate | null;
  /** Of these, those that reach it with their own rule as well: not the rule discarded them. */
  readonly atHome: SampleEstimate | null;
  /** And those that do not: another rule would have kept them. */
  readonly rescued: SampleEstimate | null;
  /** The same of the living themselves: what the best of a panel is worth by itself. */
  readonly rescuedLiving: SampleEstimate | null;
  /** Distinct architectures that nobody living has and that some rule takes to the best of the living. */
  readonly keys: SampleEstimate;
  /** Of all distinct architectures that nobody living has; null where there is none. */
  readonly keyShare: number | null;
  /** The sampled of each fate: how many reach the bar with their own rule, and how many only with another. */
  readonly counts: Readonly<Record<Fate, FateCounts>>;
}

/** Of the sampled of one fate. */
export interface FateCounts {
  readonly sampled: number;
  readonly atHome: number;
  readonly rescued: number;
}

/** What is found of one run. */
export interface RescueAnalysis {
  readonly means: Readonly<Record<RescueQuantity, RescueMeans>>;
  /** Null where nothing was tuned. */
  readonly rates: AtRates<RescueRates | null>;
}

/** @throws RangeError as of stratified samples, and where nobody of the living was sampled. */
export function rescueAnalysis(sample: RescueSample): RescueAnalysis {
  const design = {
    sizes: fates.map((fate) => sample.sizes[fate]),
    strata: sample.subjects.map(({ fate }) => fates.indexOf(fate)),
  };
  return {
    means: Object.fromEntries(
      rescueQuantities.map((quantity) => [quantity, meansOf(sample, design, quantity)]),
    ) as RescueAnalysis['means'],
    rates: { default: ratesAt(sample, design, 'default'), tuned: ratesAt(sample, design, 'tuned') },
  };
}

const isLiving = (fate: Fate) => fate === 'living';
/** Of whom nothing is left. */
export const isCulled = (fate: Fate): boolean => fate !== 'living' && fate !== 'ancestor';

function meansOf(
  { subjects }: RescueSample,
  design: StratifiedSample,
  quantity: RescueQuantity,
): RescueMeans {
  const [what, rate] = quantity.split(' ') as ['home' | 'best' | 'regret', keyof AtRates<unknown>];
  const values = subjects.map((subject) => subject[what][rate]);
  const part = (has: (fate: Fate) => boolean) => subjects.map(({ fate }) => has(fate));
  const [all, living, culled] = [part(() => true), part(isLiving), part(isCulled)];
  const survivors = part((fate) => !isCulled(fate));
  return {
    births: stratifiedMean(values, design, all),
    survivors: stratifiedMean(values, design, survivors),
    living: stratifiedMean(values, design, living),
    culled: stratifiedMean(values, design, culled),
    shift: stratifiedDifference(values, design, [survivors, all]),
    livingOnly: stratifiedDifference(values, design, [living, all]),
  };
}

function ratesAt(
  { subjects, champion, lostArchitectures, delta }: RescueSample,
  design: StratifiedSample,
  rate: keyof AtRates<unknown>,
): RescueRates | null {
  const championBar = champion[rate];
  const living = subjects.map(({ fate }) => isLiving(fate));
  const culled = subjects.map(({ fate }) => isCulled(fate));
  const bar = stratifiedMean(
    subjects.map(({ home }) => home[rate]),
    design,
    living,
  );
  const bestBar = stratifiedMean(
    subjects.map(({ best }) => best[rate]),
    design,
    living,
  );
  if (championBar === null) return null;
  if (bar === null || bestBar === null) throw new RangeError('nobody of the living was sampled');
  const share = (part: readonly boolean[], has: (subject: RescueSubject) => boolean) =>
    stratifiedMean(
      subjects.map((subject) => (has(subject) ? 1 : 0)),
      design,
      part,
    );
  const reaches = (score: number | null, least: number) => score !== null && score >= least - delta;
  const atHome = ({ home }: RescueSubject) => reaches(home[rate], bar.estimate);
  const byPanel = ({ best }: RescueSubject) => reaches(best[rate], bar.estimate);
  // Each culled birth stands for its share of the births that have its architecture (Sirken 1970), so that architectures are counted and not births.
  const keys = stratifiedTotal(
    subjects.map(({ best, fate, sharing, livesOn }) =>
      isCulled(fate) && !livesOn && reaches(best[rate], championBar) ? 1 / sharing : 0,
    ),
    design,
  );
  const isRescued = (subject: RescueSubject) => byPanel(subject) && !atHome(subject);
  const countsOf = (fate: Fate): FateCounts => {
    const own = subjects.filter((each) => each.fate === fate);
    return {
      sampled: own.length,
      atHome: own.filter(atHome).length,
      rescued: own.filter(isRescued).length,
    };
  };
  return {
    ...{ bar: bar.estimate, bestBar: bestBar.estimate, championBar },
    asGood: share(culled, ({ best }) => reaches(best[rate], bestBar.estimate)),
    discarded: share(culled, (each) => atHome(each) || byPanel(each)),
    atHome: share(culled, atHome),
    rescued: share(culled, isRescued),
    rescuedLiving: share(living, isRescued),
    counts: Object.fromEntries(fates.map((fate) => [fate, countsOf(fate)])) as RescueRates['counts'],
    keys,
    keyShare: lostArchitectures === 0 ? null : keys.estimate / lostArchitectures,
  };
}

/** How much oftener culled births of the first group are rescued than those of the second: sampled births of one block and fate are one stratum, within which all had the same chance to be sampled. Null without any. */
export function rescueOdds(pairs: readonly (readonly [RescueRates, RescueRates])[]): MantelHaenszel | null {
  const row = ({ sampled, rescued }: FateCounts) => [rescued, sampled - rescued] as const;
  const strata = pairs.flatMap(([first, second]) =>
    fates.filter(isCulled).map((fate): TwoByTwo => [row(first.counts[fate]), row(second.counts[fate])]),
  );
  return strata.length === 0 ? null : mantelHaenszel(strata);
}

/** Names of what a run gives, which endpoints of studies use: permanent. */
export const rescueMeasures = [
  ...rescueQuantities.flatMap((quantity) => [`${quantity} shift`, `${quantity} living only`] as const),
  ...rateSettings.flatMap((rate) =>
    (['discarded', 'rescued', 'as good', 'keys'] as const).map((what) => `${rate} ${what}` as const),
  ),
];

/** A number of a run. */
export type RescueMeasure = (typeof rescueMeasures)[number];

/** The measures of a run; null where one is not defined. */
export const rescueMeasuresOf = ({
  means,
  rates,
}: RescueAnalysis): Readonly<Record<RescueMeasure, number | null>> =>
  Object.fromEntries([
    ...rescueQuantities.flatMap((quantity) => [
      [`${quantity} shift`, means[quantity].shift?.estimate ?? null],
      [`${quantity} living only`, means[quantity].livingOnly?.estimate ?? null],
    ]),
    ...rateSettings.flatMap((rate) => [
      [`${rate} discarded`, rates[rate]?.discarded?.estimate ?? null],
      [`${rate} rescued`, rates[rate]?.rescued?.estimate ?? null],
      [`${rate} as good`, rates[rate]?.asGood?.estimate ?? null],
      [`${rate} keys`, rates[rate]?.keyShare ?? null],
    ]),
  ]) as Record<RescueMeasure, number | null>;
