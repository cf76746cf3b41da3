/**
 * Epistasis between a step of an architecture and a step of a rule: what the two do together beyond what each does alone, and how often a pair gets somewhere that no single step gets to. From a parent
 * (a, o) with the steps a' and o': e = f(a', o') - f(a', o) - f(a, o') + f(a, o). Signs after Weinreich, Watson and Chao 2005, reciprocal ones after Poelwijk et al. 2007.
 */
import { type BinomialShare, binomialShare } from './binomial-limits.ts';
import { meanInterval } from './mean-interval.ts';
import { mean } from './moments.ts';

/** Scores of the four genomes of one pair, each by the same seeds in the same order. Higher is better. */
export interface EpistasisPair {
  readonly parent: readonly number[];
  readonly architecture: readonly number[];
  readonly rule: readonly number[];
  readonly both: readonly number[];
}

/** When a difference is one: its mean is beyond the margin; or that, and its 95 % interval over seeds (Student's, of pairs) is on the same side of 0. */
export const readings = ['apparent', 'certain'] as const;

/** How sure an effect must be to count. */
export type Reading = (typeof readings)[number];

/** A difference of two genomes over seeds. */
export interface Effect {
  readonly mean: number;
  /** Standard error over seeds; null for one seed. */
  readonly se: number | null;
  /** By each reading 1 better, -1 worse, 0 neither. */
  readonly sign: Readonly<Record<Reading, -1 | 0 | 1>>;
  /** Not a digit of difference at any seed: the step does nothing to the training. */
  readonly isSilent: boolean;
}

/** What one pair shows. */
export interface PairEffects {
  /** Against the parent. */
  readonly architecture: Effect;
  readonly rule: Effect;
  readonly both: Effect;
  /** Of the step beside the other one: against the other single step. */
  readonly architectureBesideRule: Effect;
  readonly ruleBesideArchitecture: Effect;
  /** e, and its sign by each reading. */
  readonly epistasis: Effect;
}

/** @throws RangeError for no seed, or unequal numbers of them. */
export function pairEffects(
  { parent, architecture, rule, both }: EpistasisPair,
  margin: number,
): PairEffects {
  if (parent.length === 0 || [architecture, rule, both].some(({ length }) => length !== parent.length))
    throw new RangeError('all four genomes need scores by the same seeds');
  const less = (a: readonly number[], b: readonly number[]) =>
    effect(
      a.map((value, i) => value - b[i]!),
      margin,
    );
  return {
    architecture: less(architecture, parent),
    rule: less(rule, parent),
    both: less(both, parent),
    architectureBesideRule: less(both, rule),
    ruleBesideArchitecture: less(both, architecture),
    epistasis: effect(
      both.map((value, i) => value - architecture[i]! - rule[i]! + parent[i]!),
      margin,
    ),
  };
}

function effect(differences: readonly number[], margin: number): Effect {
  const centre = mean(differences);
  const interval = meanInterval(differences);
  const apparent = centre > margin ? 1 : centre < -margin ? -1 : 0;
  const isCertain = interval !== null && (apparent > 0 ? interval.lower > 0 : interval.upper < 0);
  return {
    mean: centre,
    se: interval?.se ?? null,
    sign: { apparent, certain: isCertain ? apparent : 0 },
    isSilent: differences.every((value) => value === 0),
  };
}

/** What pairs are counted by. Names stand in output and are used by endpoints of studies: permanent. */
export const pairKinds = {
  'architecture step improves': (sign) => sign('architecture') > 0,
  'rule step improves': (sign) => sign('rule') > 0,
  'pair improves': (sign) => sign('both') > 0,
  /** The pair improves, and each of its steps alone worsens: a valley that single steps do not cross. */
  valley: (sign) => sign('both') > 0 && sign('architecture') < 0 && sign('rule') < 0,
  /** A step has one sign alone and the other beside the other step; of one of the steps at least. */
  sign: (sign) => turns(sign, 'architecture') || turns(sign, 'rule'),
  'reciprocal sign': (sign) => turns(sign, 'architecture') && turns(sign, 'rule'),
  'positive epistasis': (sign) => sign('epistasis') > 0,
  'negative epistasis': (sign) => sign('epistasis') < 0,
} as const satisfies Readonly<Record<string, (sign: SignOf) => boolean>>;

type SignOf = (of: keyof PairEffects) => -1 | 0 | 1;

const beside = { architecture: 'architectureBesideRule', rule: 'ruleBesideArchitecture' } as const;

const turns = (sign: SignOf, step: keyof typeof beside) => sign(step) * sign(beside[step]) < 0;

/** A kind of pair. */
export type PairKind = keyof typeof pairKinds;

/** Names of kinds, in the order of the table. */
export const pairKindNames = Object.keys(pairKinds) as PairKind[];

/** Of the pairs of one run. */
export interface EpistasisRates {
  readonly pairs: number;
  /** Pairs with a step that does nothing to the training. They are counted among all. */
  readonly silent: number;
  /** Mean e; null without pairs. */
  readonly meanEpistasis: number | null;
  /** By each reading the share of pairs of each kind, with exact binomial limits. */
  readonly shares: Readonly<Record<Reading, Readonly<Record<PairKind, BinomialShare>>>>;
}

/** Steps are drawn independently, so that within a run, given its parent, limits are those of independent trials. */
export function epistasisRates(pairs: readonly PairEffects[]): EpistasisRates {
  const sharesBy = (reading: Reading) =>
    Object.fromEntries(
      pairKindNames.map((kind) => {
        const hits = pairs.filter((pair) => pairKinds[kind]((of) => pair[of].sign[reading])).length;
        return [kind, binomialShare(hits, pairs.length)];
      }),
    ) as Record<PairKind, BinomialShare>;
  return {
    pairs: pairs.length,
    silent: pairs.filter(({ architecture, rule }) => architecture.isSilent || rule.isSilent).length,
    meanEpistasis: pairs.length === 0 ? null : mean(pairs.map(({ epistasis }) => epistasis.mean)),
    shares: { apparent: sharesBy('apparent'), certain: sharesBy('certain') },
  };
}
