/**
 * What a panel of rules shows at several sizes of one task: do rules that rank high at one size rank high at another, and does the regret of one of them grow with size? Where seeds are few, ranks
 * disagree by luck alone, so that agreement between sizes is judged by that within them.
 */
import { log10 } from '../numerics/elementary.ts';
import { kendallTau } from './kendall.ts';
import { mean } from './moments.ts';
import type { PanelRegret, RuleScores } from './panel.ts';
import { slopeOf } from './slope.ts';

/** At their own learning rates, or at those that were chosen by other seeds. */
export const ladderSettings = ['default', 'tuned'] as const;
export type LadderSetting = (typeof ladderSettings)[number];
/** A number for each setting; null where not defined. */
export type OfSettings = Readonly<Record<LadderSetting, number | null>>;

/** One architecture on one task at one size. */
export interface LadderStep {
  /** What grows along the ladder: training examples, or parameters. Above 0. */
  readonly size: number;
  /** Of each rule of the panel, in the same order at every size. */
  readonly rules: readonly RuleScores[];
  readonly regret: Pick<PanelRegret, LadderSetting>;
}

/** Two rungs of a ladder by their places; one rung twice says how well its own seeds agree. */
export interface RungAgreement {
  readonly rungs: readonly [number, number];
  /** Kendall's tau-b, mean over ladders; null where it is defined on none. */
  readonly tau: OfSettings;
  /** Mean agreement of the two rungs with themselves, less tau: what size changes. Null for one rung twice. */
  readonly lost: OfSettings;
}

/** What the ladders of one run show. */
export interface ScaleLadder {
  /** Every pair of rungs, and every rung with itself. */
  readonly agreements: readonly RungAgreement[];
  /** Change of regret for ten times the size, the ladders' own heights aside: `lm(regret ~ log10(size) + factor(ladder))`. Null where no ladder has two regrets. */
  readonly slopes: OfSettings;
}

/**
 * `ladders`: each an architecture on a task, at the same rungs in the same order. Scores that are compared never share a seed: ranks of one rung are those of the seeds in even places, of the other those in odd
 * places, and the other way round; so luck that a seed brings to all sizes is no agreement, and a rung with itself has the noise that two rungs have. Tuned scores must be so too: those in even places at rates that were chosen without what chose the rates of those in odd places.
 * @throws RangeError for no ladders, ladders of unequal length, or a rule with fewer than two seeds.
 */
export function scaleLadder(ladders: readonly (readonly LadderStep[])[]): ScaleLadder {
  const count = ladders[0]?.length ?? 0;
  if (count === 0 || ladders.some(({ length }) => length !== count))
    throw new RangeError('ladders must have the same rungs');
  const taus = (setting: LadderSetting, a: number, b: number) =>
    meanOfDefined(ladders.map((steps) => agreement(setting, steps[a]!, steps[b]!)));
  const pairs = Array.from({ length: count }, (_, a) => a).flatMap((a) =>
    Array.from({ length: count - a }, (_, k) => [a, a + k] as const),
  );
  return {
    agreements: pairs.map(([a, b]) => ({
      rungs: [a, b],
      tau: bySetting((setting) => taus(setting, a, b)),
      lost: bySetting((setting) => (a === b ? null : lostBetween(taus, setting, a, b))),
    })),
    slopes: bySetting((setting) => regretSlope(setting, ladders)),
  };
}

const bySetting = (of: (setting: LadderSetting) => number | null): OfSettings => ({
  default: of('default'),
  tuned: of('tuned'),
});

const meanOfDefined = (values: readonly (number | null)[]): number | null => {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(defined);
};

function lostBetween(
  taus: (setting: LadderSetting, a: number, b: number) => number | null,
  setting: LadderSetting,
  a: number,
  b: number,
): number | null {
  const [first, second, between] = [taus(setting, a, a), taus(setting, b, b), taus(setting, a, b)];
  return first === null || second === null || between === null ? null : (first + second) / 2 - between;
}

/** Null where either half has all rules alike, at either size. */
function agreement(setting: LadderSetting, first: LadderStep, second: LadderStep): number | null {
  const [even, odd] = [0, 1].map((half) =>
    kendallTau(halfMeans(setting, first, half), halfMeans(setting, second, 1 - half)),
  );
  return even === null || odd === null ? null : (even! + odd!) / 2;
}

/** Mean scores of the rules over the seeds in even (0) or odd (1) places. */
function halfMeans(setting: LadderSetting, { rules }: LadderStep, half: number): number[] {
  return rules.map((scores) => {
    const own = scores[setting].filter((_, k) => k % 2 === half);
    if (own.length === 0) throw new RangeError('agreement needs two seeds or more');
    return mean(own);
  });
}

function regretSlope(setting: LadderSetting, ladders: readonly (readonly LadderStep[])[]): number | null {
  const points = ladders.flatMap((steps, ladder) =>
    steps.flatMap(({ size, regret }) => {
      const y = regret[setting];
      return y === null ? [] : [{ ladder, x: log10(size), y }];
    }),
  );
  if (points.length === 0) return null;
  const slope = slopeOf(
    points.map(({ x }) => x),
    points.map(({ y }) => y),
    points.map(({ ladder }) => ladder),
  );
  return slope?.value ?? null;
}
