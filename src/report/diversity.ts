/** A diversity analysis for people: effective numbers over time, and the tree in both scopes side by side. */
import { type CensusDiversity, carried, orders } from '../analysis/diversity.ts';
import type { TreeStatistics } from '../statistics/tree-statistics.ts';
import { type Cell, renderTable } from './table.ts';

/** Head of the table of censuses. */
export const censusColumns = [
  'birth',
  'living',
  ...carried.flatMap((each) => orders.map((q) => `${each}${q}`)),
] as const;

/** Rows of the table of censuses. */
export const censusRows = (series: readonly CensusDiversity[]): Cell[][] =>
  series.map(({ time, living, hill }) => [time, living, ...carried.flatMap((each) => hill[each])]);

/** Alpha, beta and gamma of order 1 and 2, where there are communities. */
export function partitionText(series: readonly CensusDiversity[]): string | null {
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

/** Each row: what it is, on which tree and how unifurcations and stem count, and its value in one tree. */
const rows: readonly (readonly [string, string, (tree: TreeStatistics) => Cell])[] = [
  ['tips', '', (tree) => tree.tips],
  ['nodes', 'tips and their ancestors', (tree) => tree.nodes],
  ['founders', 'roots of the tree', (tree) => tree.founders],
  ['unifurcations', 'nodes with one child that are no tips', (tree) => tree.unifurcations],
  ['PD, edges', 'unifurcations and stem count', (tree) => tree.diversity.edges],
  ['PD, edges', 'without the stem', (tree) => tree.diversity.edgesBelowAncestor],
  ['PD, births', 'with the stem', (tree) => tree.diversity.length],
  ['PD, births', 'without the stem', (tree) => tree.diversity.lengthBelowAncestor],
  ['MPD, edges', 'unifurcations count', (tree) => tree.edges.mean],
  ['VPD, edges', 'pairs - 1', (tree) => tree.edges.variance],
  ['MNTD, edges', 'unifurcations count', (tree) => tree.edges.nearest],
  ['MPD, births', '', (tree) => tree.births.mean],
  ['VPD, births', 'pairs - 1', (tree) => tree.births.variance],
  ['MNTD, births', '', (tree) => tree.births.nearest],
  ['ED, mean', 'births, fair proportion, with the stem', (tree) => tree.distinctiveness?.mean ?? null],
  ['ED, variance', 'tips - 1', (tree) => tree.distinctiveness?.variance ?? null],
  ['Sackin', 'unifurcations merged, no stem', (tree) => tree.balance?.sackin ?? null],
  ['Colless', 'merged; binary trees only', (tree) => tree.balance?.colless ?? null],
  ['Colless, corrected', 'merged; binary trees only', (tree) => tree.balance?.correctedColless ?? null],
  ['Colless-like', 'merged; ln(k + e), mean deviation', (tree) => tree.balance?.collessLike ?? null],
  ['B1', 'merged, without the root', (tree) => tree.balance?.b1 ?? null],
  ['B2', 'merged, base 10', (tree) => tree.balance?.b2 ?? null],
  ['cherries', 'merged', (tree) => tree.balance?.cherries ?? null],
  ['Sackin, Empirical', 'over tips, up to the common ancestor', (tree) => tree.empirical?.sackin ?? null],
  ['Colless-like, Empirical', 'children weigh unmerged', (tree) => tree.empirical?.collessLike ?? null],
  ['common ancestor, depth', 'edges from the root', (tree) => tree.commonAncestor?.depth ?? null],
  ['common ancestor, origin', 'birth', (tree) => tree.commonAncestor?.origin ?? null],
  ['origin, mean', 'birth, over tips', (tree) => tree.meanOrigin?.tips ?? null],
  ['origin, mean', 'birth, over nodes', (tree) => tree.meanOrigin?.nodes ?? null],
  [
    'origin, mean',
    'birth, over branch points, by children less one',
    (tree) => tree.meanOrigin?.branchPoints ?? null,
  ],
];

/** Trees of the living and in full, side by side. */
export function treesText(trees: readonly TreeStatistics[]): string {
  const degrees = [...new Set(trees.flatMap((tree) => tree.outDegrees.map(({ children }) => children)))].sort(
    (a, b) => a - b,
  );
  const nodesWith = (tree: TreeStatistics, children: number) =>
    tree.outDegrees.find((row) => row.children === children)?.nodes ?? 0;
  return [
    renderTable(
      ['', 'convention', ...trees.map(({ scope }) => (scope === 'extant' ? 'extant only' : scope))],
      rows.map(([name, convention, value]) => [name, convention, ...trees.map(value)]),
    ),
    renderTable(
      ['children', ...trees.map(({ scope }) => `nodes, ${scope}`)],
      degrees.map((children) => [children, ...trees.map((tree) => nodesWith(tree, children))]),
    ),
  ].join('\n\n');
}
