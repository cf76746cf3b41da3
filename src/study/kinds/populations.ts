/** The populations of an assay's blocks, as assays of single populations take them. */
import type { PanelHome } from '../../assays/panel-cells.ts';
import { populationOf } from '../../assays/populations.ts';
import type { AssayBlock, AssayTools } from './kind.ts';

/** Of each block its runs, in the order of the conditions, with where they evolved and where they are judged. */
export async function judgedHomes(
  blocks: readonly AssayBlock[],
  { lineage, benches }: Pick<AssayTools, 'lineage' | 'benches'>,
): Promise<PanelHome[][]> {
  const found = await benches();
  return blocks.map(({ name, rows }, i) =>
    rows.map((row) => ({ block: name, population: populationOf(lineage, row), ...found[i]! })),
  );
}
