/** What `export` can write: the closed table of formats. */

import { type AnalysisOptions, analysed, collect } from '../../analysis/survival-lives.ts';
import type { Chromosome } from '../../genome/genome.ts';
import { individualLines, taxonLines } from '../../interchange/alife-lines.ts';
import { drawnTree, tipsOf } from '../../interchange/drawn-tree.ts';
import { eventLines } from '../../interchange/event-lines.ts';
import { mullerTables } from '../../interchange/muller.ts';
import { newickLines } from '../../interchange/newick.ts';
import { nexusLines } from '../../interchange/nexus.ts';
import { nodeTraits } from '../../interchange/node-traits.ts';
import {
  individualsRecord,
  type PhylogenyRecord,
  taxaRecord,
  twoParentCount,
} from '../../interchange/phylogeny-record.ts';
import {
  phylogenyStatistics,
  statisticsConventions,
  statisticsLines,
} from '../../interchange/phylogeny-statistics.ts';
import { survivalLines } from '../../interchange/survival-lives.ts';
import { expectedLines } from '../../interchange/survival-numbers.ts';
import { survivalScript } from '../../interchange/survival-script.ts';
import { treeSequence } from '../../interchange/tree-sequence.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import type { UnitName } from '../../lineage/survival-units.ts';
import type { Heritable } from '../../lineage/taxa.ts';
import { loadBirths } from '../../lineage/taxa.ts';
import { shellPath, stringLiteral } from '../../notation/shell.ts';
import { UserError } from '../../notation/user-error.ts';
import { askContext } from '../ask-context.ts';
import type { Output } from '../output.ts';
import type { OutputFile } from '../write-files.ts';

/** Options of `export` as commander gives them; each format takes some of them. */
export interface ExportOptions extends Omit<AnalysisOptions, 'of' | 'units'> {
  readonly of?: Tree | Heritable;
  readonly units?: UnitName;
  readonly all?: boolean;
  readonly collapse?: boolean;
  readonly every?: number;
  readonly rare: number;
}

/** What a format writes, and what it says when it is written. */
export interface Exported {
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
  files(
    lineage: Lineage,
    runs: readonly RunRow[],
    options: ExportOptions,
    output: Output,
  ): Exported | Promise<Exported>;
}

/** Names are typed by people and in scripts: permanent. */
export const formats = {
  survival: {
    summary: 'lives as CSV, with an R script that computes again what `survivorship` prints',
    options: [
      'of',
      'units',
      'trackedFrom',
      'by',
      'cuts',
      'quantiles',
      'confType',
      'tau',
      'rho',
      'ties',
      'strata',
    ],
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
          `The phylogeny of run ${run} is in ${path}. Its statistics, from the file:\n  npx streetlight import ${shellPath(path)}`,
      );
    },
  },
  statistics: {
    summary: 'what that phylogeny comes to, as `import` prints it of the file',
    options: ['of', 'units'],
    printsFirst: false,
    files: (lineage, chosen, options) => {
      const { run } = onlyRun('statistics', chosen);
      return oneFile(statisticsLines(phylogenyStatistics(recordOf(lineage, run, nodesOf(options)))), (path) =>
        [`The statistics of run ${run} are in ${path}.`, ...statisticsConventions].join('\n'),
      );
    },
  },
  newick: {
    summary: 'trees of the living, one a line',
    options: ['of', 'units', 'all', 'collapse'],
    printsFirst: false,
    files: (lineage, chosen, options) => {
      const { tree, name, note } = treeOf('newick', lineage, chosen, options);
      return oneFile(newickLines(tree, name), note);
    },
  },
  nexus: {
    summary: 'the same trees with a matrix of traits',
    options: ['of', 'units', 'all', 'collapse'],
    printsFirst: false,
    files: (lineage, chosen, options) => {
      const { tree, name, traits, note } = treeOf('nexus', lineage, chosen, options);
      return oneFile(nexusLines(tree, name, traits), note);
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
          `The events are in ${path}. To make a database of them:\n  npx streetlight import ${shellPath(path)} --db copy.db`,
      ),
  },
  muller: {
    summary: "tables for R's ggmuller: taxa and their carriers over time",
    options: ['of', 'every', 'rare'],
    printsFirst: false,
    files: (lineage, chosen, { of, every, rare }) => {
      const { run, lastTold } = onlyRun('muller', chosen);
      const tables = mullerTables(
        loadBirths(lineage, run, chromosomeOf('taxa', of)),
        { every: every ?? Math.max(1, Math.floor((lastTold + 1) / 100)), rare },
        (birth) => `r${run}.${birth}`,
      );
      return {
        files: [
          { name: 'edges.csv', lines: tables.edges },
          { name: 'population.csv', lines: tables.populations() },
        ],
        note: (path) =>
          `Taxa that had a share of ${rare} of the living are in ${path}. In R: ggmuller::get_Muller_df(read.csv(${stringLiteral(`${path}/edges.csv`)}), read.csv(${stringLiteral(`${path}/population.csv`)}))`,
      };
    },
  },
  tskit: {
    summary: 'text tables of a tree sequence, the architecture at [0, 1) and the rule at [1, 2)',
    options: [],
    printsFirst: false,
    files: (lineage, chosen) => {
      const { run } = onlyRun('tskit', chosen);
      const files = treeSequence(lineage, run);
      const tables = files.map(({ name }) => name.replace('.txt', ''));
      return {
        files,
        note: (path) =>
          `The tables are in ${path}. In Python: tskit.load_text(${tables.map((table) => `${table}=open(${stringLiteral(`${path}/${table}.txt`)})`).join(', ')}, sequence_length=2)`,
      };
    },
  },
} as const satisfies Record<string, Format>;

/** What `--what` takes. */
export type FormatName = keyof typeof formats;

/** All formats, in the order of the help. */
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
function nodesOf({ of = 'pedigree', units = 'individuals' }: Pick<ExportOptions, 'of' | 'units'>): Nodes {
  if (units === 'individuals') return { units, of: treeNamed(of) };
  if (units === 'taxa') return { units, of: chromosomeOf('taxa', of) };
  throw new UserError({
    code: 'no-nodes',
    message: 'the nodes of a phylogeny are individuals or taxa',
    hint: 'give --units individuals or --units taxa',
  });
}

/** Genomes live and die, and have no donor tree of their own. */
function treeNamed(of: Tree | Heritable): Tree {
  if (of !== 'genome') return of;
  throw new UserError({
    code: 'tree-needed',
    message: 'whole genomes have no tree of their own: their chromosomes may come from two parents',
    hint: 'give --of pedigree, --of architecture or --of rule',
  });
}

function chromosomeOf(what: string, of: Tree | Heritable = 'pedigree'): Chromosome {
  if (of !== 'pedigree' && of !== 'genome') return of;
  throw new UserError({
    code: 'chromosome-needed',
    message: `${what} are those of one chromosome`,
    hint: 'give --of architecture or --of rule',
  });
}

const recordOf = (lineage: Lineage, run: number, nodes: Nodes): PhylogenyRecord =>
  nodes.units === 'taxa' ? taxaRecord(lineage, run, nodes.of) : individualsRecord(lineage, run, nodes.of);

/** What is asked for as trees that can be written down. 1:57 is called r1.57 there: colons part names from lengths, and R's ape does not look at quotes. */
function treeOf(what: string, lineage: Lineage, chosen: readonly RunRow[], options: ExportOptions) {
  const { run } = onlyRun(what, chosen);
  const nodes = nodesOf(options);
  const record = recordOf(lineage, run, nodes);
  const twoParents = twoParentCount(record);
  if (twoParents > 0)
    throw new UserError({
      code: 'two-parents',
      message: `${twoParents} births of run ${run} have two parents, and ${what} holds trees only`,
      hint: 'follow one chromosome with --of architecture or --of rule',
    });
  const tree = drawnTree(record, { all: options.all === true, collapse: options.collapse === true });
  if (tree.parent.length === 0)
    throw new UserError({
      code: 'nobody-lives',
      message: `nobody of run ${run} is alive, so that there is no tree of the living`,
      hint: 'give --all for the extinct too',
    });
  return {
    tree,
    name: (node: number) => `r${run}.${record.id[node]!}`,
    traits: nodeTraits(lineage, run, nodes.of, record),
    note: (path: string) =>
      `${tipsOf(tree).length} tips are in ${path}. In R: ape::read.${what === 'nexus' ? 'nexus' : 'tree'}(${stringLiteral(path)})`,
  };
}

async function survivalFiles(
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: ExportOptions,
  output: Output,
): Promise<Exported> {
  const { units = 'taxa', confType, rho, ties } = options;
  const of = options.of === 'genome' ? options.of : chromosomeOf('lives', options.of ?? 'architecture');
  const runs = chosen.map(({ run }) => run);
  const question = { ...options, of, units };
  const collected = await collect(lineage, runs, question, askContext(output));
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
      { name: 'survival.csv', lines: survivalLines(lineage, runs, question, sample.groups) },
      { name: 'expected.csv', lines: expectedLines(sample, analysis) },
      { name: 'check.R', lines: [script.trimEnd()] },
    ],
    note: (path) =>
      `${sample.exit.length} lives are in ${path}. Compute every number again with R (package survival):\n  Rscript ${shellPath(`${path}/check.R`)}`,
  };
}

const flags = ({
  of,
  units,
  trackedFrom,
  by,
  cuts,
  quantiles,
  confType,
  tau,
  rho,
  ties,
  strata,
}: AnalysisOptions) => [
  ...['--of', of, '--units', units],
  ...(trackedFrom === undefined ? [] : ['--tracked-from', trackedFrom]),
  ...(by === undefined ? [] : ['--by', by]),
  ...(cuts === undefined ? [] : ['--cuts', cuts.join(',')]),
  ...(quantiles === undefined ? [] : ['--quantiles', quantiles]),
  ...['--conf-type', confType, '--rho', rho, '--ties', ties],
  ...(tau === undefined ? [] : ['--tau', tau]),
  ...(strata === undefined ? [] : ['--strata', strata]),
];
