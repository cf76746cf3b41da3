/** A file at rest is one file, complete in itself, readable anywhere; what a killed process leaves beside it is taken in, or kept from the file that it does not belong to. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { applicationId, newestVersion } from '../../src/lineage/migrate.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { builtProgram } from '../support/program.ts';
import { audit, newRun, toldRun } from './support.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'at-rest-'));
  chmodSync(folder, 0o755);
  path = join(folder, 'a.db');
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

function begun(births: number, at = path): Lineage {
  const lineage = openLineage(at, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const told of toldRun(births)) journal.append(told, 'h');
  journal.flush();
  return lineage;
}

/** What a kill at this instant would leave, in a folder of its own. */
function killed(births: number): string {
  const lineage = begun(births);
  const left = join(folder, 'left');
  mkdirSync(left);
  for (const name of readdirSync(folder).filter((each) => each.startsWith('a.db')))
    copyFileSync(join(folder, name), join(left, name));
  lineage.close();
  return join(left, 'a.db');
}

const files = (of = folder) => readdirSync(of).sort();
const isWal = (file: string) => readFileSync(file)[18] === 2;
const lastTold = (lineage: Lineage) => {
  try {
    return findRun(lineage, 1)!.lastTold;
  } finally {
    lineage.close();
  }
};

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.issues[0]!.code;
    throw error;
  }
  return 'none';
}

describe('a file at rest', () => {
  it('is alone in its folder and has a rollback journal; while it is written to it has a log', () => {
    const lineage = begun(40);
    expect(files()).toEqual(['a.db', 'a.db-shm', 'a.db-wal', 'a.db.lock']);
    expect(lineage.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(lineage.db.pragma('synchronous', { simple: true })).toBe(2);
    lineage.close();
    expect(files()).toEqual(['a.db']);
    expect(isWal(path)).toBe(false);
    expect(lastTold(openLineage(path, 'read'))).toBe(39);
    expect(files()).toEqual(['a.db']);
  });

  it('is at rest again when the last of its readers has gone', () => {
    const lineage = begun(40);
    const reader = openLineage(path, 'read');
    expect(findRun(reader, 1)!.lastTold).toBe(39);
    lineage.close();
    expect(lastTold(reader)).toBe(39);
    expect(files()).toEqual(['a.db']);
    expect(isWal(path)).toBe(false);
  });

  it('is created with its log set, before it has its name', () => {
    openLineage(path, 'write').close();
    const lineage = begun(5);
    expect(isWal(path)).toBe(true);
    lineage.close();
  });
});

describe('after a kill', () => {
  it.each(['read', 'write', 'derive'] as const)('the births of the log are there: %s', (mode) => {
    const left = killed(100);
    expect(existsSync(`${left}-wal`)).toBe(true);
    const lineage = openLineage(left, mode);
    expect(lastTold(lineage)).toBe(99);
    expect(files(join(folder, 'left'))).toEqual(['a.db']);
  });

  it.each(['read', 'write'] as const)('a hot rollback journal is rolled back: %s', (mode) => {
    begun(60).close();
    // Kills itself amid a transaction of which pages are in the file already.
    const script = `
      const db = new (require('better-sqlite3'))(${JSON.stringify(path)});
      db.pragma('cache_size = 1');
      db.exec('BEGIN; DROP TRIGGER individual_no_delete; DROP TRIGGER evaluation_no_delete; DELETE FROM evaluation; CREATE TABLE big (x)');
      for (let i = 0; i < 500; i++) db.prepare('INSERT INTO big VALUES (randomblob(4000))').run();
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['-e', script], { cwd: packageRoot() });
    expect(child.signal).toBe('SIGKILL');
    expect(files()).toEqual(['a.db', 'a.db-journal']);
    const bare = new Sqlite(path, { readonly: true });
    expect(() => bare.prepare('SELECT count(*) FROM run').get()).toThrow(/readonly/);
    bare.close();
    const lineage = openLineage(path, mode);
    expect(lineage.db.prepare('SELECT count(*) FROM evaluation').pluck().get()).toBe(60);
    expect(lastTold(lineage)).toBe(59);
    expect(files()).toEqual(['a.db']);
  });

  it('what was left of a file that was being made is no hindrance', () => {
    for (const end of ['', '-journal', '-wal', '-shm']) writeFileSync(`${path}.creating${end}`, 'half');
    openLineage(path, 'write').close();
    expect(files()).toEqual(['a.db']);
  });
});

describe('a log that belongs to another file', () => {
  it.each(['-wal', '-journal'])('keeps the name of a removed file from being taken: %s', (end) => {
    const left = killed(100);
    if (end === '-journal') renameSync(`${left}-wal`, left + end);
    rmSync(left);
    const before = readFileSync(left + end);
    expect(codeOf(() => openLineage(left, 'write'))).toBe('lineage-stale-log');
    expect(readFileSync(left + end).equals(before)).toBe(true);
    expect(existsSync(left)).toBe(false);
    rmSync(left + end);
    // An index without a log says nothing, and goes.
    openLineage(left, 'write').close();
    expect(files(join(folder, 'left'))).toEqual(['a.db']);
  });

  it.each(['read', 'write', 'write-existing', 'derive'] as const)(
    'is not read into the file that took its place: %s',
    (mode) => {
      const left = killed(100);
      const other = join(folder, 'other.db');
      begun(7, other).close();
      copyFileSync(other, left);
      expect(codeOf(() => openLineage(left, mode))).toBe('lineage-stale-log');
      expect(readFileSync(left).equals(readFileSync(other))).toBe(true);
      for (const end of ['-wal', '-shm']) rmSync(left + end);
      expect(lastTold(openLineage(left, mode))).toBe(6);
    },
  );

  it('of an empty kind goes with its name', () => {
    writeFileSync(`${path}-wal`, '');
    expect(lastTold(begun(3))).toBe(2);
    expect(files()).toEqual(['a.db']);
  });
});

/** A person who may read and not write. The superuser may always write, so that another one is asked. */
const isRoot = process.getuid?.() === 0;
const asReader = (...args: readonly string[]) =>
  spawnSync(process.execPath, [builtProgram, ...args], {
    encoding: 'utf8',
    ...(isRoot ? { uid: 65534, gid: 65534, cwd: '/' } : {}),
  });
const canAsk = process.platform !== 'win32' && asReader('--version').status === 0;

describe.skipIf(!canAsk)('for someone who may only read', () => {
  /** Shuts the folder; the files in it may be read by everyone. */
  function shut(of: string) {
    for (const name of readdirSync(of)) chmodSync(join(of, name), 0o444);
    chmodSync(of, 0o555);
  }
  const births = (db: string) => {
    const { stdout, stderr, status } = asReader('runs', '--json', '--db', db);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return JSON.parse(stdout).runs[0].births;
  };

  it('a file at rest answers', () => {
    begun(40).close();
    shut(folder);
    expect(births(path)).toBe(40);
    expect(files()).toEqual(['a.db']);
  });

  it('a file answers that an earlier version left with a log, or a kill', () => {
    begun(40).close();
    const db = new Sqlite(path);
    db.pragma('journal_mode = WAL');
    db.close();
    shut(folder);
    expect(isWal(path)).toBe(true);
    expect(births(path)).toBe(40);
    expect(files()).toEqual(['a.db']);
    chmodSync(folder, 0o755);
    rmSync(path);
    const left = killed(90);
    rmSync(`${left}-shm`);
    shut(join(folder, 'left'));
    expect(births(left)).toBe(90);
    expect(files(join(folder, 'left'))).toEqual(['a.db', 'a.db-wal', 'a.db.lock']);
    chmodSync(join(folder, 'left'), 0o755);
  });

  it('a file of an earlier schema answers', () => {
    const db = new Sqlite(path);
    db.exec(readFileSync(join(packageRoot(), 'db/migrations/001-lineage.sql'), 'utf8'));
    db.prepare(
      "INSERT INTO run (document, document_hash, seed, numeric_class, task_digest, versions, created_at) VALUES (?, ?, '1', '', '', '{}', '')",
    ).run(newRun.document, newRun.documentHash);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma('user_version = 1');
    db.close();
    shut(folder);
    expect(births(path)).toBe(0);
    expect(newestVersion()).toBeGreaterThan(1);
  });

  it('writing is refused for what it is: not a full disk', () => {
    begun(40).close();
    shut(folder);
    const answer = asReader('resume', '--db', path);
    const launched = asReader('search', join(packageRoot(), 'search-spaces/smoke.yaml'), '--db', path);
    for (const { stderr, status } of [launched]) {
      expect(status).toBe(2);
      expect(stderr).toMatch(/lineage-unreadable|may not|cannot be opened/);
      expect(stderr).not.toMatch(/room|defect/);
    }
    expect(answer.status).not.toBe(0);
    expect(files()).toEqual(['a.db']);
  });
});
