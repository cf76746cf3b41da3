/** What is asked of lives, and the lives it is asked of: shared by `survivorship` and by `export`, which writes them for R. */
import { z } from 'zod';
import type { Lineage } from '../lineage/open.ts';
import { unitLives, unitNames } from '../lineage/survival-units.ts';
import { type Heritable, heritables } from '../lineage/taxa.ts';
import { type NamedTrait, namedTrait, traitOf, writtenTrait } from '../lineage/trait-store.ts';
import { UserError } from '../notation/user-error.ts';
import { confidenceTypes } from '../statistics/confidence.ts';
import { type CutRule, cutGroups, undefinedGroup, usualRule } from '../statistics/groups.ts';
import { longestHorizon } from '../statistics/restricted-mean.ts';
import { type Survivorship, type SurvivorshipSample, survivorshipOf } from '../statistics/survivorship.ts';
import { traitValues } from './measured-traits.ts';
import { positive, ties, trackedFrom, wholeFromOne } from './params.ts';
import { type AskContext, param } from './question.ts';

const notNegative = 'It must be a number from 0 to 10.';

/** What is printed as CSV are the curves: how groups are compared has no part in them. */
const notOfCurves = { conflicts: ['csv'] } as const;

/** How lives are compared, once it is said what lives. */
const comparisonParams = {
  by: param(z.string().exactOptional(), {
    summary:
      'compare groups by a trait of the chromosome, such as family, depth or al-scale (`streetlight reference` explains all); of genomes rule.family or architecture.depth',
    value: 'trait',
  }),
  cuts: param(
    z
      .array(z.number('It must be numbers with commas between them, such as 0.2,0.5.'))
      .overwrite((cuts) => [...new Set(cuts)].sort((a, b) => a - b))
      .exactOptional(),
    {
      summary: 'where a numeric trait parts groups, such as 0.2,0.5; a number on a cut belongs below it',
      ...{ value: 'numbers', list: 'commas', conflicts: ['quantiles'] },
    },
  ),
  quantiles: param(z.int(wholeFromOne).min(1, wholeFromOne).exactOptional(), {
    summary: 'so many groups of about one size by a numeric trait',
    value: 'n',
  }),
  trackedFrom: trackedFrom(),
  confType: param(z.enum(confidenceTypes).default('log-log'), {
    summary: 'confidence interval of survival',
    value: 'name',
  }),
  tau: param(positive().exactOptional(), {
    summary: 'horizon of mean survival; default the latest to which every group is watched',
    ...{ value: 'births', ...notOfCurves },
  }),
  rho: param(z.number(notNegative).min(0, notNegative).max(10, notNegative).default(0), {
    summary: 'weight of early differences: 0 log-rank, 1 Peto and Peto',
    ...{ value: 'number', ...notOfCurves },
  }),
  ties: ties('tied ends in Cox regression', notOfCurves),
  strata: param(z.enum(['run']).exactOptional(), {
    summary: 'compare within runs only',
    ...{ value: 'name', ...notOfCurves },
  }),
};

/** What is asked of lives, by `survivorship`, which gives the answer, and by `export`, which writes the lives for R. */
export const survivalParams = z.strictObject({
  of: param(z.enum(heritables).default('architecture'), {
    summary: 'of a chromosome, or of whole genomes',
    value: 'what',
  }),
  units: param(z.enum(unitNames).default('taxa'), { summary: 'what lives and dies', value: 'name' }),
  ...comparisonParams,
});

/** What is analysed and how. */
export type AnalysisOptions = z.output<typeof survivalParams>;

/** A trait of the chromosome; of genomes a name says of which chromosome it is, where both have one. */
function chosenTrait(of: Heritable, by: string): NamedTrait {
  const { chromosome, name } = writtenTrait(of, by);
  return namedTrait(chromosome, name);
}

function checkCuts({ cuts, quantiles }: AnalysisOptions, trait: NamedTrait | null): void {
  const asksForCuts = cuts !== undefined || quantiles !== undefined;
  if (asksForCuts && (trait === null || traitOf(trait).kind !== 'number'))
    throw new UserError({
      code: 'nothing-to-cut',
      message: 'only the values of a numeric trait can be cut into groups',
      hint: 'name one with --by, such as al-scale or instructions',
    });
  if (quantiles === 1)
    throw new UserError({
      code: 'one-group',
      message: 'one quantile makes one group',
      hint: 'ask for 2 or more',
    });
}

function checkTracked({ units, trackedFrom = 1 }: AnalysisOptions): void {
  if (trackedFrom > 1 && units !== 'taxa')
    throw new UserError({
      code: 'tracked-units',
      message: `only taxa have carriers to count, and these are ${units}`,
      hint: 'leave out --tracked-from, or ask for --units taxa',
    });
}

function checkComparison({ by, rho, ties: tiesBy, strata }: AnalysisOptions): void {
  if (by !== undefined) return;
  const idle = [
    ...(rho > 0 ? ['--rho'] : []),
    ...(strata === undefined ? [] : ['--strata']),
    ...(tiesBy === 'efron' ? [] : ['--ties']),
  ];
  if (idle.length === 0) return;
  throw new UserError(
    idle.map((option) => ({
      code: 'nothing-to-compare',
      message: `${option} says how groups are compared, and there is one group`,
      hint: 'name a trait with --by',
    })),
  );
}

const nothingToEstimate = (untracked: number, { trackedFrom = 1 }: AnalysisOptions) =>
  untracked > 0
    ? new UserError({
        code: 'nothing-tracked',
        message: `none of ${untracked} taxa had ${trackedFrom} carriers before the end`,
        hint: 'give --tracked-from a smaller number',
      })
    : new UserError({
        code: 'nothing-to-estimate',
        message: 'no birth has been told in these runs yet',
        hint: 'resume the run first',
      });

export interface Collected {
  readonly sample: SurvivorshipSample;
  /** How numbers became groups; null where the trait has categories, or there is none. */
  readonly rule: CutRule | null;
  /** Units that never came under observation. */
  readonly untracked: number;
  /** From the origin of each to the last told birth of its run. */
  readonly followUp: readonly number[];
}

/** The lives of all units, run after run in their order. @throws UserError where there is none; Interrupted in the computing of the trait. */
export async function collect(
  lineage: Lineage,
  runs: readonly number[],
  options: AnalysisOptions,
  context: AskContext,
): Promise<Collected> {
  const trait = options.by === undefined ? null : chosenTrait(options.of, options.by);
  checkCuts(options, trait);
  checkTracked(options);
  checkComparison(options);
  const [exit, event, blocks, runOf]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [causes, entry]: [(string | null)[], number[]] = [[], []];
  const followUp: number[] = [];
  let untracked = 0;
  for (const run of runs) {
    const lives = unitLives(lineage, run, options);
    untracked += lives.untracked;
    const block = trait === null ? null : lives.carried[trait.chromosome]!;
    for (let i = 0; i < lives.entry.length; i++) {
      entry.push(lives.watched[i]! - lives.entry[i]!);
      exit.push(lives.exit[i]! - lives.entry[i]!);
      followUp.push(lives.end - lives.entry[i]!);
      event.push(lives.event[i]!);
      causes.push(lives.event[i] === 1 ? lives.cause[i]! : null);
      blocks.push(block === null ? 0 : block[i]!);
      runOf.push(run);
    }
  }
  if (exit.length === 0) throw nothingToEstimate(untracked, options);
  const isDelayed = entry.some((age) => age > 0);
  const lives = { ...(isDelayed ? { entry } : {}), exit, event, causes, runs: runOf };
  if (trait === null)
    return { sample: { ...lives, groups: blocks.map(() => 'all') }, rule: null, untracked, followUp };
  const values = await traitValues(lineage, trait, blocks, context);
  const { kind, cuts } = traitOf(trait);
  const each = blocks.map((block) => values.get(block) ?? null);
  if (kind === 'category')
    return {
      sample: { ...lives, groups: each.map((value) => String(value ?? undefinedGroup)) },
      ...{ rule: null, untracked, followUp },
    };
  const numbers = each.map((value) => (value === null ? null : Number(value)));
  const rule = cutRule(options, cuts, numbers);
  return { sample: { ...lives, groups: cutGroups(numbers, rule) }, rule, untracked, followUp };
}

/** What was asked for, else what the trait says, else what is usual. */
function cutRule(
  { cuts, quantiles }: AnalysisOptions,
  ofTrait: readonly number[] | undefined,
  numbers: readonly (number | null)[],
): CutRule {
  if (quantiles !== undefined) return { by: 'quantiles', count: quantiles };
  const given = cuts ?? ofTrait;
  return given === undefined
    ? usualRule(numbers.filter((value) => value !== null))
    : { by: 'cuts', cuts: given };
}

/** @throws UserError for a horizon to which no group is watched. */
export function analysed(
  sample: SurvivorshipSample,
  { confType, tau, rho, ties, strata }: AnalysisOptions,
): Survivorship {
  const analysis = survivorshipOf(sample, {
    ...{ confidence: confType, rho, ties, stratifyByRun: strata === 'run' },
    ...(tau === undefined ? {} : { tau }),
  });
  if (analysis.groups.every(({ restrictedMean }) => restrictedMean === null))
    throw new UserError({
      code: 'horizon-too-long',
      message: `no group is watched for ${tau} births`,
      hint: `give --tau ${Math.max(...analysis.groups.map(({ curve }) => longestHorizon(curve)))} or less`,
    });
  return analysis;
}
