/**
 * Tables for Muller plots (R's ggmuller): who came from whom, and how many carried each taxon at censuses. Taxa that were never common are counted with the
 * nearest common ancestor and not dropped, so that populations add up to the living; what has no common ancestor is counted with `founders`, the root.
 */
import { type Births, livesOf } from '../lineage/taxa.ts';
import { csvLine } from './csv.ts';

/** When carriers are counted, and which taxa are shown by themselves. */
export interface Censuses {
  /** Births from one census to the next; the first is at birth 0, the last at the end. */
  readonly every: number;
  /** Share of the living from which on a taxon is shown by itself. */
  readonly rare: number;
}

/** Both tables as lines of CSV, under the names of columns that ggmuller wants. */
export interface MullerTables {
  /** Parent,Identity */
  readonly edges: readonly string[];
  /** Generation,Identity,Population: at one census per element of `counts`. */
  populations(): Generator<string>;
}

const root = 'founders';

/** `name` of a taxon by its founder's birth. */
export function mullerTables(
  births: Births,
  { every, rare }: Censuses,
  name: (birth: number) => string,
): MullerTables {
  const { entry, parent, taxonOf, count } = livesOf(births);
  const common = new Uint8Array(count);
  for (const { counts, living } of censuses(births, taxonOf, count, every))
    counts.forEach((carriers, taxon) => {
      if (carriers > 0 && carriers >= rare * living) common[taxon] = 1;
    });
  // Which common taxon stands for each: itself or its nearest common ancestor; -1 for the root. Founders come before their descendants.
  const shownAs = new Int32Array(count);
  for (let taxon = 0; taxon < count; taxon++)
    shownAs[taxon] = common[taxon] === 1 ? taxon : parent[taxon]! < 0 ? -1 : shownAs[parent[taxon]!]!;
  const identity = (taxon: number) => (taxon < 0 ? root : name(entry[taxon]!));
  const shown = [...common.keys()].filter((taxon) => common[taxon] === 1);
  return {
    edges: [
      csvLine(['Parent', 'Identity']),
      ...shown.map((taxon) =>
        csvLine([identity(parent[taxon]! < 0 ? -1 : shownAs[parent[taxon]!]!), identity(taxon)]),
      ),
    ],
    *populations() {
      yield csvLine(['Generation', 'Identity', 'Population']);
      for (const { at, counts } of censuses(births, taxonOf, count, every)) {
        // The root first, as element 0.
        const sums = new Int32Array(count + 1);
        counts.forEach((carriers, taxon) => {
          sums[shownAs[taxon]! + 1]! += carriers;
        });
        for (const taxon of [-1, ...shown])
          if (sums[taxon + 1]! > 0 || taxon < 0) yield csvLine([at, identity(taxon), sums[taxon + 1]!]);
      }
    },
  };
}

interface Census {
  readonly at: number;
  /** Living carriers by taxon; the same array at every census. */
  readonly counts: Int32Array;
  readonly living: number;
}

/** Right after births 0, `every`, 2 `every` ... and the last were told. */
function* censuses(
  { death, end }: Births,
  taxonOf: Int32Array,
  count: number,
  every: number,
): Generator<Census> {
  const dying = new Map<number, number[]>();
  death.forEach((at, i) => {
    if (at < 0) return;
    const known = dying.get(at);
    if (known === undefined) dying.set(at, [i]);
    else known.push(i);
  });
  const counts = new Int32Array(count);
  let living = 0;
  for (let at = 0; at <= end; at++) {
    counts[taxonOf[at]!]! += 1;
    living += 1;
    for (const i of dying.get(at) ?? []) {
      counts[taxonOf[i]!]! -= 1;
      living -= 1;
    }
    if (at % every === 0 || at === end) yield { at, counts, living };
  }
}
