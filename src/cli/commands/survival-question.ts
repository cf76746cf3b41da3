/** What is asked of lives, and the lives it is asked of: shared by `survivorship`, which prints the answer, and `export`, which writes it for R. */
import { InvalidArgumentError, Option } from 'commander';
import type { Lineage } from '../../lineage/open.ts';
import { type UnitName, unitLives } from '../../lineage/survival-units.ts';
import type { Heritable } from '../../lineage/taxa.ts';
import { type NamedTrait, namedTrait, traitOf, writtenTrait } from '../../lineage/trait-store.ts';
import { UserError } from '../../notation/user-error.ts';
import { type ConfidenceType, confidenceTypes } from '../../statistics/confidence.ts';
import { type CutRule, cutGroups, undefinedGroup, usualRule } from '../../statistics/groups.ts';
import { type TieMethod, tieMethods } from '../../statistics/partial-likelihood.ts';
import { longestHorizon } from '../../statistics/restricted-mean.ts';
import { type Survivorship, type SurvivorshipSample, survivorshipOf } from '../../statistics/survivorship.ts';
import { positiveInteger, trackedFromOption } from '../options.ts';
import type { Call } from '../output.ts';
import { traitValues } from './trait-values.ts';

/** What is analysed and how. */
export interface AnalysisOptions {
  readonly of: Heritable;
  readonly units: UnitName;
  readonly trackedFrom?: number;
  readonly by?: string;
  readonly cuts?: readonly number[];
  readonly quantiles?: number;
  readonly confType: ConfidenceType;
  readonly rho: number;
  readonly ties: TieMethod;
  readonly tau?: number;
  readonly strata?: 'run';
}

/** How lives are compared; what lives is asked for by --of and --units. */
export const analysisOptions = (): readonly Option[] => [
  new Option(
    '--by <trait>',
    'compare groups by a trait of the chromosome, such as family, depth or al-scale (`streetlight reference` explains all); of genomes rule.family or architecture.depth',
  ),
  new Option(
    '--cuts <numbers>',
    'where a numeric trait parts groups, such as 0.2,0.5; a number on a cut belongs below it',
  )
    .argParser(cutList)
    .conflicts('quantiles'),
  new Option('--quantiles <n>', 'so many groups of about one size by a numeric trait').argParser(
    positiveInteger,
  ),
  trackedFromOption(),
  new Option('--conf-type <name>', 'confidence interval of survival')
    .choices([...confidenceTypes])
    .default('log-log'),
  new Option(
    '--tau <births>',
    'horizon of mean survival; default the latest to which every group is watched',
  ).argParser(positiveInteger),
  new Option('--rho <number>', 'weight of early differences: 0 log-rank, 1 Peto and Peto')
    .argParser(notNegative)
    .default(0),
  new Option('--ties <method>', 'tied ends in Cox regression').choices([...tieMethods]).default('efron'),
  new Option('--strata <name>', 'compare within runs only').choices(['run']),
];

function cutList(text: string): number[] {
  const cuts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!cuts.every(Number.isFinite))
    throw new InvalidArgumentError('It must be numbers with commas between them, such as 0.2,0.5.');
  return [...new Set(cuts)].sort((a, b) => a - b);
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 10)) throw new InvalidArgumentError('It must be a number from 0 to 10.');
  return value;
}

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

function checkComparison({ by, rho, strata }: AnalysisOptions): void {
  if (by === undefined && (rho > 0 || strata !== undefined))
    throw new UserError({
      code: 'nothing-to-compare',
      message: `${rho > 0 ? '--rho' : '--strata'} says how groups are compared, and there is one group`,
      hint: 'name a trait with --by',
    });
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

/** The lives of all units, run after run in their order; null where the computing of the trait was interrupted. @throws UserError where there is none. */
export async function collect(
  output: Call,
  lineage: Lineage,
  runs: readonly number[],
  options: AnalysisOptions,
): Promise<Collected | null> {
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
  const values = await traitValues(output, lineage, trait, blocks);
  if (values === null) return null;
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

export const ruleText = (rule: CutRule): string =>
  rule.by === 'cuts'
    ? `cut at ${rule.cuts.join(', ')}`
    : rule.by === 'quantiles'
      ? `cut into ${rule.count} quantiles of the units, equal values together`
      : 'one for each value';

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
