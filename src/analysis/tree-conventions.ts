/** What each number of a tree is called, and on which tree and how it is taken. */
import type { TreeStatistics } from '../statistics/tree-statistics.ts';

/** Where a number is in a record, with dots between keys. */
type PathIn<T> = {
  [K in keyof T & string]: NonNullable<T[K]> extends number
    ? K
    : NonNullable<T[K]> extends string | boolean | readonly unknown[]
      ? never
      : `${K}.${PathIn<NonNullable<T[K]>>}`;
}[keyof T & string];

/** One number of a tree; the convention is empty where the name says all. */
export interface TreeConvention {
  readonly field: PathIn<TreeStatistics>;
  readonly name: string;
  readonly convention: string;
}

const said = (field: TreeConvention['field'], name: string, convention = ''): TreeConvention => ({
  ...{ field, name, convention },
});

/** In the order in which people read them. */
export const treeConventions: readonly TreeConvention[] = [
  said('tips', 'tips'),
  said('nodes', 'nodes', 'tips and their ancestors'),
  said('founders', 'founders', 'roots of the tree'),
  said('unifurcations', 'unifurcations', 'nodes with one child that are no tips'),
  said('diversity.edges', 'PD, edges', 'unifurcations and stem count'),
  said('diversity.edgesBelowAncestor', 'PD, edges', 'without the stem'),
  said('diversity.length', 'PD, births', 'with the stem'),
  said('diversity.lengthBelowAncestor', 'PD, births', 'without the stem'),
  said('edges.mean', 'MPD, edges', 'unifurcations count'),
  said('edges.variance', 'VPD, edges', 'pairs - 1'),
  said('edges.nearest', 'MNTD, edges', 'unifurcations count'),
  said('births.mean', 'MPD, births'),
  said('births.variance', 'VPD, births', 'pairs - 1'),
  said('births.nearest', 'MNTD, births'),
  said('distinctiveness.mean', 'ED, mean', 'births, fair proportion, with the stem'),
  said('distinctiveness.variance', 'ED, variance', 'tips - 1'),
  said('balance.sackin', 'Sackin', 'unifurcations merged, no stem'),
  said('balance.colless', 'Colless', 'merged; binary trees only'),
  said('balance.correctedColless', 'Colless, corrected', 'merged; binary trees only'),
  said('balance.collessLike', 'Colless-like', 'merged; ln(k + e), mean deviation'),
  said('balance.b1', 'B1', 'merged, without the root'),
  said('balance.b2', 'B2', 'merged, base 10'),
  said('balance.cherries', 'cherries', 'merged'),
  said('empirical.sackin', 'Sackin, Empirical', 'over tips, up to the common ancestor'),
  said('empirical.collessLike', 'Colless-like, Empirical', 'children weigh unmerged'),
  said('commonAncestor.depth', 'common ancestor, depth', 'edges from the root'),
  said('commonAncestor.origin', 'common ancestor, origin', 'birth'),
  said('meanOrigin.tips', 'origin, mean', 'birth, over tips'),
  said('meanOrigin.nodes', 'origin, mean', 'birth, over nodes'),
  said('meanOrigin.branchPoints', 'origin, mean', 'birth, over branch points, by children less one'),
];
