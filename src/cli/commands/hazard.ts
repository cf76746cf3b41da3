import { type Command, Option } from 'commander';
import {
  type HazardSample,
  hazardSample,
  otherChromosome,
  type WatchedRun,
} from '../../analysis/hazard-rows.ts';
import { measureTraits } from '../../analysis/measured-traits.ts';
import { evolutionOf } from '../../analysis/settings.ts';
import type { Chromosome } from '../../genome/genome.ts';
import { runCensusTimes } from '../../lineage/census.ts';
import { chosenUnits, requireBirths } from '../../lineage/chosen.ts';
import { type Cause, causes } from '../../lineage/deaths.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../../lineage/runs.ts';
import { UserError } from '../../notation/user-error.ts';
import { hazardText } from '../../report/hazard.ts';
import { type HazardModel, hazardModel } from '../../statistics/hazard-model.ts';
import { type TieMethod, tieMethods } from '../../statistics/partial-likelihood.ts';
import { askContext } from '../ask-context.ts';
import {
  collectRunList,
  collectText,
  databaseOption,
  jsonOption,
  positiveInteger,
  trackedFromOption,
  withLineage,
} from '../options.ts';
import { type Output, printJson, printRows } from '../output.ts';

interface Options {
  readonly db: string;
  readonly of: Chromosome;
  readonly trait: readonly string[];
  readonly resident?: string;
  readonly trackedFrom?: number;
  readonly every?: number;
  readonly cause?: Cause;
  readonly ties: TieMethod;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** streetlight hazard RUN...: which traits make taxa short-lived, and whether it depends on what lives beside them. */
export function registerHazard(program: Command, output: Output): void {
  program
    .command('hazard')
    .argument('[runs...]', 'the runs; default the newest', collectRunList)
    .description(
      'which traits make taxa short-lived (Cox regression), and whether it depends on what the living beside them carry',
    )
    .addOption(
      new Option('--of <what>', 'taxa of which chromosome')
        .choices(['architecture', 'rule'] satisfies Chromosome[])
        .default('architecture'),
    )
    .requiredOption(
      '--trait <trait>',
      'a trait of that chromosome that is a number or yes/no, or NAME=VALUE; give it again for another',
      collectText,
    )
    .option(
      '--resident <trait>',
      'a trait of the other chromosome: its mean over the living, as it changes, and its products with the traits',
    )
    .addOption(trackedFromOption())
    .option(
      '--every <births>',
      'births between looks at the living; default the population size',
      positiveInteger,
    )
    .addOption(
      new Option(
        '--cause <cause>',
        'count only ends by this cause, as `survivorship` names them; all others censor',
      ).choices(causes.filter((cause) => cause !== 'worker-lost')),
    )
    .addOption(new Option('--ties <method>', 'tied ends').choices([...tieMethods]).default('efron'))
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print the rows (entry, exit] as CSV, for coxph of R').conflicts('json'))
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, async (lineage) => {
        const chosen = chosenUnits(lineage, runs);
        requireBirths(...chosen);
        await measure(output, lineage, chosen, options);
        const sample = hazardSample(
          lineage,
          chosen.map((row) => watchedRun(row, options)),
          {
            ...options,
            traits: options.trait,
            trackedFrom: options.trackedFrom ?? 1,
          },
        );
        if (options.csv === true) {
          printRows(output, 'csv', csvColumns(sample), csvRows(sample));
          return;
        }
        requireEvents(sample, options);
        const model = hazardModel(sample.rows, options.ties);
        if (options.json === true) printJson(output, asJson(lineage, chosen, options, sample, model));
        else output.print(asText(lineage, chosen, options, sample, model));
      }),
    );
}

async function measure(
  output: Output,
  lineage: Lineage,
  chosen: readonly RunRow[],
  { of, trait, resident }: Options,
): Promise<void> {
  const runs = chosen.map(({ run }) => run);
  const context = askContext(output);
  await measureTraits(lineage, runs, of, trait, context);
  if (resident !== undefined) await measureTraits(lineage, runs, otherChromosome[of], [resident], context);
}

function watchedRun(row: RunRow, { every }: Options): WatchedRun {
  const population = evolutionOf(row)?.population ?? 1;
  return { run: row.run, times: runCensusTimes(row.lastTold, population, every ?? population) };
}

function requireEvents({ lives, events }: HazardSample, { cause }: Options): void {
  if (events > 0) return;
  if (lives > 0 && cause !== undefined)
    throw new UserError({
      code: 'nothing-ended',
      message: `none of ${lives} taxa has ended by ${cause}`,
      hint: '`survivorship` says what ended them',
    });
  throw new UserError({
    code: 'nothing-ended',
    message:
      lives === 0
        ? 'no taxon is left to analyse'
        : `none of ${lives} taxa has ended, so there is no hazard yet`,
    hint:
      lives === 0 ? 'leave out --tracked-from, or choose traits that the taxa have' : 'resume the run first',
  });
}

/** Names that R takes as they are. */
const inR = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '_');

const traitTerms = ({ rows }: HazardSample) => rows.terms.filter(({ name }) => !name.endsWith(' x resident'));

const csvColumns = (sample: HazardSample): string[] => [
  ...['run', 'unit', 'entry', 'exit', 'event'],
  ...traitTerms(sample).map(({ name }) => inR(name)),
];

function csvRows(sample: HazardSample) {
  const { rows, unit } = sample;
  const terms = traitTerms(sample);
  return unit.map((name, i) => [
    ...[rows.runs[i]!, name, rows.entry[i]!, rows.exit[i]!, rows.event[i]!],
    ...terms.map(({ values }) => values[i]!),
  ]);
}

/** The call that gives the same numbers, of what --csv prints. */
function callInR({ trait, resident, ties }: Options, runs: number, clusters: number | null): string {
  const names = trait.map(inR);
  const terms =
    resident === undefined ? names : [...names, 'resident', ...names.map((name) => `${name}:resident`)];
  const formula = `Surv(entry, exit, event) ~ ${[...terms, ...(runs > 1 ? ['strata(run)'] : [])].join(' + ')}`;
  return `coxph(${formula}, data = read.csv("hazard.csv"), ties = "${ties}"${clusters === null ? '' : ', cluster = run'})`;
}

const conventions = {
  time: 'ages in births since the origin of a taxon; at risk: entry < t <= exit; ends before censoring at equal times',
  resident:
    'mean over the living at the last look before, which holds up to the next; taxa are watched from the first look on, as late entries',
  reference: 'R 4.2.2, package survival 3.5-3: coxph, cox.zph',
} as const;

function asJson(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: Options,
  { rows, lives, events, withoutTrait, withoutTime, untracked }: HazardSample,
  { fit, profile, proportionalHazards, byRun, pooled }: HazardModel,
) {
  const runs = chosen.map(({ run }) => run);
  return {
    ...{ runs, unfinished: unfinishedRuns(chosen) },
    unit: `${options.of} taxon`,
    traits: options.trait,
    resident: options.resident ?? null,
    trackedFrom: options.trackedFrom ?? 1,
    cause: options.cause ?? null,
    conventions,
    flow: flowOf(lineage, runs),
    taxa: { analysed: lives, ended: events, censored: lives - events, withoutTrait, withoutTime, untracked },
    rows: rows.exit.length,
    descriptive: runs.length === 1,
    // Without its rows, of which n counts each part of a life.
    cox: { ...fit, n: undefined, model: undefined },
    ...{ profile, proportionalHazards, byRun, pooled },
    inR: callInR(options, runs.length, fit.clusters),
  };
}

function asText(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: Options,
  { rows, lives, events, withoutTrait, withoutTime, untracked }: HazardSample,
  model: HazardModel,
): string {
  const runs = chosen.map(({ run }) => run);
  const { of, resident, cause, trackedFrom = 1 } = options;
  return [
    `Hazard of ${of} taxa, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}: ${conventions.time}. As ${conventions.reference}.`,
    `${flowText(flowOf(lineage, runs))}; taxa analysed ${lives} (ended ${events}${cause === undefined ? '' : ` by ${cause}`}, censored ${lives - events}${cause === undefined ? '' : ', other ends among them'}) in ${rows.exit.length} rows; left out ${withoutTrait} without a trait, ${withoutTime} watched for no time${trackedFrom === 1 ? '' : `, ${untracked} that never had ${trackedFrom} carriers`}.`,
    ...unfinishedRuns(chosen).map((run) => `Run ${run} is not finished.`),
    ...(resident === undefined
      ? []
      : [
          `resident: ${otherChromosome[of]} ${resident}, ${conventions.resident}. A product asks whether the trait costs more where residents have more of it.`,
        ]),
    runs.length === 1
      ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim an effect.'
      : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. The likelihood-ratio test and model-based errors take taxa for independent.`,
    '',
    hazardText(model),
    '',
    `The rows are printed with --csv. In R: ${callInR(options, runs.length, model.fit.clusters)}`,
  ].join('\n');
}
