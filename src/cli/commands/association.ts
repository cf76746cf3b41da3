import { type Command, Option } from 'commander';
import {
  type OverRuns,
  overRuns,
  type ReadTrait,
  type RunAssociation,
  runAssociation,
} from '../../analysis/association.ts';
import { measureTraits } from '../../analysis/measured-traits.ts';
import { evolutionOf } from '../../analysis/settings.ts';
import type { Chromosome } from '../../genome/genome.ts';
import { runCensusTimes } from '../../lineage/census.ts';
import { chosenUnits, requireBirths } from '../../lineage/chosen.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import { loadHistory } from '../../lineage/history.ts';
import type { Lineage } from '../../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../../lineage/runs.ts';
import { traitReader } from '../../lineage/trait-values.ts';
import { stream } from '../../random/stream.ts';
import { streamNames } from '../../random/stream-names.ts';
import {
  associationColumns,
  associationRows,
  censusTable,
  overRunsText,
  runTable,
} from '../../report/association.ts';
import { askContext } from '../ask-context.ts';
import { censusOption, collectRunList, databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Call, printJson, printRows } from '../output.ts';

interface Options {
  readonly db: string;
  readonly architecture: string;
  readonly rule: string;
  readonly every?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

interface Analysis {
  readonly runs: readonly RunAssociation[];
  readonly over: readonly OverRuns[];
}

/** streetlight association RUN...: which architectures go with which rules. */
export function registerAssociation(program: Command, output: Call): void {
  program
    .command('association')
    .argument('[runs...]', 'the runs; default the newest', collectRunList)
    .description(
      'which architectures go with which rules: linkage, information and correlation among the living',
    )
    .option(
      '--architecture <trait>',
      'trait of architectures, such as depth (`streetlight reference` explains all), block (each its own) or NAME=VALUE',
      'depth',
    )
    .option('--rule <trait>', 'trait of rules, such as family or al-scale, block or NAME=VALUE', 'family')
    .addOption(censusOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print the censuses as CSV').conflicts('json'))
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, async (lineage) => {
        const chosen = chosenUnits(lineage, runs);
        requireBirths(...chosen);
        const numbers = chosen.map(({ run }) => run);
        for (const chromosome of ['architecture', 'rule'] as const)
          await measureTraits(lineage, numbers, chromosome, [options[chromosome]], askContext(output));
        const analysis = analysed(lineage, chosen, options);
        const rows = () => analysis.runs.flatMap(({ run, censuses }) => associationRows(run, censuses));
        if (options.csv === true) printRows(output, 'csv', associationColumns, rows());
        else if (options.json === true) printJson(output, asJson(lineage, chosen, options, analysis));
        else output.print(asText(lineage, chosen, options, analysis));
      }),
    );
}

function analysed(lineage: Lineage, chosen: readonly RunRow[], options: Options): Analysis {
  const traits = {
    architecture: readerOf(lineage, 'architecture', options.architecture),
    rule: readerOf(lineage, 'rule', options.rule),
  };
  const runs = chosen.map((row) => {
    const population = evolutionOf(row)?.population ?? 1;
    const times = runCensusTimes(row.lastTold, population, options.every);
    return runAssociation(
      row.run,
      loadHistory(lineage, row.run),
      times,
      traits,
      stream(streamNames.association(row.run)),
    );
  });
  return { runs, over: overRuns(runs, stream(streamNames.associationOverRuns())) };
}

function readerOf(lineage: Lineage, chromosome: Chromosome, name: string): ReadTrait {
  // Marked, as the number of a block is a name and no quantity.
  if (name === 'block') return (block) => `#${block}`;
  const equals = name.indexOf('=');
  if (equals <= 0) return traitReader(lineage, chromosome, name);
  const read = traitReader(lineage, chromosome, name.slice(0, equals));
  return (block) => {
    const value = read(block);
    return value === null ? null : value === name.slice(equals + 1) ? 'yes' : 'no';
  };
}

const conventions = {
  linkage:
    "D (in JSON and CSV), D' (Lewontin) and r2 where both traits have two values, positive where both lower values go together (no before yes); D' multi (Hedrick 1987) for any number; V is Cramér's as counted, V corrected is without what chance alone brings (Bergsma 2013), none where that leaves fewer than two values",
  information:
    'MI is mutual information in nats as counted, MI corrected is less the bias that Miller 1955 gives; NMI is MI as counted over the geometric mean of the entropies',
  correlation:
    'Pearson and Spearman where both traits are numbers (yes 1, no 0); a run is the mean of Fisher z over its censuses',
  within:
    'p within is of MI, with rules dealt anew to architectures at one census. Descriptive: the living of a run share ancestors, and such tests reject far too often without any co-evolution',
  between: "over runs: each run is one unit; sign flips and t of the runs' z",
} as const;

function asJson(lineage: Lineage, chosen: readonly RunRow[], options: Options, { runs, over }: Analysis) {
  return {
    runs: chosen.map(({ run }) => run),
    unfinished: unfinishedRuns(chosen),
    architecture: options.architecture,
    rule: options.rule,
    conventions,
    flow: flowOf(
      lineage,
      chosen.map(({ run }) => run),
    ),
    overRuns: over,
    byRun: runs,
  };
}

function asText(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: Options,
  { runs, over }: Analysis,
): string {
  const numbers = chosen.map(({ run }) => run);
  const each = runs.flatMap(({ censuses }) => censuses);
  const leftOut = each.reduce((sum, census) => sum + census.leftOut, 0);
  return [
    [
      `Association of architecture ${options.architecture} and rule ${options.rule} among the living, run${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}; ${each.length} censuses.`,
      `${flowText(flowOf(lineage, numbers))}; counted at censuses ${each.reduce((sum, { n }) => sum + n, 0)}, left out for want of a trait ${leftOut}.`,
      ...unfinishedRuns(chosen).map((run) => `Run ${run} is not finished.`),
      ...Object.values(conventions).map((each) => `${each}.`),
    ].join('\n'),
    ...(runs.length === 1 ? [censusTable(runs[0]!.censuses)] : []),
    runTable(runs),
    over.every(({ z }) => z === null) && each.every(({ pearson }) => pearson === null)
      ? 'No census has a correlation: a trait does not vary, or is no number. For a trait of names give NAME=VALUE, such as --rule family=adaptive.'
      : overRunsText(over),
  ].join('\n\n');
}
