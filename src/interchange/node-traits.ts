/** The traits of the nodes of a phylogeny, which are named by births: of the chromosome that it follows, of a pedigree both. */
import type { Chromosome } from '../genome/genome.ts';
import type { Tree } from '../lineage/ancestry.ts';
import type { Lineage } from '../lineage/open.ts';
import { loadBirths } from '../lineage/taxa.ts';
import { type BlockTraits, blockTraits } from './block-traits.ts';
import type { PhylogenyRecord } from './phylogeny-record.ts';

/** Of a pedigree the traits of both chromosomes, with the chromosome before each name. */
export function nodeTraits(lineage: Lineage, run: number, tree: Tree, { id }: PhylogenyRecord): BlockTraits {
  const of = (chromosome: Chromosome): BlockTraits => {
    const { block } = loadBirths(lineage, run, chromosome);
    const traits = blockTraits(lineage, chromosome);
    return { names: traits.names, of: (node) => traits.of(block[id[node]!]!) };
  };
  if (tree !== 'pedigree') return of(tree);
  const [architecture, rule] = [of('architecture'), of('rule')];
  return {
    names: [
      ...architecture.names.map((name) => `architecture ${name}`),
      ...rule.names.map((name) => `rule ${name}`),
    ],
    of: (node) => [...architecture.of(node), ...rule.of(node)],
  };
}
