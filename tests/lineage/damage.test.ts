/** Files that are cut short, overwritten or on a full disk: said at once, in words, and left as they were. */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRun, openJournal, recordResume } from '../../src/lineage/journal.ts';
import { hasWriter } from '../../src/lineage/lock.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { verifyLineage } from '../../src/lineage/verify.ts';
import { WriteFailure } from '../../src/lineage/write-failure.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { audit, newRun, sha256, toldRun } from './support.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'damage-'));
  path = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const rollingHash = { initial: '', next: (hash: string) => sha256(hash) };

/** A closed file with a run of so many births. */
function write(births: number): void {
  const lineage = openLineage(path, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  let hash = rollingHash.initial;
  for (const told of toldRun(births)) {
    hash = rollingHash.next(hash);
    journal.append(told, hash);
  }
  journal.close('births');
  lineage.close();
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.issues[0]!.code;
    throw error;
  }
  return 'none';
}

describe('a file cut short', () => {
  it.each([1, 4096, 8192, 40_000])(
    'by %i bytes is refused for reading and for writing, and untouched',
    (bytes) => {
      write(400);
      truncateSync(path, statSync(path).size - bytes);
      const before = readFileSync(path);
      expect(codeOf(() => openLineage(path, 'read'))).toBe('lineage-damaged');
      expect(codeOf(() => openLineage(path, 'write'))).toBe('lineage-damaged');
      expect(readFileSync(path).equals(before)).toBe(true);
    },
  );

  it('is not confused with a file whose last pages are still in the log', () => {
    const lineage = openLineage(path, 'write');
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    for (const told of toldRun(100)) journal.append(told, 'h');
    journal.flush();
    expect(codeOf(() => openLineage(path, 'read').close())).toBe('none');
    lineage.close();
  });
});

describe('an overwritten file', () => {
  it('gives findings and no exception', () => {
    write(600);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(30_000, 0x5a), 0, 30_000, 40_000);
    closeSync(file);
    const lineage = openLineage(path, 'read');
    const findings = verifyLineage(lineage, rollingHash);
    lineage.close();
    expect(findings.map(({ check }) => check)).toContain('integrity');
  });

  it('is not mistaken for a sound one', () => {
    write(600);
    const lineage = openLineage(path, 'read');
    expect(verifyLineage(lineage, rollingHash)).toEqual([]);
    lineage.close();
  });
});

describe('the lock beside a file', () => {
  it('means nothing by itself: a damaged one is made anew', () => {
    write(10);
    writeFileSync(
      `${path}.lock`,
      'not a database, certainly longer than a header of one hundred bytes '.repeat(9),
    );
    expect(hasWriter(path)).toBe(false);
    openLineage(path, 'read').close();
    openLineage(path, 'write').close();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe('no room', () => {
  it('for a new run or a resume is a WriteFailure that says what is safe', () => {
    write(40);
    const lineage = openLineage(path, 'write');
    lineage.db.pragma(`max_page_count = ${String(lineage.db.pragma('page_count', { simple: true }))}`);
    const big = { ...newRun, document: 'x'.repeat(100_000) };
    expect(() => createRun(lineage, big, audit)).toThrow(WriteFailure);
    expect(() => createRun(lineage, big, audit)).toThrow(/nothing was begun/);
    expect(() => recordResume(lineage, 1, { ...audit, versions: { node: 'x'.repeat(100_000) } })).toThrow(
      /safe up to birth 39/,
    );
    lineage.close();
  });
});

describe('a path', () => {
  it('that is empty is refused, and nothing is made', () => {
    for (const mode of ['read', 'write'] as const) {
      expect(codeOf(() => openLineage('', mode))).toBe('lineage-unnamed');
      expect(codeOf(() => openLineage('  ', mode))).toBe('lineage-unnamed');
    }
    expect(existsSync('.lock') || existsSync('.new')).toBe(false);
  });

  it('to something that is no database is refused and untouched', () => {
    new Sqlite(path).exec('CREATE TABLE t (x)').close();
    const before = readFileSync(path);
    expect(codeOf(() => openLineage(path, 'write'))).toBe('lineage-foreign');
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
