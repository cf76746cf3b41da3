import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { createRun, openJournal, recordResume } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, sha256, toldRun } from '../lineage/support.ts';

const tasks = [
  { key: 'mnist1d', digest: 'a' },
  { key: 'spirals', digest: 'b' },
];
const taskDigest = sha256('a\nb');

/** A search enters the same versions for the run and for its first session. */
const launch = { ...audit, versions: newRun.versions };

/** A database with made-up runs: reassortment, failures, details of all kinds, timings, and a resume after half of the births. */
export function madeUpDatabase(path: string, runs: number, births: number): void {
  const lineage = openLineage(path, 'write');
  for (let run = 1; run <= runs; run++) {
    const journal = openJournal(
      lineage,
      createRun(lineage, { ...newRun, seed: `${run}`, tasks, taskDigest }, launch),
    );
    let hash = initialEventHash;
    for (const told of toldRun(births, 20 + run, true)) {
      hash = nextEventHash(hash, told);
      const { birthIndex } = told.birth;
      journal.append(
        told,
        hash,
        birthIndex % 2 === 0 ? { cpuMs: birthIndex / 7, probeMs: 0.001 } : undefined,
      );
      if (birthIndex !== births >> 1) continue;
      journal.flush();
      recordResume(lineage, journal.run, { startedAt: '2026-01-02T00:00:00Z', versions: { node: '20' } });
    }
    journal.close(run === 1 ? 'births' : undefined);
  }
  lineage.close();
}

/** Every row of every table, in order. */
export function dump(path: string): Record<string, unknown[]> {
  const { db, close } = openLineage(path, 'read');
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  const rows = Object.fromEntries(
    tables.map((name) => {
      const columns = db.prepare(`SELECT * FROM ${name}`).columns();
      return [
        name,
        db
          .prepare(`SELECT * FROM ${name} ORDER BY ${columns.map((_, i) => i + 1).join(', ')}`)
          .raw()
          .all(),
      ];
    }),
  );
  close();
  return rows;
}
