/** A diversity analysis for people: effective numbers over time, and the tree in both scopes side by side. */
import { type CensusDiversity, carried, orders } from '../analysis/census-diversity.ts';
import type { DiversityAnswer } from '../analysis/diversity-answer.ts';
import { flowText } from '../lineage/flow.ts';
import type { TreeStatistics } from '../statistics/tree-statistics.ts';
import { type Cell, renderTable } from './table.ts';

/** Head of the table of censuses. */
const censusColumns = [
  'birth',
  'living',
  ...carried.flatMap((each) => orders.map((q) => `${each}${q}`)),
] as const;

/** Rows of the table of censuses. */
const censusRows = (series: readonly CensusDiversity[]): Cell[][] =>
  series.map(({ time, living, hill }) => [time, living, ...carried.flatMap((each) => hill[each])]);

/** Alpha, beta and gamma of order 1 and 2, where there are communities. */
function partitionText(series: readonly CensusDiversity[]): string | null {
  const rows = series.flatMap(({ time, partition }) =>
    carried.flatMap((each): Cell[][] => {
      const parts = partition[each];
      if (parts === null) return [];
      return orders.map((q, k) => [time, each, q, parts[k]!.alpha, parts[k]!.beta, parts[k]!.gamma]);
    }),
  );
  return rows.length === 0
    ? null
    : renderTable(['birth', 'of', 'order', 'alpha within', 'beta between', 'gamma all'], rows);
}

/** The number at a path with dots; null where something on the way is. */
const numberAt = (tree: TreeStatistics, field: string): Cell =>
  field
    .split('.')
    .reduce<unknown>(
      (at, key) => (at as Readonly<Record<string, unknown>> | null)?.[key] ?? null,
      tree,
    ) as Cell;

/** Trees of the living and in full, side by side. */
function treesText({ trees, conventions }: DiversityAnswer): string {
  const degrees = [...new Set(trees.flatMap((tree) => tree.outDegrees.map(({ children }) => children)))].sort(
    (a, b) => a - b,
  );
  const nodesWith = (tree: TreeStatistics, children: number) =>
    tree.outDegrees.find((row) => row.children === children)?.nodes ?? 0;
  return [
    renderTable(
      ['', 'convention', ...trees.map(({ scope }) => (scope === 'extant' ? 'extant only' : scope))],
      conventions.statistics.map(({ field, name, convention }) => [
        ...[name, convention],
        ...trees.map((tree) => numberAt(tree, field)),
      ]),
    ),
    renderTable(
      ['children', ...trees.map(({ scope }) => `nodes, ${scope}`)],
      degrees.map((children) => [children, ...trees.map((tree) => nodesWith(tree, children))]),
    ),
  ].join('\n\n');
}

const donors = {
  architecture: 'architecture donors',
  rule: 'rule donors',
  pedigree: 'selected parents',
} as const satisfies Record<DiversityAnswer['tree'], string>;

/** Of a diversity answer. */
export function diversityText(answer: DiversityAnswer): string {
  const { run, unfinished, lastBirth, tree, nodes, conventions, flow, censuses, trees } = answer;
  const partition = partitionText(censuses);
  return [
    [
      `Diversity of run ${run}: ${conventions.hill}.`,
      `${flowText(flow)}; ${censuses.length} censuses.`,
      ...(unfinished ? [`The run is not finished: what is extant is so as of birth ${lastBirth}.`] : []),
    ].join('\n'),
    renderTable(censusColumns, censusRows(censuses)),
    ...(partition === null ? [] : [`Communities: ${conventions.communities}.\n${partition}`]),
    [
      `Tree of ${donors[tree]}, nodes are ${nodes}. ${conventions.extant}. ${conventions.full}.`,
      ...trees.flatMap(({ scope, joined, founders }) =>
        joined ? [`The ${scope} tree has ${founders} founders: ${conventions.joined}.`] : [],
      ),
    ].join('\n'),
    treesText(answer),
  ].join('\n\n');
}

/** The Hill numbers, census by census. */
export const diversityCsv = ({ censuses }: DiversityAnswer) => ({
  head: censusColumns,
  rows: censusRows(censuses),
});
