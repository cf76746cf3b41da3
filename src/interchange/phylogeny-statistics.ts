/**
 * What a phylogeny comes to, under the names and conventions of Empirical where it has the number: the same function for a run and for a file, so that a
 * phylogeny that was written and read again has the same statistics, to the last bit.
 */

import { log } from '../numerics/elementary.ts';
import {
  empiricalCollessLike,
  empiricalDistinctiveness,
  empiricalSackin,
} from '../statistics/empirical-systematics.ts';
import { hillNumber } from '../statistics/hill.ts';
import { kaplanMeier } from '../statistics/kaplan-meier.ts';
import { mean, variance } from '../statistics/moments.ts';
import {
  ancestorDepth,
  pairwiseDistances,
  phylogeneticDiversity,
} from '../statistics/phylogenetic-diversity.ts';
import { depths, extantTree, lastCommonAncestor, outDegrees, type Tree } from '../statistics/phylogeny.ts';
import { survivalQuantile } from '../statistics/survival-quantile.ts';
import { csvLine } from './csv.ts';
import { isExtant, type PhylogenyRecord, twoParentCount } from './phylogeny-record.ts';

/** A number under its stored name; null where it does not exist. */
export type Statistic = readonly [name: string, value: number | null];

/** What the numbers mean, for people. */
export const statisticsConventions = [
  "Names and definitions are those of Empirical's emp::Systematics: of the living and their ancestors, but num_taxa, num_roots and average_origin_time are of all, and mean_origin_time is of the living; variances with n - 1.",
  'phylogenetic_diversity is the number of taxa less one (of one root: the edges) and sum_distance their time, both with unifurcations and the stem above the common ancestor.',
  'Evolutionary distinctiveness (ed) runs from the common ancestor up to now, and is 0 for that ancestor itself. sackin counts it once for each living taxon; colless_like is over branch points below it.',
  'What needs one tree has no value where the living have several roots (Empirical has -1, or what is left of the sum). `diversity` has the textbook forms beside these.',
  'median_life is of all: Kaplan-Meier, who lives on is censored; limits of type log-log.',
] as const;

/** `now`: when it was looked at; default the latest time in the record. */
export function phylogenyStatistics(record: PhylogenyRecord, now = latest(record)): Statistic[] {
  const n = record.id.length;
  const extant = Uint8Array.from(record.id, (_, i) => (isExtant(record, i) ? 1 : 0));
  const twoParents = twoParentCount(record);
  const alive = extant.reduce((sum, each) => sum + each, 0);
  const organisms = record.members.reduce((sum, each) => sum + each, 0);
  const median = survivalQuantile(
    kaplanMeier({
      exit: record.destruction.map((at, i) => (extant[i] ? now : at) - record.origin[i]!),
      event: extant.map((each) => 1 - each),
    }),
    0.5,
  );
  return [
    ['num_taxa', n],
    ['num_roots', record.parent.reduce((count, parent) => count + (parent < 0 ? 1 : 0), 0)],
    ['num_two_parents', twoParents],
    ['num_active', alive],
    ['total_orgs', organisms],
    ['now', now],
    ['median_life', median.value],
    ['median_life_lower', median.lower],
    ['median_life_upper', median.upper],
    ['shannon_bits', organisms === 0 ? null : log(hillNumber(record.members, 1)) / Math.LN2],
    ...(twoParents > 0 ? [] : treeStatistics(record, extant, now)),
  ];
}

/** Of a record in which everyone has at most one parent: of the extant and their ancestors. */
function treeStatistics(record: PhylogenyRecord, extant: Uint8Array, now: number): Statistic[] {
  const tree = extantTree(record.parent, extant);
  const timed = extantTree(record.parent, extant, record.origin);
  const alive = extant.reduce((sum, each) => sum + each, 0);
  const ancestor = lastCommonAncestor(tree);
  const distances = ancestor < 0 ? null : pairwiseDistances(tree);
  const branches = ancestor < 0 ? null : pairwiseDistances(tree, 'branch-points');
  const age = Float64Array.from(timed.id, (i) => now - record.origin[i]!);
  const shares = empiricalDistinctiveness(timed, age)?.filter((_, i) => timed.extant[i] === 1) ?? null;
  const depth = depths(tree);
  const organisms = record.members.reduce((sum, each) => sum + each, 0);
  const depthSum = depth.reduce((sum, each, i) => sum + each * record.members[tree.id[i]!]!, 0);
  const origins = record.origin.filter((_, i) => extant[i] === 1);
  return [
    ['num_ancestors', tree.id.length - alive],
    ['num_outside', record.id.length - tree.id.length],
    ['phylogenetic_diversity', Math.max(0, tree.id.length - 1)],
    ['sum_distance', phylogeneticDiversity(timed).length],
    ['mean_pairwise_distance', distances?.mean ?? null],
    ['variance_pairwise_distance', distances?.variance ?? null],
    ['sum_pairwise_distance', distances?.sum ?? null],
    ['mean_pairwise_distance_branch_only', branches?.mean ?? null],
    ['mean_ed', shares && mean(shares)],
    ['sum_ed', shares?.reduce((sum, each) => sum + each, 0) ?? null],
    ['variance_ed', shares && variance(shares)],
    ['colless_like', ancestor < 0 ? null : empiricalCollessLike(tree)],
    ['sackin', empiricalSackin(tree)],
    ['mrca_depth', ancestorDepth(tree)],
    ['mrca_id', ancestor < 0 ? null : record.id[tree.id[ancestor]!]!],
    ['max_depth', depth.length === 0 ? null : depth.reduce((most, each) => Math.max(most, each), 0)],
    ['ave_depth', organisms === 0 ? null : depthSum / organisms],
    ['mean_origin_time', alive === 0 ? null : mean(origins)],
    ['average_origin_time', mean(record.origin)],
    ['average_origin_time_normalized', branchPointOrigin(timed, record.origin)],
  ];
}

/** Mean origin of branch points, each by its children less one; null where nothing branches (Empirical has 0). */
function branchPointOrigin(tree: Tree, origin: ArrayLike<number>): number | null {
  const weights = outDegrees(tree).map((children) => Math.max(0, children - 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0
    ? null
    : weights.reduce((sum, weight, i) => sum + weight * origin[tree.id[i]!]!, 0) / total;
}

/** The latest time that a record tells of. */
export function latest({ origin, destruction }: PhylogenyRecord): number {
  const ends = destruction.reduce(
    (most, at) => (at === Number.POSITIVE_INFINITY ? most : Math.max(most, at)),
    0,
  );
  return origin.reduce((most, at) => Math.max(most, at), ends);
}

/** As CSV with a header; an empty cell for a number that does not exist. */
export const statisticsLines = (statistics: readonly Statistic[]): readonly string[] => [
  csvLine(['statistic', 'value']),
  ...statistics.map(csvLine),
];
