/** streetlight survivorship RUN...: who survived, and for how long. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Chromosome } from '../../genome/genome.ts';
import { architectureTraits, ruleTraits } from '../../genome/traits.ts';
import { architectureFromText, ruleFromText } from '../../lineage/codec.ts';
import { flowOf } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { survivalUnits, type UnitName, unitLives, unitNames } from '../../lineage/survival-units.ts';
import { didYouMean } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import { curveColumns, curveRows, survivorshipText } from '../../report/survivorship.ts';
import { type ConfidenceType, confidenceTypes } from '../../statistics/confidence.ts';
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

interface Options {
  readonly db: string;
  readonly of: Chromosome;
  readonly units: UnitName;
  readonly by?: string;
  readonly confType: ConfidenceType;
  readonly rho: number;
  readonly ties: TieMethod;
  readonly tau?: number;
  readonly strata?: 'run';
  readonly json?: boolean;
  readonly csv?: boolean;
}

const traits = { architecture: architectureTraits, rule: ruleTraits } as const;

export function registerSurvivorship(program: Command, output: Output): void {
  program
    .command('survivorship')
    .argument('[runs...]', 'the runs; default the newest', collectRuns)
    .description(
      'how long taxa survive (all individuals that share an architecture, or rule, by descent), and what makes a difference',
    )
    .addOption(
      new Option('--of <chromosome>', 'of which chromosome')
        .choices(['architecture', 'rule'])
        .default('architecture'),
    )
    .addOption(
      new Option('--units <name>', 'what lives and dies').choices(unitNames).default('taxa' as UnitName),
    )
    .option(
      '--by <trait>',
      `compare groups by a property of the chromosome: architecture ${Object.keys(architectureTraits).join(', ')}; rule ${Object.keys(ruleTraits).join(', ')}`,
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
      withLineage(options.db, (lineage) => {
        const chosen =
          runs.length === 0 ? [chosenRun(lineage, undefined)] : runs.map((run) => chosenRun(lineage, run));
        const numbers = chosen.map(({ run }) => run);
        const analysis = analysed(collect(lineage, numbers, options), options);
        if (options.csv === true) printRows(output, 'csv', curveColumns, curveRows(analysis));
        else if (options.json === true) printJson(output, asJson(lineage, chosen, options, analysis));
        else show(output, lineage, chosen, options, analysis);
      }),
    );
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 10)) throw new InvalidArgumentError('It must be a number from 0 to 10.');
  return value;
}

function collect(lineage: Lineage, runs: readonly number[], { of, by, units }: Options): SurvivorshipSample {
  const group = by === undefined ? () => 'all' : groupReader(lineage, traitOf(of, by));
  const [exit, event, groups, runOf]: [number[], number[], string[], number[]] = [[], [], [], []];
  for (const run of runs) {
    const lives = unitLives(lineage, run, of, units);
    for (let i = 0; i < lives.entry.length; i++) {
      exit.push(lives.exit[i]! - lives.entry[i]!);
      event.push(lives.event[i]!);
      groups.push(group(lives.block[i]!));
      runOf.push(run);
    }
  }
  if (exit.length === 0)
    throw new UserError({
      code: 'nothing-to-estimate',
      message: 'no birth has been told in these runs yet',
      hint: 'resume the run first',
    });
  return { exit, event, groups, runs: runOf };
}

/** The trait of a block; a text is read once, since many taxa may carry it. */
function groupReader({ db }: Lineage, trait: (text: string) => string): (block: number) => string {
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const known = new Map<number, string>();
  return (block) => {
    const before = known.get(block);
    if (before !== undefined) return before;
    const group = trait(text.get(block)!);
    known.set(block, group);
    return group;
  };
}

function traitOf(of: Chromosome, by: string): (text: string) => string {
  const names = Object.keys(traits[of]);
  if (!names.includes(by))
    throw new UserError({
      code: 'unknown-trait',
      message: `there is no trait \`${by}\` of a${of === 'rule' ? ' rule' : 'n architecture'}`,
      hint: didYouMean(by, names) ?? `traits are ${names.join(', ')}`,
    });
  return of === 'rule'
    ? (text) => ruleTraits[by as keyof typeof ruleTraits](ruleFromText(text))
    : (text) => architectureTraits[by as keyof typeof architectureTraits](architectureFromText(text));
}

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

const conventions = {
  atRisk: 'entry < t <= exit; ends before censoring at equal times',
  survival: "Kaplan-Meier, Greenwood's variance, 95 % limits",
  median: "R's plateau rule, limits by inverting the band",
  reference: 'R 4.2.2, package survival 3.5-3',
} as const;

function asJson(lineage: Lineage, chosen: readonly RunRow[], options: Options, analysis: Survivorship) {
  const runs = chosen.map(({ run }) => run);
  const { of, by, units, confType, rho, ties, strata } = options;
  const { comparison } = analysis;
  const cox = comparison?.cox ?? null;
  return {
    runs,
    unfinished: unfinished(chosen),
    unit: `${of} ${survivalUnits[units].noun}`,
    by: by ?? null,
    confidence: confType,
    conventions,
    flow: flowOf(lineage, runs),
    caution: survivalUnits[units].caution,
    tau: analysis.tau,
    groups: analysis.groups.map(({ group, curve, median, restrictedMean }) => ({
      ...{ group, n: curve.n, events: curve.events, censored: curve.n - curve.events },
      ...{ median, restrictedMean, table: curve.rows },
    })),
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
  { of, by, units, confType, rho, strata }: Options,
  analysis: Survivorship,
): void {
  const runs = chosen.map(({ run }) => run);
  const unit = survivalUnits[units];
  const counts = flowOf(lineage, runs);
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
      ...(analysis.comparison === null
        ? []
        : [
            runs.length === 1
              ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim a difference.'
              : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. Robust errors are too small for fewer than about 40.`,
          ]),
      '',
      survivorshipText(
        analysis,
        { by: by ?? 'group', units: unit.plural, rho, isStratified: strata === 'run' },
        output.colour,
      ),
    ].join('\n'),
  );
}
