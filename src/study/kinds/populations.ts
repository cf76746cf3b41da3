/** The populations of an assay's blocks, as assays of single populations take them. */
import { type Population, populationOf } from '../../assays/populations.ts';
import { type JudgedHome, sampledArchitectures } from '../../assays/subjects.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { AssayBlock, AssayTools, Candidate } from './kind.ts';

/** Of each block its runs, in the order of the conditions, with where they evolved and where they are judged. */
export async function judgedHomes(
  blocks: readonly AssayBlock[],
  { lineage, benches }: Pick<AssayTools, 'lineage' | 'benches'>,
): Promise<JudgedHome[][]> {
  const found = await benches();
  return blocks.map(({ name, rows }, i) =>
    rows.map((row) => ({ block: name, population: populationOf(lineage, row), ...found[i]! })),
  );
}

/** All who live at the end of each run, or those of them whose architectures were `chosen`; null: all. */
export const livingCandidates = (
  { rows }: AssayBlock,
  lineage: Lineage,
  chosen: (population: Population) => ReadonlySet<number> | null = () => null,
): Candidate[] =>
  rows.flatMap((row, place) => {
    const population = populationOf(lineage, row);
    const architectures = chosen(population);
    return population.genomes
      .filter(({ architecture }) => architectures?.has(architecture) ?? true)
      .map(({ architecture, rule, carriers, trial }) => ({
        ...{ place, side: place + 1, time: row.lastTold, living: population.living },
        ...{ architecture, rule, carriers, learningRate: trial },
      }));
  });

/** Those who live at the end, or the sample of their architectures that an assay takes. */
export const sampledCandidates = (
  { kind, sample }: { readonly kind: string; readonly sample?: number | undefined },
  block: AssayBlock,
  lineage: Lineage,
): Candidate[] =>
  livingCandidates(block, lineage, (population) =>
    sample === undefined
      ? null
      : new Set(sampledArchitectures({ assay: kind }, { block: block.name, population }, sample)),
  );
