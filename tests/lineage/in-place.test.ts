/** A file that is removed, moved, linked or replaced under a run, or whose lock is: noticed at the next commit, told in words, and nothing that was safe is lost. */
import { copyFileSync, linkSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRun, openJournal, recordResume } from '../../src/lineage/journal.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { WriteFailure } from '../../src/lineage/write-failure.ts';
import type { UserError } from '../../src/notation/user-error.ts';
import { audit, newRun, toldRun } from './support.ts';

let folder: string;
let path: string;
let lineage: Lineage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-place-'));
  path = join(folder, 'a.db');
  lineage = openLineage(path, 'write');
});
afterEach(() => {
  lineage.close();
  rmSync(folder, { recursive: true });
});

function failureOf(act: () => unknown): WriteFailure {
  try {
    act();
  } catch (error) {
    if (error instanceof WriteFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as UserError).issues[0]!.code;
  }
  return 'none';
};

const harms: readonly (readonly [string, () => void])[] = [
  ['removed', () => rmSync(path)],
  ['moved', () => renameSync(path, join(folder, 'moved.db'))],
  ['linked', () => linkSync(path, join(folder, 'second.db'))],
  [
    'replaced',
    () => {
      copyFileSync(path, join(folder, 'copy.db'));
      renameSync(join(folder, 'copy.db'), path);
    },
  ],
  ['without its lock', () => rmSync(`${path}.lock`)],
  [
    'with another lock',
    () => {
      rmSync(`${path}.lock`);
      writeFileSync(`${path}.lock`, '');
    },
  ],
];

describe.each(harms)('a file that is %s', (_, harm) => {
  it('ends the journal at its next commit, with what is safe', () => {
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    const told = [...toldRun(80)];
    for (const each of told.slice(0, 40)) journal.append(each, 'h');
    journal.flush();
    harm();
    const failure = failureOf(() => {
      for (const each of told.slice(40)) journal.append(each, 'h');
    });
    expect(failure).toMatchObject({ trouble: 'lost', lastTold: 39 });
    expect(failure.message).toMatch(/no longer leads to the file.*safe up to birth 39/);
    expect(failureOf(() => journal.flush())).toBe(failure);
  });

  it('is noticed by a commit of nothing, a launch and a resume too', () => {
    const run = createRun(lineage, newRun, audit);
    const journal = openJournal(lineage, run);
    harm();
    expect(failureOf(() => journal.close()).trouble).toBe('lost');
    expect(failureOf(() => createRun(lineage, newRun, audit)).lastTold).toBeNull();
    expect(failureOf(() => recordResume(lineage, run, audit)).lastTold).toBe(-1);
  });
});

describe('a file that was moved under a run', () => {
  it('takes along all that was told', () => {
    const journal = openJournal(lineage, createRun(lineage, newRun, audit));
    const told = [...toldRun(120)];
    for (const each of told.slice(0, 100)) journal.append(each, 'h');
    journal.flush();
    const moved = join(folder, 'moved.db');
    renameSync(path, moved);
    expect(failureOf(() => journal.append(told[100]!, 'h') ?? journal.flush()).trouble).toBe('lost');
    lineage.close();
    // Nothing of it stays at the old name.
    expect(readdirSync(folder).filter((name) => /a\.db-(wal|journal)/.test(name))).toEqual([]);
    const again = openLineage(moved, 'write');
    expect(findRun(again, 1)!.lastTold).toBe(99);
    expect([...toldBirths(again, 1)]).toEqual(told.slice(0, 100));
    again.close();
  });

  it('has no second writer under its new name', () => {
    createRun(lineage, newRun, audit);
    const moved = join(folder, 'moved.db');
    renameSync(path, moved);
    expect(codeOf(() => openLineage(moved, 'write'))).toBe('lineage-locked');
  });
});

describe('two writers', () => {
  it('of one run: the second to commit is refused', () => {
    const run = createRun(lineage, newRun, audit);
    const [one, two] = [openJournal(lineage, run), openJournal(lineage, run)];
    const [told] = [...toldRun(1)];
    one.append(told!, 'h');
    one.flush();
    two.append(told!, 'h');
    expect(() => two.flush()).toThrow(/UNIQUE|another process has gone on/);
    expect(findRun(lineage, run)!.lastTold).toBe(0);
  });
});
