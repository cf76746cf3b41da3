/** streetlight survivorship RUN...: who survived, and for how long. */
import { type Command, Option } from 'commander';
import { evolutionOf } from '../../analysis/settings.ts';
import { flowOf } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../../lineage/runs.ts';
import { survivalUnits, type UnitName, unitNames } from '../../lineage/survival-units.ts';
import { heritables } from '../../lineage/taxa.ts';
import { UserError } from '../../notation/user-error.ts';
import { curveColumns, curveRows, establishmentText, survivorshipText } from '../../report/survivorship.ts';
import { incidenceAt } from '../../statistics/aalen-johansen.ts';
import { z95 } from '../../statistics/confidence.ts';
import { establishment } from '../../statistics/establishment.ts';
import { chosenLives, membersOf } from '../../statistics/lives.ts';
import type { Survivorship } from '../../statistics/survivorship.ts';
import {
  chosenUnits,
  collectRunList,
  databaseOption,
  jsonOption,
  positiveInteger,
  withLineage,
} from '../options.ts';
import { type Call, printJson, printRows } from '../output.ts';
import {
  type AnalysisOptions,
  analysed,
  analysisOptions,
  type Collected,
  collect,
  ruleText,
} from './survival-question.ts';

interface Options extends AnalysisOptions {
  readonly db: string;
  readonly established?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function registerSurvivorship(program: Command, output: Call): void {
  const command = program
    .command('survivorship')
    .argument('[runs...]', 'the runs; default the newest', collectRunList)
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
    );
  for (const option of analysisOptions()) command.addOption(option);
  command
    .addOption(
      new Option(
        '--established <births>',
        'of clades: which of them have a living descendant so many births after their founder',
      )
        .argParser(positiveInteger)
        .conflicts('csv'),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print the curves as CSV').conflicts('json'))
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, async (lineage) => {
        checkEstablished(options);
        const chosen = chosenUnits(lineage, runs);
        const numbers = chosen.map(({ run }) => run);
        const collected = await collect(output, lineage, numbers, options);
        if (collected === null) return;
        const analysis = analysed(collected.sample, options);
        if (options.csv === true) printRows(output, 'csv', curveColumns, curveRows(analysis));
        else if (options.json === true)
          printJson(output, asJson(lineage, chosen, options, analysis, collected));
        else show(output, lineage, chosen, options, analysis, collected);
      }),
    );
}

function checkEstablished({ units, established }: Options): void {
  if (established !== undefined && units !== 'clades')
    throw new UserError({
      code: 'established-units',
      message: 'clades become established; other units do not',
      hint: 'add --units clades',
    });
}

const cautionOf = (chosen: readonly RunRow[], units: UnitName) =>
  survivalUnits[units].caution(chosen.map((row) => evolutionOf(row)?.scheme ?? 'unknown'));

const earliest = (entry: ArrayLike<number> | undefined): number =>
  entry === undefined ? 0 : Array.from(entry).reduce((least, age) => Math.min(least, age));

const conventions = {
  atRisk: 'entry < t <= exit; ends before censoring at equal times',
  survival: "Kaplan-Meier, Greenwood's variance, 95 % limits",
  median: "R's plateau rule, limits by inverting the band",
  incidence: "Aalen-Johansen, variance by multinomial increments, limits of survival's type",
  reference: 'R 4.2.2, package survival 3.5-3',
} as const;

/** Which clades have a living descendant so many births after their founder, by group. */
function establishments({ sample, followUp }: Collected, groups: readonly string[], horizon: number) {
  const members = membersOf(sample.groups);
  return groups.map((group) => {
    const rows = members.get(group)!;
    const lives = chosenLives(sample, rows);
    return {
      group,
      ...establishment(
        lives,
        rows.map((i) => followUp[i]!),
        horizon,
        z95,
      ),
    };
  });
}

function asJson(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: Options,
  analysis: Survivorship,
  collected: Collected,
) {
  const { rule, untracked } = collected;
  const runs = chosen.map(({ run }) => run);
  const { of, by, units, confType, rho, ties, strata, established } = options;
  const { comparison } = analysis;
  const names = analysis.groups.map(({ group }) => group);
  const cox = comparison?.cox ?? null;
  return {
    runs,
    unfinished: unfinishedRuns(chosen),
    unit: `${of} ${survivalUnits[units].noun}`,
    by: by ?? null,
    groupedBy: rule,
    tracked: { fromCarriers: options.trackedFrom ?? 1, leftOut: untracked },
    confidence: confType,
    conventions,
    flow: flowOf(lineage, runs),
    caution: cautionOf(chosen, units),
    tau: analysis.tau,
    groups: analysis.groups.map(({ group, curve, median, restrictedMean, incidence }) => ({
      ...{ group, n: curve.n, events: curve.events, censored: curve.n - curve.events },
      ...{ median, restrictedMean, table: curve.rows },
      causes: [...(incidence?.causes ?? [])].map(([cause, rows]) => ({
        cause,
        ended: rows.reduce((sum, { events }) => sum + events, 0),
        byTau: restrictedMean === null ? null : incidenceAt(rows, analysis.tau),
        table: rows,
      })),
    })),
    ...(established === undefined
      ? {}
      : { established: { horizon: established, groups: establishments(collected, names, established) } }),
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
            profile: comparison.profile,
            apart: comparison.apart,
            proportionalHazards: comparison.proportionalHazards,
            pooled: comparison.pooled,
          },
  };
}

function show(
  output: Call,
  lineage: Lineage,
  chosen: readonly RunRow[],
  { of, by, units, trackedFrom = 1, confType, rho, strata, established }: Options,
  analysis: Survivorship,
  collected: Collected,
): void {
  const { rule, untracked } = collected;
  const names = analysis.groups.map(({ group }) => group);
  const runs = chosen.map(({ run }) => run);
  const unit = survivalUnits[units];
  const caution = cautionOf(chosen, units);
  const counts = flowOf(lineage, runs);
  const outcomes = Object.entries(counts.evaluations).map(([name, count]) => `${name} ${count}`);
  output.print(
    [
      `Survivorship of ${of} ${unit.plural}, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}. Time in births since ${unit.began}; it ends when ${unit.ended}; what is there at the end is censored.`,
      `${conventions.survival} of type ${confType}; median by ${conventions.median}; at risk: ${conventions.atRisk}. As ${conventions.reference}.`,
      `Births ${counts.births} (founders ${counts.founders}), evaluated: ${outcomes.join(', ') || 'none'}; ${unit.plural} ${analysis.groups.reduce((sum, { curve }) => sum + curve.n, 0)}.`,
      ...unfinishedRuns(chosen).map(
        (run) =>
          `Run ${run} is not finished: what lives on only in births still to be told counts as ended until it goes on.`,
      ),
      ...(trackedFrom === 1
        ? []
        : [
            `Watched from the birth of carrier ${trackedFrom} on (left truncation); ${untracked} taxa that had fewer before the end are left out, and the first is watched from age ${earliest(collected.sample.entry)} on. The curves tell how taxa that came so far went on.`,
          ]),
      ...(caution === null ? [] : [caution]),
      ...(rule === null ? [] : [`Groups by ${by}: ${ruleText(rule)}.`]),
      ...(analysis.comparison === null
        ? []
        : [
            runs.length === 1
              ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim a difference.'
              : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. Robust errors are too small for fewer than about 40, and model-based ones take taxa for independent.`,
          ]),
      '',
      ...(established === undefined
        ? []
        : [establishmentText(establishments(collected, names, established), established, by ?? 'group'), '']),
      survivorshipText(
        analysis,
        { by: by ?? 'group', units: unit.plural, rho, isStratified: strata === 'run' && runs.length > 1 },
        output.colour,
      ),
    ].join('\n'),
  );
}
