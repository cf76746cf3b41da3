/** A finished run that is extended is the run that would have been launched with so many births. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { silentProgress } from '../../src/report/progress.ts';
import { launch, resume, setUpStoredRun } from '../../src/search/run.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { dump } from '../interchange/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-extension-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More births in flight than the first launch has after its founders, hurdles, cache and gate: all that could tell an extension from a launch. */
const documentOf = (births: number, more: object = {}) => {
  const parsed = parseDocument(
    JSON.stringify({
      name: 'extension',
      task: { name: 'mnist1d-pair' },
      evaluation: {
        ...{ steps: 6, batchSize: 8 },
        ...{ hurdles: { rungs: [3], atLeast: 3 }, cache: { remember: 8, probeSteps: 2, verifySteps: 3 } },
      },
      evolution: {
        ...{ births, population: 6, tournament: 3, inFlight: 5, reassortment: 0.5, ...more },
        gate: { quantile: 0.6, atLeast: 3 },
      },
      founders: { rules: ['sgd', 'adam'] },
    }),
    'extension',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
};

const quiet = { workers: 1, progress: silentProgress, shouldStop: () => false };

async function launched(db: string, births: number, more: object = {}): Promise<void> {
  const lineage = openLineage(db, 'write');
  await launch(await setUpRun(documentOf(births, more), 'e'), { ...quiet, lineage });
  lineage.close();
}

/** Extends run 1; `stopAfter` interrupts it after so many births. */
async function extended(
  db: string,
  births: number | undefined,
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<void> {
  const lineage = openLineage(db, 'write-existing');
  try {
    const setup = await setUpStoredRun(findRun(lineage, 1)!, births);
    let asked = 0;
    const shouldStop = () => ++asked > stopAfter;
    await resume(setup, 1, { ...quiet, lineage, shouldStop, births });
  } finally {
    lineage.close();
  }
}

function rowOf(db: string) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, 1)!;
  lineage.close();
  return row;
}

/** What was bred, trained and lost, row by row. */
const facts = (db: string) => {
  const { individual, mutation, evaluation, training, rung, reevaluation, reuse, behaviour, death, block } =
    dump(db);
  return { individual, mutation, evaluation, training, rung, reevaluation, reuse, behaviour, death, block };
};

const [short, long] = [join(folder, 'short.db'), join(folder, 'long.db')];
const copyOfShort = (name: string) => {
  const path = join(folder, name);
  copyFileSync(short, path);
  return path;
};

beforeAll(async () => {
  await launched(short, 9);
  await launched(long, 30);
});

describe('a run that is extended', () => {
  it('twice, and interrupted in between, is the run of all births', async () => {
    const db = copyOfShort('twice.db');
    await extended(db, 17, 3);
    expect(rowOf(db)).toMatchObject({ lastTold: 11, endReason: null, extensions: [17] });
    await extended(db, undefined);
    expect(rowOf(db)).toMatchObject({ lastTold: 16, endReason: 'births', extensions: [17] });
    await extended(db, 30);
    const [row, whole] = [rowOf(db), rowOf(long)];
    expect(row).toMatchObject({ lastTold: 29, endReason: 'births', extensions: [17, 30] });
    expect(row.eventHash).toBe(whole.eventHash);
    expect(facts(db)).toEqual(facts(long));
    expect(row.document).toBe(rowOf(short).document);
    expect((JSON.parse(row.document) as { evolution: { births: number } }).evolution.births).toBe(9);
    expect((await streetlight('verify', '--db', db)).printed).toContain('is sound');
    expect((await streetlight('show', '--db', db)).printed).toContain('30 of 30');
  });

  it('is extended before it is over, too', async () => {
    const db = copyOfShort('early.db');
    await extended(db, 20, 2);
    await extended(db, 30);
    expect(rowOf(db).eventHash).toBe(rowOf(long).eventHash);
    expect(rowOf(db).extensions).toEqual([20, 30]);
    const log = join(folder, 'early.jsonl');
    await streetlight('export', '--what', 'events', '--db', db, '--out', log);
    const copy = join(folder, 'early-copy.db');
    expect((await streetlight('import', log, '--db', copy)).code).toBe(0);
    expect(dump(copy)).toEqual(dump(db));
    expect(dump(db).run_extension).toHaveLength(2);
    expect(dump(db).closed_document).toHaveLength(1);
  });

  it('is not given fewer births than it has or is to have, nor more than a document may ask for', async () => {
    const db = copyOfShort('fewer.db');
    await extended(db, 20, 2);
    const before = dump(db);
    for (const [births, words] of [
      [5, 'has 11 births already, and --births 5 asks for no more'],
      [11, 'has 11 births already'],
      [20, 'is to have 20 births as it is'],
      [100_000_001, 'a run has at most 100000000 births'],
    ] as const) {
      const { code, noted } = await streetlight('resume', '1', '--births', `${births}`, '--db', db);
      expect(noted).toContain(words);
      expect(code).toBe(2);
    }
    expect(dump(db)).toEqual(before);
  });

  it('is not what ends a run for another reason', async () => {
    const db = join(folder, 'spent.db');
    await launched(db, 9, { costUnits: 20 });
    expect(rowOf(db).endReason).toBe('cost-units');
    const { code, noted } = await streetlight('resume', '1', '--births', '30', '--db', db);
    expect(noted).toContain('cost-units');
    expect(code).toBe(2);
  });
});
