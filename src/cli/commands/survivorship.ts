/** streetlight survivorship RUN...: who survived, and for how long. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Lineage } from '../../lineage/open.ts';
import { type RunRow, runSummary } from '../../lineage/runs.ts';
import { survivalUnits, type UnitName, unitLives, unitNames } from '../../lineage/survival-units.ts';
import { type Heritable, heritables } from '../../lineage/taxa.ts';
import { type NamedTrait, namedTrait, traitOf } from '../../lineage/trait-store.ts';
import { UserError } from '../../notation/user-error.ts';
import { curveColumns, curveRows, establishmentText, survivorshipText } from '../../report/survivorship.ts';
import { type ConfidenceType, confidenceTypes, z95 } from '../../statistics/confidence.ts';
import { establishment } from '../../statistics/establishment.ts';
import { type CutRule, cutGroups, undefinedGroup, usualRule } from '../../statistics/groups.ts';
import { chosenLives, membersOf } from '../../statistics/lives.ts';
import { type TieMethod, tieMethods } from '../../statistics/partial-likelihood.ts';
import { longestHorizon } from '../../statistics/restricted-mean.ts';
import { type Survivorship, type SurvivorshipSample, survivorshipOf } from '../../statistics/survivorship.ts';
import {
  chosenRun,
  collectRuns,
  databaseOption,
  jsonOption,
  positiveInteger,
  withLineage,
} from '../options.ts';
import { type Output, printJson, printRows } from '../output.ts';
import { traitValues } from './trait-values.ts';

interface Options {
  readonly db: string;
  readonly of: Heritable;
  readonly units: UnitName;
  readonly by?: string;
  readonly cuts?: readonly number[];
  readonly quantiles?: number;
  readonly established?: number;
  readonly confType: ConfidenceType;
  readonly rho: number;
  readonly ties: TieMethod;
  readonly tau?: number;
  readonly strata?: 'run';
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function registerSurvivorship(program: Command, output: Output): void {
  program
    .command('survivorship')
    .argument('[runs...]', 'the runs; default the newest', collectRuns)
    .description(
      'how long taxa survive (all individuals that share an architecture, or rule, by descent), and what makes a difference',
    )
    .addOption(
      new Option('--of <what>', 'of a chromosome, or of whole genomes')
        .choices([...heritables])
        .default('architecture'),
    )
    .addOption(
      new Option('--units <name>', 'what lives and dies').choices(unitNames).default('taxa' as UnitName),
    )
    .option(
      '--by <trait>',
      'compare groups by a trait of the chromosome, such as family, depth or al-scale (`streetlight reference` explains all); of genomes rule.family or architecture.depth',
    )
    .addOption(
      new Option(
        '--cuts <numbers>',
        'where a numeric trait parts groups, such as 0.2,0.5; a number on a cut belongs below it',
      )
        .argParser(cutList)
        .conflicts('quantiles'),
    )
    .option('--quantiles <n>', 'so many groups of about one size by a numeric trait', positiveInteger)
    .option(
      '--established <births>',
      'of clades: which of them have a living descendant so many births after their founder',
      positiveInteger,
    )
    .addOption(
      new Option('--conf-type <name>', 'confidence interval of survival')
        .choices([...confidenceTypes])
        .default('log-log'),
    )
    .option(
      '--tau <births>',
      'horizon of mean survival; default the latest to which every group is watched',
      positiveInteger,
    )
    .addOption(
      new Option('--rho <number>', 'weight of early differences: 0 log-rank, 1 Peto and Peto')
        .argParser(notNegative)
        .default(0),
    )
    .addOption(
      new Option('--ties <method>', 'tied ends in Cox regression').choices([...tieMethods]).default('efron'),
    )
    .addOption(new Option('--strata <name>', 'compare within runs only').choices(['run']))
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print the curves as CSV').conflicts('json'))
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, async (lineage) => {
        const trait = options.by === undefined ? null : chosenTrait(options.of, options.by);
        checkCombination(options, trait);
        const chosen =
          runs.length === 0 ? [chosenRun(lineage, undefined)] : runs.map((run) => chosenRun(lineage, run));
        const numbers = chosen.map(({ run }) => run);
        const collected = await collect(output, lineage, numbers, options, trait);
        if (collected === null) return;
        const { sample, rule } = collected;
        const analysis = analysed(sample, options);
        if (options.csv === true) printRows(output, 'csv', curveColumns, curveRows(analysis));
        else if (options.json === true)
          printJson(output, asJson(lineage, chosen, options, analysis, sample, rule));
        else show(output, lineage, chosen, options, analysis, sample, rule);
      }),
    );
}

function cutList(text: string): number[] {
  const cuts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!cuts.every(Number.isFinite))
    throw new InvalidArgumentError('It must be numbers with commas between them, such as 0.2,0.5.');
  return cuts;
}

/** A trait of the chromosome; of genomes a name says of which chromosome it is, where both have one. */
function chosenTrait(of: Heritable, by: string): NamedTrait {
  const dotted = /^(architecture|rule)\.(.*)$/.exec(by);
  const chromosome = (dotted?.[1] ?? of) as Heritable;
  if (of !== 'genome' && chromosome !== of)
    throw new UserError({
      code: 'trait-of-the-other',
      message: `\`${by}\` is a trait of the other chromosome: ${of}s that are one unit may come with many of those`,
      hint: '--of genome takes traits of both',
    });
  if (chromosome === 'genome')
    throw new UserError({
      code: 'trait-of-either',
      message: `of genomes \`${by}\` may be a trait of either chromosome`,
      hint: `write rule.${by} or architecture.${by}`,
    });
  return namedTrait(chromosome, dotted?.[2] ?? by);
}

function checkCombination({ units, cuts, quantiles, established }: Options, trait: NamedTrait | null): void {
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
  if (established !== undefined && units !== 'clades')
    throw new UserError({
      code: 'established-units',
      message: 'clades become established; other units do not',
      hint: 'add --units clades',
    });
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 10)) throw new InvalidArgumentError('It must be a number from 0 to 10.');
  return value;
}

interface Collected {
  readonly sample: SurvivorshipSample;
  /** How numbers became groups; null where the trait has categories, or there is none. */
  readonly rule: CutRule | null;
}

/** Null where the computing of the trait was interrupted. */
async function collect(
  output: Output,
  lineage: Lineage,
  runs: readonly number[],
  options: Options,
  trait: NamedTrait | null,
): Promise<Collected | null> {
  const [exit, event, blocks, runOf]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const run of runs) {
    const lives = unitLives(lineage, run, options.of, options.units);
    const block = trait === null ? null : lives.carried[trait.chromosome]!;
    for (let i = 0; i < lives.entry.length; i++) {
      exit.push(lives.exit[i]! - lives.entry[i]!);
      event.push(lives.event[i]!);
      blocks.push(block === null ? 0 : block[i]!);
      runOf.push(run);
    }
  }
  if (exit.length === 0)
    throw new UserError({
      code: 'nothing-to-estimate',
      message: 'no birth has been told in these runs yet',
      hint: 'resume the run first',
    });
  const lives = { exit, event, runs: runOf };
  if (trait === null) return { sample: { ...lives, groups: blocks.map(() => 'all') }, rule: null };
  const values = await traitValues(output, lineage, trait, blocks);
  if (values === null) return null;
  const { kind, cuts } = traitOf(trait);
  const each = blocks.map((block) => values.get(block) ?? null);
  if (kind === 'category')
    return { sample: { ...lives, groups: each.map((value) => String(value ?? undefinedGroup)) }, rule: null };
  const numbers = each.map((value) => (value === null ? null : Number(value)));
  const rule = cutRule(options, cuts, numbers);
  return { sample: { ...lives, groups: cutGroups(numbers, rule) }, rule };
}

/** What was asked for, else what the trait says, else what is usual. */
function cutRule(
  { cuts, quantiles }: Options,
  ofTrait: readonly number[] | undefined,
  numbers: readonly (number | null)[],
): CutRule {
  if (quantiles !== undefined) return { by: 'quantiles', count: quantiles };
  const given = cuts ?? ofTrait;
  return given === undefined
    ? usualRule(numbers.filter((value) => value !== null))
    : { by: 'cuts', cuts: given };
}

const ruleText = (rule: CutRule): string =>
  rule.by === 'cuts'
    ? `cut at ${rule.cuts.join(', ')}`
    : rule.by === 'quantiles'
      ? `cut into ${rule.count} quantiles of the units`
      : 'one for each value';

function analysed(sample: SurvivorshipSample, { confType, tau, rho, ties, strata }: Options): Survivorship {
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

const unfinished = (runs: readonly RunRow[]): number[] =>
  runs.filter((run) => run.endReason === null).map(({ run }) => run);

/** How births become what is analysed, over all runs: every birth is accounted for. */
function flow(lineage: Lineage, runs: readonly number[]) {
  const summaries = runs.map((run) => runSummary(lineage, run));
  const outcomes = new Map<string, number>();
  for (const { evaluations } of summaries)
    for (const { status, reason, count } of evaluations) {
      const name = reason === null ? status : `${status} (${reason})`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + count);
    }
  const total = (pick: (summary: (typeof summaries)[number]) => number) =>
    summaries.reduce((sum, summary) => sum + pick(summary), 0);
  return {
    births: total((summary) => summary.births),
    founders: total((summary) => summary.founders),
    living: total((summary) => summary.living),
    evaluations: Object.fromEntries(outcomes),
  };
}

const conventions = {
  atRisk: 'entry < t <= exit; ends before censoring at equal times',
  survival: "Kaplan-Meier, Greenwood's variance, 95 % limits",
  median: "R's plateau rule, limits by inverting the band",
  reference: 'R 4.2.2, package survival 3.5-3',
} as const;

/** Which clades have a living descendant so many births after their founder, by group. */
function establishments(sample: SurvivorshipSample, groups: readonly string[], horizon: number) {
  const members = membersOf(sample.groups);
  return groups.map((group) => ({
    group,
    ...establishment(chosenLives(sample, members.get(group)!), horizon, z95),
  }));
}

function asJson(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: Options,
  analysis: Survivorship,
  sample: SurvivorshipSample,
  rule: CutRule | null,
) {
  const runs = chosen.map(({ run }) => run);
  const { of, by, units, confType, rho, ties, strata, established } = options;
  const { comparison } = analysis;
  const names = analysis.groups.map(({ group }) => group);
  const cox = comparison?.cox ?? null;
  return {
    runs,
    unfinished: unfinished(chosen),
    unit: `${of} ${survivalUnits[units].noun}`,
    by: by ?? null,
    groupedBy: rule,
    confidence: confType,
    conventions,
    flow: flow(lineage, runs),
    caution: survivalUnits[units].caution,
    tau: analysis.tau,
    groups: analysis.groups.map(({ group, curve, median, restrictedMean }) => ({
      ...{ group, n: curve.n, events: curve.events, censored: curve.n - curve.events },
      ...{ median, restrictedMean, table: curve.rows },
    })),
    ...(established === undefined
      ? {}
      : { established: { horizon: established, groups: establishments(sample, names, established) } }),
    comparison:
      comparison === null
        ? null
        : {
            ...{ reference: comparison.reference, strata: strata ?? null, rho, ties },
            descriptive: runs.length === 1,
            logRank: comparison.logRank,
            differences: comparison.differences,
            // Without its rows: they are the sample again.
            cox: cox === null ? null : { ...cox, model: undefined },
            proportionalHazards: comparison.proportionalHazards,
            pooled: comparison.pooled,
          },
  };
}

function show(
  output: Output,
  lineage: Lineage,
  chosen: readonly RunRow[],
  { of, by, units, confType, rho, strata, established }: Options,
  analysis: Survivorship,
  sample: SurvivorshipSample,
  rule: CutRule | null,
): void {
  const names = analysis.groups.map(({ group }) => group);
  const runs = chosen.map(({ run }) => run);
  const unit = survivalUnits[units];
  const counts = flow(lineage, runs);
  const outcomes = Object.entries(counts.evaluations).map(([name, count]) => `${name} ${count}`);
  output.print(
    [
      `Survivorship of ${of} ${unit.plural}, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}. Time in births since ${unit.began}; it ends when ${unit.ended}; what is there at the end is censored.`,
      `${conventions.survival} of type ${confType}; median by ${conventions.median}; at risk: ${conventions.atRisk}. As ${conventions.reference}.`,
      `Births ${counts.births} (founders ${counts.founders}), evaluated: ${outcomes.join(', ') || 'none'}; ${unit.plural} ${analysis.groups.reduce((sum, { curve }) => sum + curve.n, 0)}.`,
      ...unfinished(chosen).map(
        (run) =>
          `Run ${run} is not finished: what lives on only in births still to be told counts as ended until it goes on.`,
      ),
      ...(unit.caution === null ? [] : [unit.caution]),
      ...(rule === null ? [] : [`Groups by ${by}: ${ruleText(rule)}.`]),
      ...(analysis.comparison === null
        ? []
        : [
            runs.length === 1
              ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim a difference.'
              : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. Robust errors are too small for fewer than about 40.`,
          ]),
      '',
      ...(established === undefined
        ? []
        : [establishmentText(establishments(sample, names, established), established, by ?? 'group'), '']),
      survivorshipText(
        analysis,
        { by: by ?? 'group', units: unit.plural, rho, isStratified: strata === 'run' },
        output.colour,
      ),
    ].join('\n'),
  );
}
