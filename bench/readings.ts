/** Statistics of a whole run as the benches ask for them: read from the database, computed, and a few words on what came out. */
import type { Lineage } from '../src/lineage/open.ts';
import { heritables, loadBirths, taxonLives } from '../src/lineage/taxa.ts';
import { coalescenceSeries } from '../src/statistics/coalescence.ts';
import {
  fairProportion,
  pairwiseDistances,
  phylogeneticDiversity,
} from '../src/statistics/phylogenetic-diversity.ts';
import { branchingTree, extantTree } from '../src/statistics/phylogeny.ts';
import { treeBalance } from '../src/statistics/tree-balance.ts';

export interface Reading {
  readonly question: string;
  readonly limitMs: number;
  /** Of the only run in the file. */
  readonly read: (lineage: Lineage) => string;
}

export const readings = {
  taxa: {
    question: 'taxa from scratch, both chromosomes and genomes',
    limitMs: 10_000,
    read: (lineage) => heritables.map((of) => `${taxonLives(lineage, 1, of).count} of ${of}s`).join(', '),
  },
  tree: {
    question: 'statistics of the extant tree of rules',
    limitMs: 2000,
    read(lineage) {
      const { donor, death } = loadBirths(lineage, 1, 'rule');
      // Whole rules that a mutation brought in begin trees of their own: all are joined at birth 0.
      const below = (of: (birth: number) => number, root: number) =>
        Int32Array.from({ length: donor.length + 1 }, (_, i) => (i === 0 ? root : of(i - 1)));
      const tree = extantTree(
        below((birth) => donor[birth]! + 1, -1),
        below((birth) => Number(death[birth]! < 0), 0),
        below((birth) => birth, 0),
      );
      const { length } = phylogeneticDiversity(tree);
      const { sackin } = treeBalance(branchingTree(tree));
      const { mean } = pairwiseDistances(tree, 'length');
      const shares = fairProportion(tree).reduce((sum, share) => sum + share, 0);
      if (Math.abs(shares - length) > 1e-9 * length)
        throw new Error(`fair proportions add up to ${shares} and the tree has length ${length}`);
      return `${tree.id.length} nodes, length ${length}, mean distance ${mean?.toFixed(1)}, Sackin ${sackin}`;
    },
  },
  'last-common-ancestors': {
    question: 'the last common ancestor of the living at every birth, rules',
    limitMs: 10_000,
    read(lineage) {
      const { donor, death } = loadBirths(lineage, 1, 'rule');
      const { changes } = coalescenceSeries(donor, death);
      return `${changes.length} coalescence events`;
    },
  },
} as const satisfies Record<string, Reading>;

export type ReadingName = keyof typeof readings;
