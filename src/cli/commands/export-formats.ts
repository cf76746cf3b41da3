/** What `export` can write: the closed table of formats. */
import type { Chromosome } from '../../genome/genome.ts';
import { individualLines, taxonLines } from '../../interchange/alife-lines.ts';
import { eventLines } from '../../interchange/event-lines.ts';
import { individualsRecord, type PhylogenyRecord, taxaRecord } from '../../interchange/phylogeny-record.ts';
import { phylogenyStatistics, statisticsLines } from '../../interchange/phylogeny-statistics.ts';
import { survivalLines } from '../../interchange/survival-lives.ts';
import { expectedLines } from '../../interchange/survival-numbers.ts';
import { survivalScript } from '../../interchange/survival-script.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import type { UnitName } from '../../lineage/survival-units.ts';
import { UserError } from '../../notation/user-error.ts';
import type { Output } from '../output.ts';
import type { OutputFile } from '../write-files.ts';
import { type AnalysisOptions, analysed, collect } from './survival-question.ts';

export interface ExportOptions extends Omit<AnalysisOptions, 'of' | 'units'> {
  readonly of?: Tree;
  readonly units?: UnitName;
}

interface Exported {
  readonly files: readonly OutputFile[];
  /** What to say once they are written, and what to type next. */
  note(path: string): string;
}

interface Format {
  readonly summary: string;
  /** Names of the options that it knows. */
  readonly options: readonly string[];
  /** Whether the first of several files goes to standard output where no folder is given. */
  readonly printsFirst: boolean;
  /** Null where it was interrupted. */
  files(
    lineage: Lineage,
    runs: readonly RunRow[],
    options: ExportOptions,
    output: Output,
  ): Exported | Promise<Exported | null>;
}

/** Names are typed by people and in scripts: permanent. */
export const formats = {
  survival: {
    summary: 'lives as CSV, with an R script that computes again what `survivorship` prints',
    options: ['of', 'units', 'by', 'cuts', 'quantiles', 'confType', 'tau', 'rho', 'ties', 'strata'],
    printsFirst: true,
    files: survivalFiles,
  },
  phylogeny: {
    summary: "ALife's phylogeny CSV of individuals or taxa",
    options: ['of', 'units'],
    printsFirst: false,
    files: (lineage, chosen, options) => {
      const { run } = onlyRun('phylogeny', chosen);
      const nodes = nodesOf(options);
      return oneFile(
        nodes.units === 'taxa' ? taxonLines(lineage, run, nodes.of) : individualLines(lineage, run, nodes.of),
        (path) =>
          `The phylogeny of run ${run} is in ${path}. Its statistics, from the file:\n  npx streetlight import ${path}`,
      );
    },
  },
  statistics: {
    summary: 'what that phylogeny comes to, as `import` prints it of the file',
    options: ['of', 'units'],
    printsFirst: false,
    files: (lineage, chosen, options) => {
      const { run } = onlyRun('statistics', chosen);
      return oneFile(
        statisticsLines(phylogenyStatistics(recordOf(lineage, run, nodesOf(options)))),
        (path) => `The statistics of run ${run} are in ${path}.`,
      );
    },
  },
  events: {
    summary: 'the event log as JSON Lines, from which `import` makes the database again',
    options: [],
    printsFirst: false,
    files: (lineage, chosen) =>
      oneFile(
        (function* () {
          for (const run of chosen) yield* eventLines(lineage, run);
        })(),
        (path) =>
          `The events are in ${path}. To make a database of them:\n  npx streetlight import ${path} --db copy.db`,
      ),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

const oneFile = (lines: Iterable<string>, note: (path: string) => string): Exported => ({
  files: [{ name: 'output', lines }],
  note,
});

/** Formats whose names of births do not tell runs apart. */
function onlyRun(what: string, [first, ...others]: readonly RunRow[]): RunRow {
  if (first !== undefined && others.length === 0) return first;
  throw new UserError({
    code: 'one-run',
    message: `${what} is of one run: births of several would have the same names`,
    hint: 'export each by itself',
  });
}

type Nodes =
  | { readonly units: 'individuals'; readonly of: Tree }
  | { readonly units: 'taxa'; readonly of: Chromosome };

/** Individuals of the pedigree, unless something else is asked for. */
function nodesOf({ of = 'pedigree', units = 'individuals' }: ExportOptions): Nodes {
  if (units === 'individuals') return { units, of };
  if (units === 'clades')
    throw new UserError({
      code: 'no-nodes',
      message: 'the nodes of a phylogeny are individuals or taxa',
      hint: 'give --units individuals or --units taxa',
    });
  if (of !== 'pedigree') return { units, of };
  throw new UserError({
    code: 'chromosome-needed',
    message: 'taxa are those of one chromosome',
    hint: 'give --of architecture or --of rule',
  });
}

const recordOf = (lineage: Lineage, run: number, nodes: Nodes): PhylogenyRecord =>
  nodes.units === 'taxa' ? taxaRecord(lineage, run, nodes.of) : individualsRecord(lineage, run, nodes.of);

async function survivalFiles(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: ExportOptions,
  output: Output,
): Promise<Exported | null> {
  const { of = 'architecture', units = 'taxa', confType, rho, ties } = options;
  if (of === 'pedigree')
    throw new UserError({
      code: 'chromosome-needed',
      message: 'lives are those of one chromosome',
      hint: 'give --of architecture or --of rule',
    });
  const runs = chosen.map(({ run }) => run);
  const question = { ...options, of, units };
  const collected = await collect(output, lineage, runs, question);
  if (collected === null) return null;
  const { sample } = collected;
  const analysis = analysed(sample, question);
  const script = survivalScript({
    command: ['streetlight survivorship', ...runs, ...flags(question)].join(' '),
    groups: analysis.groups.map(({ group }) => group),
    ...{ confidence: confType, tau: analysis.tau, rho, ties },
    stratifyByRun: options.strata === 'run',
  });
  return {
    files: [
      { name: 'survival.csv', lines: survivalLines(lineage, { runs, of, units }, sample.groups) },
      { name: 'expected.csv', lines: expectedLines(sample, analysis) },
      { name: 'check.R', lines: [script.trimEnd()] },
    ],
    note: (path) =>
      `${sample.exit.length} lives are in ${path}. Compute every number again with R (package survival):\n  Rscript ${path}/check.R`,
  };
}

const flags = ({ of, units, by, cuts, quantiles, confType, tau, rho, ties, strata }: AnalysisOptions) => [
  ...['--of', of, '--units', units],
  ...(by === undefined ? [] : ['--by', by]),
  ...(cuts === undefined ? [] : ['--cuts', cuts.join(',')]),
  ...(quantiles === undefined ? [] : ['--quantiles', quantiles]),
  ...['--conf-type', confType, '--rho', rho, '--ties', ties],
  ...(tau === undefined ? [] : ['--tau', tau]),
  ...(strata === undefined ? [] : ['--strata', strata]),
];
