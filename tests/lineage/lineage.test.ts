import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ancestorAtDepth,
  depthOf,
  findIndividual,
  mrca,
  pathToRoot,
  type Tree,
} from '../../src/lineage/ancestry.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { hasWriter } from '../../src/lineage/lock.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { individualId } from '../../src/lineage/pack.ts';
import { namedQueries, runQuery } from '../../src/lineage/query.ts';
import { findRun, populationAt, runSummary } from '../../src/lineage/runs.ts';
import { taxonLives } from '../../src/lineage/taxa.ts';
import { someTold, toldBirths } from '../../src/lineage/told-births.ts';
import { verifyLineage } from '../../src/lineage/verify.ts';
import { WriteFailure } from '../../src/lineage/write-failure.ts';
import type { UserError } from '../../src/notation/user-error.ts';
import { killMidRun, startNode, untilSaid } from '../support/real-process.ts';
import { audit, newRun, sha256, toldRun } from './support.ts';

let folder: string;
let path: string;
let open: Lineage[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lineage-'));
  path = join(folder, 'a.db');
});
afterEach(() => {
  for (const lineage of open) if (lineage.db.open) lineage.close();
  open = [];
  rmSync(folder, { recursive: true });
});

function opened(mode: 'write' | 'read', at = path): Lineage {
  const lineage = openLineage(at, mode);
  open.push(lineage);
  return lineage;
}

function written(births: number, detailed = false): Lineage {
  const lineage = opened('write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const told of toldRun(births, 20, detailed)) journal.append(told, `h${told.birth.birthIndex}`);
  journal.close('births');
  return lineage;
}

function issueOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return (error as UserError).issues[0]!.code;
  }
  return undefined;
}

describe('journal', () => {
  it('gives back every told birth exactly as it was appended', () => {
    const lineage = written(700);
    expect([...toldBirths(lineage, 1)]).toEqual([...toldRun(700)]);
    expect([...toldBirths(lineage, 1, 650)]).toEqual([...toldRun(700)].slice(651));
  });

  it('gives back what evaluations have to tell beyond their outcome', () => {
    const lineage = written(700, true);
    const all = [...toldRun(700, 20, true)];
    expect([...toldBirths(lineage, 1)]).toEqual(all);
    expect(someTold(lineage, 1, [2, 3, 500])).toEqual([2, 3, 500].map((b) => ({ ...all[b]!, deaths: [] })));
  });

  it('commits after 32 births or when its timer fires, whole births only', () => {
    const lineage = opened('write');
    const reader = opened('read');
    let fire = () => {};
    const journal = openJournal(lineage, createRun(lineage, newRun, audit), (callback, ms) => {
      expect(ms).toBe(200);
      fire = callback;
      return () => {};
    });
    const told = [...toldRun(40)];
    for (const each of told.slice(0, 31)) journal.append(each, 'h');
    expect(findRun(reader, 1)!.lastTold).toBe(-1);
    journal.append(told[31]!, 'h31');
    expect(findRun(reader, 1)).toMatchObject({ lastTold: 31, eventHash: 'h31', state: 'running' });
    journal.append(told[32]!, 'h32');
    fire();
    expect(findRun(reader, 1)!.lastTold).toBe(32);
    expect(() => journal.append(told[34]!, 'h')).toThrow(/expected 33/);
  });

  it('continues in the same trees after reopening', () => {
    const first = opened('write');
    const told = [...toldRun(300)];
    let journal = openJournal(first, createRun(first, newRun, audit));
    for (const each of told.slice(0, 150)) journal.append(each, 'h');
    journal.close();
    first.close();
    const again = opened('write');
    journal = openJournal(again, 1);
    expect(journal.next()).toBe(150);
    for (const each of told.slice(150)) journal.append(each, 'h');
    journal.close();
    const rows = again.db.prepare('SELECT * FROM individual').all();
    again.close();
    rmSync(path);
    expect(written(300).db.prepare('SELECT * FROM individual').all()).toEqual(rows);
  });

  it('stops with a typed error on a full disk and keeps a whole prefix', () => {
    const lineage = opened('write');
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    lineage.db.pragma('max_page_count = 60');
    let caught: unknown;
    try {
      for (const told of toldRun(5000)) journal.append(told, 'h');
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(WriteFailure);
    const lastTold = (caught as WriteFailure).lastTold!;
    expect(lastTold).toBeGreaterThan(30);
    expect(findRun(lineage, 1)!.lastTold).toBe(lastTold);
    expect(() => journal.flush()).toThrow(WriteFailure);
    expect([...toldBirths(lineage, 1)]).toEqual([...toldRun(lastTold + 1)]);
    expect(lineage.db.pragma('foreign_key_check')).toEqual([]);
  });

  it('refuses NaN, and changes to what happened', () => {
    const lineage = written(40);
    expect(() => lineage.db.exec('UPDATE evaluation SET fitness = 9')).toThrow(/append-only/);
    expect(() => lineage.db.exec('DELETE FROM death')).toThrow(/append-only/);
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    const [told] = [...toldRun(1)];
    journal.append({ ...told!, outcome: { ...told!.outcome, fitness: Number.NaN } as never }, 'h');
    expect(() => journal.flush()).toThrow(/NaN/);
  });
});

describe('opening', () => {
  const untouched = (file: string, act: () => unknown) => {
    const before = readFileSync(file);
    const code = issueOf(act);
    expect(readFileSync(file).equals(before)).toBe(true);
    return code;
  };
  it.each(['read', 'write'] as const)(
    'refuses to %s what is not ours, newer or damaged, and leaves it alone',
    (mode) => {
      if (mode === 'read') expect(issueOf(() => opened('read'))).toBe('lineage-missing');
      written(200).close();
      const file = (name: string) => join(folder, name);
      writeFileSync(file('text'), 'hello '.repeat(500));
      expect(untouched(file('text'), () => opened(mode, file('text')))).toBe('lineage-not-a-database');
      new Sqlite(file('foreign')).exec('CREATE TABLE t (x)').close();
      expect(untouched(file('foreign'), () => opened(mode, file('foreign')))).toBe('lineage-foreign');
      copyFileSync(path, file('newer'));
      const newer = new Sqlite(file('newer'));
      newer.pragma('user_version = 99');
      newer.close();
      expect(untouched(file('newer'), () => opened(mode, file('newer')))).toBe('lineage-newer');
      copyFileSync(path, file('short'));
      truncateSync(file('short'), Math.floor(statSync(path).size / 2));
      expect(untouched(file('short'), () => opened(mode, file('short')))).toBe('lineage-damaged');
    },
  );

  it('refuses a second writer and lets readers in', () => {
    const first = written(10);
    expect(issueOf(() => opened('write'))).toBe('lineage-locked');
    expect(hasWriter(path)).toBe(true);
    expect(runSummary(opened('read'), 1).births).toBe(10);
    first.close();
    expect(hasWriter(path)).toBe(false);
    opened('write');
  });

  it('keeps a prefix and no stale lock when the writer is killed', async () => {
    const script = join(import.meta.dirname, 'endless-writer.ts');
    const bundle = join(import.meta.dirname, `../../dist/lineage-test-${process.pid}`);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'package.json'), '{"type":"module"}');
    const root = join(import.meta.dirname, '../..');
    const settings = [
      '--noEmit',
      'false',
      '--noCheck',
      '--ignoreConfig',
      '--rewriteRelativeImportExtensions',
      '--types',
      'node',
    ];
    const target = [
      '--target',
      'es2023',
      '--lib',
      'es2023',
      '--module',
      'nodenext',
      '--rootDir',
      root,
      '--outDir',
      bundle,
    ];
    execFileSync(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...settings,
      ...target,
      script,
    ]);
    const births = 1_000_000;
    const writer = startNode([join(bundle, 'tests/lineage/endless-writer.js'), path, String(births)]);
    await untilSaid(writer, 'going');
    expect(issueOf(() => opened('write'))).toBe('lineage-locked');
    const told = await killMidRun(writer, path, 64, births);
    rmSync(bundle, { recursive: true });
    const lineage = opened('write');
    const { lastTold } = findRun(lineage, 1)!;
    expect(lastTold).toBe(told - 1);
    expect(lineage.db.pragma('foreign_key_check')).toEqual([]);
    expect([...toldBirths(lineage, 1)]).toEqual([...toldRun(lastTold + 1)]);
  }, 30_000);
});

describe('read models', () => {
  it('finds the same ancestors by jumps as step by step', () => {
    const lineage = written(1500);
    for (const tree of ['pedigree', 'architecture', 'rule'] as Tree[]) {
      for (let k = 0; k < 60; k++) {
        const a = individualId(1, 1499 - k);
        const b = individualId(1, 200 + ((k * 37) % 1200));
        const pathA = pathToRoot(lineage, tree, a);
        const onB = new Set(pathToRoot(lineage, tree, b));
        expect(mrca(lineage, tree, a, b)).toBe(pathA.find((id) => onB.has(id)) ?? null);
        expect(depthOf(lineage, tree, a)).toBe(pathA.length - 1);
        const middle = Math.floor(pathA.length / 2);
        expect(ancestorAtDepth(lineage, tree, a, pathA.length - 1 - middle)).toBe(pathA[middle]);
      }
    }
  });

  it('knows who lived at any time, and one individual', () => {
    const lineage = written(400);
    const alive = new Set<number>();
    for (const { birth, deaths } of toldRun(400)) {
      alive.add(birth.birthIndex);
      for (const death of deaths) alive.delete(death.birthIndex);
      if (birth.birthIndex % 97 === 0) {
        expect(populationAt(lineage, 1, birth.birthIndex).map((each) => each.birthIndex)).toEqual([...alive]);
      }
    }
    expect(findIndividual(lineage, individualId(1, 0))).toMatchObject({ p1: null, depth: 0 });
    expect(findIndividual(lineage, 5)).toBe(null);
    expect(runSummary(lineage, 1)).toMatchObject({ births: 400, founders: 20, living: alive.size });
  });

  it('cuts the donor tree into taxa with one life each', () => {
    const lives = taxonLives(written(600), 1, 'architecture');
    const told = [...toldRun(600)];
    expect(lives.carriers.reduce((sum, n) => sum + n, 0)).toBe(600);
    const dead = new Map(told.flatMap(({ deaths }) => deaths.map((death) => [death.birthIndex, death.at])));
    for (let taxon = 0; taxon < lives.count; taxon++) {
      const members = told.filter((_, i) => lives.taxonOf[i] === taxon).map(({ birth }) => birth);
      expect(new Set(members.map((birth) => birth.architectureHash)).size).toBe(1);
      for (const { birthIndex, architectureFrom } of members) {
        if (birthIndex !== lives.entry[taxon]) expect(lives.taxonOf[architectureFrom!]).toBe(taxon);
      }
      const ends = members.map((birth) => dead.get(birth.birthIndex));
      expect(lives.event[taxon]).toBe(ends.includes(undefined) ? 0 : 1);
      expect(lives.exit[taxon]).toBe(ends.includes(undefined) ? 599 : Math.max(...(ends as number[])));
    }
  });
});

describe('verification', () => {
  const rolling = {
    initial: 'start',
    next: (previous: string, told: unknown) => sha256(previous + JSON.stringify(told)),
  };
  const hashed = () => {
    const lineage = opened('write');
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    let hash = rolling.initial;
    for (const told of toldRun(300)) {
      hash = rolling.next(hash, told);
      journal.append(told, hash);
    }
    journal.close('births');
    return lineage;
  };
  it('finds nothing in a sound file', () => expect(verifyLineage(hashed(), rolling)).toEqual([]));
  it.each([
    [
      'event-hash',
      'DROP TRIGGER evaluation_no_update; UPDATE evaluation SET fitness = fitness + 1e-12 WHERE individual = 1099511627900 OR individual = 1099511627901',
    ],
    ['event-hash', 'DROP TRIGGER mutation_no_delete; DELETE FROM mutation'],
    [
      'jump-pointers',
      'DROP TRIGGER individual_no_update; UPDATE individual SET rule_depth = rule_depth + 1 WHERE id = 1099511627900',
    ],
    ['births', 'UPDATE run SET last_told = 298'],
    ['blocks', 'INSERT INTO block (hash, canon) SELECT hash, canon FROM block LIMIT 1'],
    ['event-hash', "DROP TRIGGER block_no_update; UPDATE block SET canon = replace(canon, 'relu', 'gelu')"],
    [
      'foreign-keys',
      'PRAGMA foreign_keys = OFF; DROP TRIGGER individual_no_update; UPDATE individual SET rule = 99999 WHERE id = 1099511627777',
    ],
  ])('finds tampering by %s', (check, sql) => {
    const lineage = hashed();
    lineage.db.exec(sql);
    expect(verifyLineage(lineage, rolling).map((finding) => finding.check)).toContain(check);
  });
});

describe('questions', () => {
  it('answers every named one and any SELECT', () => {
    const lineage = written(400, true);
    for (const { name, title, parameters } of namedQueries()) {
      expect(title).not.toBe('');
      const given = Object.fromEntries(parameters.map((key) => [key, key === 'run' ? 1 : 100]));
      if (name !== 'ancestral-to-living')
        expect(runQuery(lineage, name, given).rows.length, name).toBeGreaterThan(0);
    }
    const taxa = runQuery(lineage, 'rule-of-each-architecture-taxon', { run: 1 });
    expect(new Set(taxa.rows.map((row) => row[0])).size).toBe(taxonLives(lineage, 1, 'architecture').count);
    expect(runQuery(lineage, 'SELECT count(*) AS n FROM life')).toEqual({ columns: ['n'], rows: [[400]] });
    expect(runQuery(lineage, 'fitness-over-time', { run: 1, window: 100 }).rows).toHaveLength(4);
  });
  it.each([
    'DELETE FROM run',
    "UPDATE run SET seed = '2' RETURNING id",
    'PRAGMA user_version = 4',
    'DROP TABLE run',
  ])('refuses %s', (sql) => {
    expect(issueOf(() => runQuery(written(5), sql))).toBe('query-writes');
  });
  it('says what is wrong with a question', () => {
    expect(issueOf(() => runQuery(written(5), 'SELECT nothing FROM nowhere'))).toBe('query-error');
  });
});
