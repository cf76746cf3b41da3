/**
 * Phylogenies in ALife's data standard (Lalejini et al. 2019): CSV with `id,ancestor_list,origin_time,destruction_time` and more columns as one likes. A root
 * has `[none]`, two parents are `[3,7]`, what lives has `inf`. Times are births; ids are births too: of an individual its own, of a taxon its founder's.
 */
import type { Chromosome } from '../genome/genome.ts';
import type { Tree } from '../lineage/ancestry.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { livesOf, loadBirths } from '../lineage/taxa.ts';
import { blockTraits } from './block-traits.ts';
import { type Cell, csvLine } from './csv.ts';
import { individualsRecord, type PhylogenyRecord, taxaRecord } from './phylogeny-record.ts';

const standardColumns = ['id', 'ancestor_list', 'origin_time', 'destruction_time'] as const;

/** Columns beside the standard's, and their cells for each node in order. */
interface Extras {
  readonly columns: readonly string[];
  readonly cells: Iterable<readonly Cell[]>;
}

/** Individuals of a run as CSV, one line each, with both chromosomes, how the evaluation ended, fitness, cause of death and mutations. */
export const individualLines = (lineage: Lineage, run: number, tree: Tree): Generator<string> =>
  alifeLines(individualsRecord(lineage, run, tree), individualExtras(lineage, run));

/** Taxa of one chromosome as CSV, one line each, with living and all carriers and the chromosome's traits. */
export const taxonLines = (lineage: Lineage, run: number, of: Chromosome): Generator<string> =>
  alifeLines(taxaRecord(lineage, run, of), taxonExtras(lineage, run, of));

/** `cells`: more of each node, in order. */
export function* alifeLines(record: PhylogenyRecord, { columns, cells }: Extras): Generator<string> {
  yield csvLine([...standardColumns, ...columns]);
  let i = 0;
  for (const extra of cells) {
    const parents = [record.parent[i]!, record.otherParent[i]!].filter((parent) => parent >= 0);
    const { id, origin, destruction } = record;
    yield csvLine([
      id[i]!,
      parents.length === 0 ? '[none]' : `[${parents.map((parent) => id[parent]!).join(',')}]`,
      origin[i]!,
      destruction[i] === Number.POSITIVE_INFINITY ? 'inf' : destruction[i]!,
      ...extra,
    ]);
    i += 1;
  }
}

function individualExtras({ db }: Lineage, run: number): Extras {
  const rows = db
    .prepare<[number, number], Cell[]>(
      `SELECT run_of(i.id), lower(hex(a.hash)), lower(hex(r.hash)), e.status, e.reason, e.fitness, d.cause,
         (SELECT group_concat(name, ' ') FROM
            (SELECT o.name FROM mutation m JOIN operator o ON o.id = m.operator WHERE m.individual = i.id ORDER BY m.ord))
       FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       JOIN evaluation e ON e.individual = i.id LEFT JOIN death d ON d.individual = i.id
       WHERE i.id BETWEEN ? AND ? ORDER BY i.id`,
    )
    .raw();
  return {
    columns: ['run', 'architecture', 'rule', 'status', 'reason', 'fitness', 'cause', 'operators'],
    // Asked when the first is wanted: a statement that is begun and not finished would keep the database open.
    cells: (function* () {
      yield* rows.iterate(individualId(run, 0), individualId(run + 1, 0) - 1) as Iterable<Cell[]>;
    })(),
  };
}

function taxonExtras(lineage: Lineage, run: number, of: Chromosome): Extras {
  const births = loadBirths(lineage, run, of);
  const taxa = livesOf(births);
  const living = taxaRecord(lineage, run, of).members;
  const traits = blockTraits(lineage, of);
  const label = lineage.db
    .prepare<[number], string>('SELECT lower(hex(hash)) FROM block WHERE id = ?')
    .pluck();
  function* cells(): Generator<readonly Cell[]> {
    for (let taxon = 0; taxon < taxa.count; taxon++)
      yield [
        ...[run, label.get(taxa.block[taxon]!)!, living[taxon]!, taxa.carriers[taxon]!],
        ...traits.of(taxa.block[taxon]!),
      ];
  }
  return {
    columns: [
      ...['run', 'taxon_label', 'num_orgs', 'tot_orgs'],
      ...traits.names.map((name) => name.replaceAll('-', '_')),
    ],
    cells: cells(),
  };
}
