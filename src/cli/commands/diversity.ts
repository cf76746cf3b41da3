import { type Command, Option } from 'commander';
import {
  type CensusDiversity,
  diversityOverTime,
  type NodeKind,
  nodeKinds,
  treeRecord,
} from '../../analysis/diversity.ts';
import { evolutionOf } from '../../analysis/settings.ts';
import { speciesOf } from '../../evolution/survival.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import { runCensusTimes } from '../../lineage/census.ts';
import { chosenRun, requireBirths } from '../../lineage/chosen.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import { loadHistory } from '../../lineage/history.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { censusColumns, censusRows, partitionText, treesText } from '../../report/diversity.ts';
import { renderTable } from '../../report/table.ts';
import { type TreeStatistics, treeScopes, treeStatistics } from '../../statistics/tree-statistics.ts';
import { censusOption, databaseOption, jsonOption, positiveInteger, withLineage } from '../options.ts';
import { type Output, printJson, printRows } from '../output.ts';

interface Options {
  readonly db: string;
  readonly of: Tree;
  readonly nodes: NodeKind;
  readonly every?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
}

interface Analysis {
  readonly series: readonly CensusDiversity[];
  readonly trees: readonly TreeStatistics[];
}

/** streetlight diversity RUN: how many kinds there were, and what the tree of the run looks like. */
export function registerDiversity(program: Command, output: Output): void {
  program
    .command('diversity')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description(
      'how many kinds were alive at each census (Hill numbers), and the shape of the tree of descent',
    )
    .addOption(
      new Option('--of <tree>', 'which tree of descent')
        .choices(['architecture', 'rule', 'pedigree'])
        .default('architecture'),
    )
    .addOption(
      new Option('--nodes <kind>', 'what the nodes of the tree are').choices(nodeKinds).default('taxa'),
    )
    .addOption(censusOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addOption(new Option('--csv', 'print the Hill numbers as CSV').conflicts('json'))
    .action((run: number | undefined, options: Options) =>
      withLineage(options.db, (lineage) => {
        const chosen = chosenRun(lineage, run);
        requireBirths(chosen);
        const analysis = analysed(lineage, chosen, options);
        if (options.csv === true) printRows(output, 'csv', censusColumns, censusRows(analysis.series));
        else if (options.json === true) printJson(output, asJson(lineage, chosen, options, analysis));
        else output.print(asText(lineage, chosen, options, analysis));
      }),
    );
}

function analysed(lineage: Lineage, chosen: RunRow, { of, nodes, every }: Options): Analysis {
  const history = loadHistory(lineage, chosen.run);
  const evolution = evolutionOf(chosen);
  const population = evolution?.population ?? 1;
  const times = runCensusTimes(chosen.lastTold, population, every);
  const record = treeRecord(history, of, nodes);
  return {
    series: diversityOverTime(history, times, evolution?.condition === 'cooperative' ? speciesOf : null),
    trees: treeScopes.map((scope) => treeStatistics(record, scope)),
  };
}

const conventions = {
  hill: 'effective number of kinds of order 0, 1 (e to the Shannon entropy) and 2 (inverse Simpson), of all the living: a complete census, not rarefied',
  communities:
    'the two species of a cooperative run, of equal weight (Jost 2007); other runs have one community',
  extant:
    'extant only: the living and their ancestors; every living node is a tip, an ancestor among them too',
  full: 'full: all that were ever born; tips are the nodes without children',
  joined:
    'with several founders, distances and balance are taken with the founders joined at a root at birth 0',
} as const;

const nodesText = { taxa: 'taxa', individuals: 'individuals' } as const satisfies Record<NodeKind, string>;
const treeNames = {
  architecture: 'architecture donors',
  rule: 'rule donors',
  pedigree: 'selected parents',
} as const satisfies Record<Tree, string>;

function asJson(lineage: Lineage, chosen: RunRow, { of, nodes }: Options, { series, trees }: Analysis) {
  return {
    run: chosen.run,
    unfinished: chosen.endReason === null,
    tree: of,
    nodes,
    conventions,
    flow: flowOf(lineage, [chosen.run]),
    censuses: series,
    trees,
  };
}

function asText(
  lineage: Lineage,
  chosen: RunRow,
  { of, nodes }: Options,
  { series, trees }: Analysis,
): string {
  const partition = partitionText(series);
  return [
    [
      `Diversity of run ${chosen.run}: ${conventions.hill}.`,
      `${flowText(flowOf(lineage, [chosen.run]))}; ${series.length} censuses.`,
      ...(chosen.endReason === null
        ? [`The run is not finished: what is extant is so as of birth ${chosen.lastTold}.`]
        : []),
    ].join('\n'),
    renderTable(censusColumns, censusRows(series)),
    ...(partition === null ? [] : [`Communities: ${conventions.communities}.\n${partition}`]),
    [
      `Tree of ${treeNames[of]}, nodes are ${nodesText[nodes]}. ${conventions.extant}. ${conventions.full}.`,
      ...trees.flatMap(({ scope, joined, founders }) =>
        joined ? [`The ${scope} tree has ${founders} founders: ${conventions.joined}.`] : [],
      ),
    ].join('\n'),
    treesText(trees),
  ].join('\n\n');
}
