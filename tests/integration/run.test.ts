/** Whole runs through the real program: worker threads, the database, kill -9, resume, and a lineage that is known for ever. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import golden from '../golden/smoke-200.json' with { type: 'json' };

const root = packageRoot();
const program = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'streetlight-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = join(root, 'search-spaces/smoke.yaml');
const small = [document, '--births', '90', '--set', 'evaluation.steps=40', '--seed', 'kill'];

function streetlight(...args: readonly string[]): string {
  return execFileSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const shown = (db: string) =>
  JSON.parse(streetlight('show', '--json', '--db', db)) as {
    status: string;
    births: number;
    eventHash: string;
    best: { fitness: number };
    evaluations: { completed: number; failed: Record<string, number> };
  };

/** Resolves once the run has told at least so many births. */
async function untilBirths(db: string, births: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const answer = spawnSync(process.execPath, [program, 'show', '--json', '--db', db], { encoding: 'utf8' });
    if (answer.status === 0 && (JSON.parse(answer.stdout) as { births: number }).births >= births) return;
  }
}

const start = (...args: readonly string[]) =>
  spawn(process.execPath, [program, ...args], { cwd: folder, stdio: 'ignore' });
const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once('exit', () => resolve()));

describe('a run', () => {
  const one = join(folder, 'one.db');

  it('has one lineage on one worker, on two, and through kill -9 and resume', async () => {
    streetlight('search', ...small, '--workers', '1', '--db', one);
    const two = join(folder, 'two.db');
    streetlight('search', ...small, '--workers', '2', '--debug', '--db', two);
    const killed = join(folder, 'killed.db');
    let child = start('search', ...small, '--db', killed);
    for (const births of [1, 20, 33, 60]) {
      await untilBirths(killed, births, child);
      child.kill('SIGKILL');
      await ended(child);
      child = start('resume', '--db', killed);
    }
    await ended(child);
    if (shown(killed).status !== 'finished') streetlight('resume', '--db', killed);
    expect(shown(one)).toMatchObject({ status: 'finished', births: 90 });
    expect(shown(two).eventHash).toBe(shown(one).eventHash);
    expect(shown(killed).eventHash).toBe(shown(one).eventHash);
    expect(streetlight('verify', '--replay', '10', '--db', killed)).toContain('sound');
  });

  it('stops on SIGINT after whole births, exits 130 and says how to resume', async () => {
    const db = join(folder, 'interrupted.db');
    const child = spawn(process.execPath, [program, 'search', document, '--births', '100000', '--db', db], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await untilBirths(db, 5, child);
    child.kill('SIGINT');
    await ended(child);
    expect(child.exitCode).toBe(130);
    expect(said).toContain('resume');
    // Far more births than the test would wait for: the run cannot have ended by itself.
    expect(shown(db).status).toBe('interrupted');
    expect(streetlight('verify', '--db', db)).toContain('sound');
  });

  it('answers questions about itself', () => {
    expect(JSON.parse(streetlight('runs', '--json', '--db', one))).toHaveLength(1);
    const survivorship = JSON.parse(
      streetlight('survivorship', '--of', 'rule', '--by', 'family', '--json', '--db', one),
    ) as { groups: { n: number; events: number; censored: number }[] };
    for (const { n, events, censored } of survivorship.groups) expect(events + censored).toBe(n);
    expect(streetlight('survivorship', '--db', one)).toContain('Kaplan-Meier');
    for (const units of ['taxa', 'clades', 'individuals']) {
      const text = streetlight(
        'survivorship',
        '--units',
        units,
        '--by',
        'family',
        '--of',
        'rule',
        '--db',
        one,
      );
      expect(text).toContain('Log-rank');
      expect(text).not.toMatch(/NaN|Infinity/);
    }
    const [head, ...rows] = streetlight('survivorship', '--csv', '--db', one).trim().split('\n');
    expect(head).toBe('group,time,at_risk,events,censored,survival,se,lower,upper');
    expect(rows.length).toBeGreaterThan(1);
    for (const { name } of JSON.parse(streetlight('query', '--list', '--json')) as { name: string }[]) {
      expect(Array.isArray(JSON.parse(streetlight('query', name, '--json', '--db', one)))).toBe(true);
    }
    expect(JSON.parse(streetlight('ancestors', '80', '--json', '--db', one))).not.toHaveLength(0);
    expect(streetlight('genome', '1:80', '--db', one)).toContain('u = ');
  });

  it('records a genome that is too large and goes on', () => {
    const db = join(folder, 'large.db');
    streetlight(
      'search',
      document,
      '--births',
      '40',
      '--set',
      'evaluation.steps=5',
      '--set',
      'limits.parameters=700',
      '--db',
      db,
    );
    const facts = shown(db);
    expect(facts.births).toBe(40);
    expect(facts.evaluations.failed['too-large']).toBeGreaterThan(0);
  });

  it('is the golden run: the event hash of 200 births is the same on every machine and Node version', () => {
    const db = join(folder, 'golden.db');
    streetlight(
      'search',
      document,
      '--births',
      '200',
      '--set',
      'evaluation.steps=50',
      '--seed',
      'golden',
      '--db',
      db,
    );
    expect(shown(db).eventHash).toBe(golden.eventHash);
  });
});

describe('bad input', () => {
  const fails = (...args: readonly string[]) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd: folder });

  it.each([
    [['search', 'nowhere.yaml'], 2, 'there is no such document'],
    [['show', '--db', 'nowhere.db'], 2, 'no lineage database'],
    [['search', document, '--set', 'evolution.populaton=3'], 2, 'population'],
    [['train', 'mlpp'], 2, 'mlp'],
    [['train', 'mlp', '--rule', 'adamm'], 2, 'adam'],
    [['query', 'DELETE FROM run', '--db', 'one.db'], 2, ''],
    [['genome', 'x', '--db', 'one.db'], 2, 'RUN:BIRTH'],
    [['survivorship', '--by', 'famly', '--of', 'rule', '--db', 'one.db'], 2, 'family'],
    [['survivorship', '--tau', '100000', '--db', 'one.db'], 2, 'or less'],
    [['survivorship', '--units', 'species', '--db', 'one.db'], 2, 'clades'],
    [['resume', '1', '--db', 'one.db'], 2, 'has all its'],
    [['nonsense'], 2, 'nonsense'],
  ])('%j', (args, status, message) => {
    const answer = fails(...args);
    expect(answer.stderr).toContain(message);
    expect(answer.stderr).not.toContain('    at ');
    expect(answer.status).toBe(status);
  });

  it('leaves no database behind when the document is wrong', () => {
    fails('search', document, '--set', 'evaluation.steps=0', '--db', 'never.db');
    expect(() => readFileSync(join(folder, 'never.db'))).toThrow();
  });
});
