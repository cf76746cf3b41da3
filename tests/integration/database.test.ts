/** Kills and full disks at the worst instants, in real processes: while the file is made, brought up to date, or imported into. What is left is whole or nothing, and opens. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { applicationId, newestVersion } from '../../src/lineage/migrate.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { listRuns } from '../../src/lineage/runs.ts';
import { dump, madeUpDatabase } from '../interchange/support.ts';
import { newRun } from '../lineage/support.ts';
import { builtProgram, streetlight } from '../support/program.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'));
  path = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = (of = folder) => readdirSync(of).sort();
const built = (file: string) => pathToFileURL(join(packageRoot(), 'dist/src', file)).href;

/** Runs a script that kills its own process amid the work; the instant is a call that the script has replaced. */
function killedAt(instant: string, act: string): void {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    import Sqlite from 'better-sqlite3';
    const die = () => process.kill(process.pid, 'SIGKILL');
    const [path, log] = ${JSON.stringify([path, join(folder, 'a.jsonl')])};
    ${instant}
    syncBuiltinESMExports();
    ${act}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: packageRoot(),
    encoding: 'utf8',
  });
  expect(child.stderr).toBe('');
  expect(child.signal).toBe('SIGKILL');
}

const open = `const { openLineage } = await import('${built('lineage/open.js')}'); openLineage(path, 'write');`;

describe('a kill while the file is made', () => {
  it.each([
    ['before it is on the disk', 'fs.fsyncSync = die;', false],
    ['before it has its name', 'fs.renameSync = die;', false],
    [
      'right after it has its name',
      'const real = fs.renameSync; fs.renameSync = (...args) => { real(...args); die(); };',
      true,
    ],
  ])('%s leaves all or nothing', (_, instant, isThere) => {
    killedAt(instant, open);
    expect(existsSync(path)).toBe(isThere);
    const lineage = openLineage(path, 'write');
    expect(listRuns(lineage)).toEqual([]);
    lineage.close();
    expect(files()).toEqual(['a.db']);
  });
});

describe('a kill while an earlier schema is brought up to date', () => {
  it('leaves the earlier one whole', async () => {
    const db = new Sqlite(path);
    db.exec(readFileSync(join(packageRoot(), 'db/migrations/001-lineage.sql'), 'utf8'));
    db.prepare(
      "INSERT INTO run (document, document_hash, seed, numeric_class, task_digest, versions, created_at) VALUES (?, ?, '1', '', '', '{}', '')",
    ).run(newRun.document, newRun.documentHash);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma('user_version = 1');
    db.close();
    killedAt(
      `const real = Sqlite.prototype.pragma;
       Sqlite.prototype.pragma = function (text, ...rest) {
         if (this.name === path && text.startsWith('user_version = ')) die();
         return real.call(this, text, ...rest);
       };`,
      open,
    );
    const bare = new Sqlite(path);
    expect(bare.pragma('user_version', { simple: true })).toBe(1);
    expect(bare.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'seal'").pluck().get()).toBe(0);
    bare.close();
    const lineage = openLineage(path, 'write');
    expect(lineage.db.pragma('user_version', { simple: true })).toBe(newestVersion());
    expect(listRuns(lineage)).toHaveLength(1);
    lineage.close();
    expect((await streetlight('verify', '--db', path)).printed).toContain('is sound');
  });
});

describe('a kill while a log is imported', () => {
  /** When the second of two runs begins, all of the first has been written. */
  const instant = `
    let launches = 0;
    const real = Sqlite.prototype.prepare;
    Sqlite.prototype.prepare = function (sql) {
      if (/^INSERT INTO run /.test(sql) && ++launches === 2) die();
      return real.call(this, sql);
    };`;
  const act = `const { replayEvents } = await import('${built('interchange/replay-events.js')}'); replayEvents(log, path);`;
  beforeEach(async () => {
    const source = join(folder, 'source.db');
    madeUpDatabase(source, 2, 300);
    await streetlight(
      'export',
      '1',
      '2',
      '--what',
      'events',
      '--db',
      source,
      '--out',
      join(folder, 'a.jsonl'),
    );
    rmSync(source);
  });

  it('leaves nothing of a new database', async () => {
    killedAt(instant, act);
    expect(existsSync(path)).toBe(false);
    expect((await streetlight('import', join(folder, 'a.jsonl'), '--db', path)).code).toBe(0);
    expect(files()).toEqual(['a.db', 'a.jsonl']);
  });

  it('leaves a database that is there as it was', async () => {
    madeUpDatabase(path, 1, 30);
    const before = dump(path);
    killedAt(instant, act);
    expect(dump(path)).toEqual(before);
    expect((await streetlight('verify', '--db', path)).printed).toContain('is sound');
    expect(files()).toEqual(['a.db', 'a.jsonl']);
  });
});

/** A disk of a few kilobytes, where this process may make one. */
function withSmallDisk(kilobytes: number, use: (disk: string) => void): void {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
  if (made.status !== 0) throw new Error('no disk');
  try {
    use(disk);
  } finally {
    spawnSync('umount', [disk]);
  }
}

const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const disk = mkdtempSync(join(tmpdir(), 'mount-'));
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;
  if (made) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true });
  return made;
})();

describe.skipIf(!canMount)('a full disk', () => {
  const typed = (...args: readonly string[]) =>
    spawnSync(process.execPath, [builtProgram, ...args], { encoding: 'utf8' });
  const document = join(packageRoot(), 'search-spaces/smoke.yaml');

  it('while the file is made: said as such, and nothing stays', () => {
    withSmallDisk(64, (disk) => {
      const { status, stderr } = typed('search', document, '--births', '200', '--db', join(disk, 'a.db'));
      expect(stderr).toMatch(/could not be written: there is no room left on the disk.*nothing was begun/);
      expect(stderr).not.toMatch(/defect|resume/);
      expect(status).toBe(1);
      expect(files(disk)).toEqual([]);
    });
  });

  it('amid a run: code 1, and what is safe can be read when there is room', () => {
    withSmallDisk(900, (disk) => {
      const db = join(disk, 'a.db');
      const { status, stderr } = typed(
        ...[
          'search',
          document,
          '--births',
          '3000',
          '--workers',
          '1',
          '--set',
          'evaluation.steps=2',
          '--db',
          db,
        ],
      );
      expect(stderr).toMatch(/there is no room left on the disk.*npx streetlight resume/s);
      expect(status).toBe(1);
      spawnSync('mount', ['-o', 'remount,size=20m', disk]);
      expect(typed('verify', '--db', db).stdout).toContain('is sound');
      expect(files(disk)).toEqual(['a.db']);
    });
  });

  it('while a log is imported, or a backup made: nothing stays', async () => {
    const source = join(folder, 'source.db');
    madeUpDatabase(source, 1, 1000);
    const log = join(folder, 'a.jsonl');
    await streetlight('export', '1', '--what', 'events', '--db', source, '--out', log);
    withSmallDisk(300, (disk) => {
      for (const args of [
        ['import', log, '--db', join(disk, 'a.db')],
        ['backup', join(disk, 'b.db'), '--db', source],
      ]) {
        const { status, stderr } = typed(...args);
        expect(stderr).toMatch(/no room left on the disk/);
        expect(status).toBe(1);
        expect(files(disk)).toEqual([]);
      }
    });
  });

  it('is not what a disk that may only be read is told as', () => {
    withSmallDisk(300, (disk) => {
      spawnSync('mount', ['-o', 'remount,ro', disk]);
      const { status, stderr } = typed('search', document, '--births', '200', '--db', join(disk, 'a.db'));
      expect(stderr).toMatch(/permissions/);
      expect(stderr).not.toMatch(/room|defect/);
      expect(status).toBe(2);
    });
  });
});

describe('a file that is removed under a search', () => {
  it('ends it with code 1 and words', async () => {
    const { spawn } = await import('node:child_process');
    chmodSync(folder, 0o755);
    const document = join(packageRoot(), 'search-spaces/smoke.yaml');
    const child = spawn(
      process.execPath,
      [builtProgram, 'search', document, '--births', '100000', '--workers', '1', '--db', path],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    // The first line of its log is written when the file is there and the run has begun.
    const begun = new Promise<void>((resolve) => {
      child.stderr.on('data', (text) => {
        said += text;
        resolve();
      });
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    await begun;
    rmSync(path);
    expect(await ended).toBe(1);
    expect(said).toMatch(/no longer leads to the file that was opened/);
    expect(said).not.toMatch(/defect/);
    expect(files()).toEqual([]);
  });
});
