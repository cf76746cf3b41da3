/**
 * Checks a file against itself: SQLite's integrity, the schema, foreign keys, one row for each block, the record, the event hash and the digests of every run, the jump pointers of
 * every tree. Every column of every table is answered for by one of them.
 */
import type { ToldBirth } from '../evolution/birth.ts';
import { cellFindings } from './cells.ts';
import { createJumpTree } from './jump-tree.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';
import { registrationFindings } from './registrations.ts';
import { listRuns, type RunRow } from './runs.ts';
import { schemaFindings } from './schema.ts';
import { recordFinding } from './seal.ts';
import { toldBirths } from './told-births.ts';
import { birthDigestFinding, blockHashFindings, orderFindings, traitFindings } from './verify-digests.ts';

/** What is checked. Names stand in JSON answers. */
export const findingChecks = [
  'integrity',
  'schema',
  'foreign-keys',
  'blocks',
  'record',
  'births',
  'event-hash',
  'digests',
  'jump-pointers',
  'traits',
  'cells',
  'registrations',
  'breeding',
] as const;

/** One thing that is wrong with a file. */
export interface Finding {
  readonly check: (typeof findingChecks)[number];
  readonly run: number | null;
  readonly detail: string;
}

/** The rolling hash over told births: what it is before the first, and how each told birth changes it. */
export interface RollingHash {
  readonly initial: string;
  readonly next: (previous: string, told: ToldBirth) => string;
}

/** Everything that is wrong; empty when the file is sound. A run without births must have the initial hash or none. */
export function verifyLineage(lineage: Lineage, rollingHash: RollingHash): Finding[] {
  let runs: readonly RunRow[] = [];
  const unlisted = whereReadable(null, () => {
    runs = listRuns(lineage);
    return [];
  });
  const { db } = lineage;
  const of = (check: Finding['check'], run: number | null, find: () => readonly string[]) =>
    whereReadable(run, () => find().map((detail) => ({ check, run, detail })));
  return [
    ...whereReadable(null, () => integrityFindings(lineage)),
    ...of('schema', null, () => schemaFindings(db, ['table', 'view', 'index', 'trigger'])),
    ...whereReadable(null, () => keyFindings(lineage)),
    ...whereReadable(null, () => blockFindings(lineage)),
    ...of('blocks', null, () => blockHashFindings(db)),
    ...of('births', null, () => strayFindings(lineage, runs)),
    ...of('traits', null, () => traitFindings(db)),
    ...of('cells', null, () => cellFindings(db)),
    ...of('registrations', null, () => registrationFindings(db)),
    ...unlisted,
    ...runs.flatMap((run) => [
      ...of('record', run.run, () => [recordFinding(db, run.run) ?? []].flat()),
      ...whereReadable(run.run, () => birthFindings(lineage, run)),
      ...of('births', run.run, () => orderFindings(db, run)),
      ...hashFindings(lineage, run, rollingHash),
      ...of('digests', run.run, () => [birthDigestFinding(db, run) ?? []].flat()),
      ...whereReadable(run.run, () => jumpFindings(lineage, run)),
    ]),
  ];
}

/** What a check finds. What cannot be read back is a finding too, whatever stands in the way: this is the command for damaged files. */
function whereReadable(run: number | null, check: () => Finding[]): Finding[] {
  try {
    return check();
  } catch (error) {
    return [{ check: 'integrity', run, detail: `cannot be read: ${(error as Error).message}` }];
  }
}

function integrityFindings({ db }: Lineage): Finding[] {
  return (db.pragma('integrity_check') as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok')
    .map((detail): Finding => ({ check: 'integrity', run: null, detail }));
}

function keyFindings({ db }: Lineage): Finding[] {
  const broken = db.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[];
  return broken.map(
    ({ table, rowid, parent }): Finding => ({
      check: 'foreign-keys',
      run: null,
      detail: `row ${rowid} of ${table} names a row of ${parent} that is not there`,
    }),
  );
}

function blockFindings({ db }: Lineage): Finding[] {
  const repeated = db
    .prepare('SELECT min(id) AS first, count(*) AS times FROM block GROUP BY hash, canon HAVING times > 1')
    .all() as { first: number; times: number }[];
  return repeated.map(
    ({ first, times }): Finding => ({
      check: 'blocks',
      run: null,
      detail: `the text of block ${first} is there ${times} times`,
    }),
  );
}

/** Births that no run tells of. */
function strayFindings({ db }: Lineage, runs: readonly RunRow[]): string[] {
  const all = db.prepare<[], number>('SELECT count(*) FROM individual').pluck().get()!;
  const between = db
    .prepare<[number, number], number>('SELECT count(*) FROM individual WHERE id BETWEEN ? AND ?')
    .pluck();
  const known = runs.reduce(
    (sum, { run }) => sum + between.get(individualId(run, 0), individualId(run + 1, 0) - 1)!,
    0,
  );
  return all === known ? [] : [`${all - known} births are of no run that is there`];
}

function birthFindings({ db }: Lineage, { run, lastTold }: RunRow): Finding[] {
  const counted = db
    .prepare<[number, number], { births: number; last: number | null }>(
      'SELECT count(*) AS births, max(id) AS last FROM individual WHERE id BETWEEN ? AND ?',
    )
    .get(individualId(run, 0), individualId(run + 1, 0) - 1)!;
  const last = counted.last === null ? -1 : birthIndexOf(counted.last);
  if (counted.births === lastTold + 1 && last === lastTold) return [];
  const detail = `${counted.births} births up to ${last}, where the run tells of births 0 to ${lastTold}`;
  return [{ check: 'births', run, detail }];
}

function hashFindings(
  lineage: Lineage,
  { run, eventHash, lastTold }: RunRow,
  { initial, next }: RollingHash,
): Finding[] {
  if (lastTold < 0 && eventHash === '') return [];
  let hash = initial;
  try {
    for (const told of toldBirths(lineage, run)) hash = next(hash, told);
  } catch (error) {
    return [
      { check: 'event-hash', run, detail: `the births cannot be read back: ${(error as Error).message}` },
    ];
  }
  if (hash === eventHash) return [];
  return [{ check: 'event-hash', run, detail: `the rows give ${hash}, the run has ${eventHash}` }];
}

const treeColumns = [
  ['p1', 'depth', 'jump'],
  ['architecture_from', 'architecture_depth', 'architecture_jump'],
  ['rule_from', 'rule_depth', 'rule_jump'],
] as const;

function jumpFindings({ db }: Lineage, { run }: RunRow): Finding[] {
  return treeColumns.flatMap(([parent, depth, jump]) => {
    const tree = createJumpTree();
    const rows = db
      .prepare<[number, number], [number, number | null, number, number]>(
        `SELECT id, ${parent}, ${depth}, ${jump} FROM parentage WHERE id BETWEEN ? AND ? ORDER BY id`,
      )
      .raw();
    for (const [id, from, storedDepth, storedJump] of rows.iterate(
      individualId(run, 0),
      individualId(run + 1, 0) - 1,
    )) {
      const due = tree.add(from === null ? null : birthIndexOf(from));
      if (due.depth !== storedDepth || due.jump !== storedJump) {
        return [
          {
            check: 'jump-pointers',
            run,
            detail: `${depth} or ${jump} of birth ${birthIndexOf(id)} is wrong`,
          } satisfies Finding,
        ];
      }
    }
    return [];
  });
}
