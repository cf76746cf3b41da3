/** What `--db` may name: a regular file under one name, or nothing yet. All else is refused with a hint, by every way of opening, and stays as it was. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDatabase } from '../../src/lineage/create.ts';
import { type LineageMode, openLineage } from '../../src/lineage/open.ts';
import { UserError } from '../../src/notation/user-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'place-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function issueOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.issues[0]!;
    throw error;
  }
  return null;
}

/** Makes what is named, in the folder; the answer is the path to open. */
const names: readonly (readonly [string, string, (folder: string) => string])[] = [
  ['memory', 'lineage-unnamed', () => ':memory:'],
  ['nothing', 'lineage-unnamed', () => ''],
  ['a space at the end', 'lineage-unnamed', (at) => join(at, 'x.db ')],
  ['a name that is too long', 'lineage-unnamed', (at) => join(at, `${'x'.repeat(300)}.db`)],
  ['a name whose log would be too long', 'lineage-unnamed', (at) => join(at, `${'x'.repeat(245)}.db`)],
  ['a folder to be', 'lineage-folder', (at) => `${join(at, 'x.db')}/`],
  ['a folder', 'lineage-folder', (at) => at],
  ['a device', 'lineage-no-file', () => '/dev/null'],
  [
    'a pipe',
    'lineage-no-file',
    (at) => {
      execFileSync('mkfifo', [join(at, 'pipe')]);
      return join(at, 'pipe');
    },
  ],
  [
    'a link that leads to nothing',
    'lineage-link',
    (at) => {
      symlinkSync(join(at, 'gone'), join(at, 'link'));
      return join(at, 'link');
    },
  ],
  [
    'a link to itself',
    'lineage-unreadable',
    (at) => {
      symlinkSync(join(at, 'link'), join(at, 'link'));
      return join(at, 'link');
    },
  ],
  [
    'a link to a device',
    'lineage-no-file',
    (at) => {
      symlinkSync('/dev/null', join(at, 'link'));
      return join(at, 'link');
    },
  ],
  [
    'an empty file',
    'lineage-empty',
    (at) => {
      writeFileSync(join(at, 'empty'), '');
      return join(at, 'empty');
    },
  ],
  [
    'a link to an empty file',
    'lineage-empty',
    (at) => {
      writeFileSync(join(at, 'empty'), '');
      symlinkSync(join(at, 'empty'), join(at, 'link'));
      return join(at, 'link');
    },
  ],
  [
    'a file with two names',
    'lineage-linked',
    (at) => {
      openLineage(join(at, 'a.db'), 'write').close();
      linkSync(join(at, 'a.db'), join(at, 'b.db'));
      return join(at, 'b.db');
    },
  ],
];

describe.each(names)('%s', (_, code, make) => {
  it.each(['read', 'write', 'write-existing', 'derive', 'import'] as const)('is refused: %s', (mode) => {
    const path = make(folder);
    const before = readdirSync(folder).map((name) => lstatSync(join(folder, name)).ino);
    const issue = issueOf(() =>
      mode === 'import' ? makeDatabase(path, () => 0) : openLineage(path, mode satisfies LineageMode),
    );
    expect(issue!.code).toBe(code);
    expect(issue!.hint).toBeTruthy();
    expect(readdirSync(folder).map((name) => lstatSync(join(folder, name)).ino)).toEqual(before);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(existsSync(':memory:')).toBe(false);
  });
});

describe('a symbolic link to a database', () => {
  it('opens it, under one lock with its own name', () => {
    const [file, link] = [join(folder, 'a.db'), join(folder, 'link.db')];
    openLineage(file, 'write').close();
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(file, link);
    const writer = openLineage(link, 'write');
    expect(issueOf(() => openLineage(file, 'write'))!.code).toBe('lineage-locked');
    symlinkSync(folder, join(folder, 'elsewhere/again'));
    expect(issueOf(() => openLineage(join(folder, 'elsewhere/again/link.db'), 'write'))!.code).toBe(
      'lineage-locked',
    );
    writer.close();
    expect(readdirSync(folder).sort()).toEqual(['a.db', 'elsewhere', 'link.db']);
  });
});
