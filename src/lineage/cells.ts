/**
 * Trainings outside of selection, kept so that none is done twice. A cell is a function of its key; rows are derived, and whoever empties the tables gets them back by asking again.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { HeldOutSplit } from '../tasks/task.ts';
import { inPlace } from './in-place.ts';
import type { Lineage } from './open.ts';

/** What names a cell within its workbench. */
export interface CellKey {
  /** Ids of the rows in `block`. */
  readonly architecture: number;
  readonly rule: number;
  /** Index of the task in the workbench. */
  readonly task: number;
  /** Prefix of the random streams. */
  readonly seed: string;
  /** j: the update is multiplied by 10^(j/2). */
  readonly learningRate: number;
  readonly split: HeldOutSplit;
}

/** How the training of a cell ended. */
export interface CellRow {
  /** Why it ended early; null where it did not. With `budget` it is measured all the same. */
  readonly reason: 'budget' | 'diverged' | 'unsupported' | 'too-large' | null;
  /** Mean loss on the split; null where it failed. */
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly steps: number;
  readonly costUnits: number;
  readonly parameters: number;
}

/** The cells of one workbench in a file. */
export interface CellStore {
  find(key: CellKey): CellRow | null;
  /** All or none of them. @throws WriteFailure where the disk or the file lets it not. */
  add(cells: readonly (readonly [CellKey, CellRow])[]): void;
}

const columns =
  'architecture, rule, task, seed, learning_rate, split, reason, loss, accuracy, steps, cost_units, parameters';

type Numbers = [
  reason: CellRow['reason'],
  loss: number | null,
  accuracy: number | null,
  steps: number,
  costUnits: number,
  parameters: number,
];

const keyColumns = ({ architecture, rule, task, seed, learningRate, split }: CellKey) =>
  [architecture, rule, task, seed, learningRate, split] as const;

/** `content`: what the cells have in common, as text; equal texts are one workbench. A file that is open for reading only has cells, and takes none. */
export function openCells(lineage: Lineage, content: string): CellStore {
  const { db } = lineage;
  const hash = createHash('sha256').update(content).digest('hex');
  if (!hasCells(db)) return { find: () => null, add: () => {} };
  const findWorkbench = db.prepare<[string], number>('SELECT id FROM workbench WHERE hash = ?').pluck();
  const find = db
    .prepare<[number, ...ReturnType<typeof keyColumns>], Numbers>(
      `SELECT reason, loss, accuracy, steps, cost_units, parameters FROM cell
       WHERE workbench = ? AND architecture = ? AND rule = ? AND task = ? AND seed = ? AND learning_rate = ? AND split = ?`,
    )
    .raw();
  let workbench = findWorkbench.get(hash);

  const insert = db.transaction((cells: readonly (readonly [CellKey, CellRow])[]) => {
    workbench ??= Number(
      db.prepare('INSERT INTO workbench (hash, content) VALUES (?, ?)').run(hash, content).lastInsertRowid,
    );
    const row = db.prepare(
      `INSERT OR IGNORE INTO cell (workbench, ${columns}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [key, cell] of cells) {
      const values = [
        ...keyColumns(key),
        ...[cell.reason, cell.loss, cell.accuracy, cell.steps, cell.costUnits, cell.parameters],
      ];
      row.run(workbench, ...values, cellDigest(hash, values));
    }
  });

  return {
    find(key) {
      const found = workbench === undefined ? undefined : find.get(workbench, ...keyColumns(key));
      if (found === undefined) return null;
      const [reason, loss, accuracy, steps, costUnits, parameters] = found;
      return { reason, loss, accuracy, steps, costUnits, parameters };
    },
    add(cells) {
      if (lineage.mode === 'write' && cells.length > 0) inPlace(lineage, null, () => insert.immediate(cells));
    },
  };
}

/** A file of an earlier schema that could not be brought up to date has none. */
const hasCells = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'cell'").get() !== undefined;

const cellDigest = (workbench: string, values: readonly unknown[]): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([workbench, ...values]))
    .digest()
    .subarray(0, 8);

/** What is wrong with cells: rows and workbenches that are not what was written. */
export function cellFindings(db: Database): string[] {
  if (!hasCells(db)) return [];
  const benches = db
    .prepare<[], { id: number; hash: string; content: string }>('SELECT id, hash, content FROM workbench')
    .all();
  const hashes = new Map(benches.map(({ id, hash }) => [id, hash]));
  const findings = benches
    .filter(({ hash, content }) => createHash('sha256').update(content).digest('hex') !== hash)
    .map(({ id }) => `the content of workbench ${id} is not what was written`);
  const rows = db.prepare<[], unknown[]>(`SELECT workbench, digest, ${columns} FROM cell`).raw();
  let wrong = 0;
  for (const [workbench, digest, ...values] of rows.iterate())
    if (!cellDigest(hashes.get(workbench as number) ?? '', values).equals(digest as Buffer)) wrong += 1;
  return wrong === 0
    ? findings
    : [...findings, `${wrong} cells are not what was trained (they may be dropped: DELETE FROM cell)`];
}
