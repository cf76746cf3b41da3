/** Whole runs through the real program: worker threads, the database, kill -9, resume, and a lineage that is known for ever. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { openLineage } from '../../src/lineage/open.ts';
import golden from '../golden/smoke-200.json' with { type: 'json' };
import { streetlight as inProcess } from '../support/program.ts';
import { killMidRun, startNode, untilBirths, untilSaid } from '../support/real-process.ts';

const root = packageRoot();
const program = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'streetlight-run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = join(root, 'search-spaces/smoke.yaml');
const small = [document, '--births', '90', '--set', 'evaluation.steps=40', '--seed', 'kill'];

/** The built program, which may start threads. */
function streetlight(...args: readonly string[]): string {
  return execFileSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What the program prints for a question, in this process: that takes a fifth of the time. */
async function asked(...args: readonly string[]): Promise<string> {
  const { code, printed, noted } = await inProcess(...args);
  expect(code, noted).toBe(0);
  return printed;
}

const shown = async (db: string) =>
  JSON.parse(await asked('show', '--json', '--db', db)) as {
    status: string;
    births: number;
    eventHash: string;
    best: { fitness: number };
    evaluations: { completed: number; failed: Record<string, number> };
  };

const start = (...args: readonly string[]) => startNode([program, ...args], folder);

/**
 * Kills a run with SIGKILL once it has told so many births, resumes it and kills it again, and so on; the last resume comes to the end of the run. A transaction holds 32
 * births at most, so that `all` must lie well above the last kill.
 */
async function throughKills(
  search: readonly string[],
  resumed: readonly string[],
  { db, kills, all }: { readonly db: string; readonly kills: readonly number[]; readonly all: number },
): Promise<void> {
  let run = start('search', ...search, '--db', db);
  for (const births of kills) {
    const told = await killMidRun(run, db, births, all);
    expect(await shown(db)).toMatchObject({ status: 'interrupted', births: told });
    run = start('resume', ...resumed, '--db', db);
  }
  expect(await run.ended()).toEqual({ code: 0, signal: null });
}

const one = join(folder, 'one.db');

describe('a run', () => {
  it('has one lineage on one worker and on two', async () => {
    streetlight('search', ...small, '--workers', '1', '--db', one);
    const two = join(folder, 'two.db');
    streetlight('search', ...small, '--workers', '2', '--debug', '--db', two);
    expect(await shown(one)).toMatchObject({ status: 'finished', births: 90 });
    expect((await shown(two)).eventHash).toBe((await shown(one)).eventHash);
  });

  it('has one lineage through kill -9 and resume', async () => {
    const longer = small.map((word) => (word === '90' ? '180' : word));
    const [straight, killed] = [join(folder, 'straight-180.db'), join(folder, 'killed.db')];
    streetlight('search', ...longer, '--db', straight);
    await throughKills(longer, [], { db: killed, kills: [1, 60], all: 180 });
    expect(await shown(straight)).toMatchObject({ status: 'finished', births: 180 });
    expect((await shown(killed)).eventHash).toBe((await shown(straight)).eventHash);
    expect(streetlight('verify', '--replay', '10', '--db', killed)).toContain('sound');
  });

  it('has one lineage too where evaluations are compared, used again and confirmed', async () => {
    const everything = join(folder, 'everything.yaml');
    writeFileSync(
      everything,
      JSON.stringify({
        name: 'everything',
        tasks: [{ name: 'mnist1d' }, { name: 'mnist1d', seed: 7 }],
        evaluation: {
          steps: 36,
          hurdles: { rungs: [12, 24], atLeast: 6 },
          cache: { probeSteps: 4, verifySteps: 8 },
        },
        evolution: {
          condition: 'alternating',
          period: 1,
          population: 12,
          births: 100,
          inFlight: 6,
          tournament: 4,
          gate: { quantile: 0.7, atLeast: 6 },
        },
        founders: { architectures: ['linear', 'mlp'], rules: ['sgd', 'adam'], mutations: [0, 3] },
        limits: { parameters: 30000, units: 64, stepFlops: 3e6 },
      }),
    );
    const alike = [everything, '--seed', 'all'];
    const straight = join(folder, 'straight.db');
    streetlight('search', ...alike, '--workers', '1', '--db', straight);
    const killed = join(folder, 'killed-twice.db');
    const onTwo = ['--workers', '2'];
    await throughKills([...alike, ...onTwo], onTwo, { db: killed, kills: [10, 30], all: 100 });
    expect(await shown(straight)).toMatchObject({ status: 'finished', births: 100 });
    expect((await shown(killed)).eventHash).toBe((await shown(straight)).eventHash);
    expect(streetlight('verify', '--replay', '6', '--db', killed)).toContain('sound');
    const count = async (table: string) =>
      (
        JSON.parse(
          await asked('query', `SELECT count(*) AS n FROM ${table}`, '--json', '--db', straight),
        ) as { rows: { n: number }[] }
      ).rows[0]!.n;
    for (const table of ['training', 'rung WHERE fitness < bar', 'reevaluation', 'behaviour', 'timing'])
      expect(await count(table), table).toBeGreaterThan(0);
  });

  it('is over once its cost units are spent, and cannot be resumed then', async () => {
    const db = join(folder, 'cost.db');
    const args = [...small, '--set', 'evolution.costUnits=5000', '--db', db];
    const answer = JSON.parse(streetlight('search', '--json', ...args)) as {
      told: number;
      endReason: string;
    };
    // 40 steps of 3 units each, and nothing for births that could not be trained.
    expect(answer.endReason).toBe('cost-units');
    expect(answer.told).toBeGreaterThanOrEqual(Math.ceil(5000 / 120));
    expect(answer.told).toBeLessThan(90);
    const facts = await shown(db);
    expect(facts.status).toBe('finished');
    expect(facts.births).toBe(answer.told);
    const { rows: spent } = JSON.parse(
      await asked(
        'query',
        'SELECT sum(cost_units) AS spent, max(individual) AS last FROM evaluation',
        '--json',
        '--db',
        db,
      ),
    ) as { rows: { spent: number; last: number }[] };
    expect(spent[0]!.spent).toBeGreaterThanOrEqual(5000);
    expect(spent[0]!.spent).toBeLessThan(5000 + 120);
    const resumed = spawnSync(process.execPath, [program, 'resume', '1', '--db', db], { encoding: 'utf8' });
    expect(resumed.stdout).toContain('(cost-units)');
  });

  it('stops on SIGINT after whole births, exits 130 and says how to resume', async () => {
    const db = join(folder, 'interrupted.db');
    const run = start('search', document, '--births', '100000', '--db', db);
    await untilBirths(run, db, 5);
    run.child.kill('SIGINT');
    expect(await run.ended()).toEqual({ code: 130, signal: null });
    expect(run.said()).toContain('resume');
    // Far more births than the test would wait for: the run cannot have ended by itself.
    expect((await shown(db)).status).toBe('interrupted');
    expect(streetlight('verify', '--db', db)).toContain('sound');
  });

  it('stops at once on a second signal, however long the evaluation in hand, with whole births recorded', async () => {
    const db = join(folder, 'endless.db');
    const long = ['--seed', 'stop', '--workers', '1', '--set', 'evaluation.steps=2000000'];
    const run = start('search', document, ...long, '--db', db);
    await untilBirths(run, db, 0);
    run.child.kill('SIGINT');
    await untilSaid(run, 'stops at once');
    // The evaluation in hand takes minutes.
    expect(run.child.exitCode).toBe(null);
    run.child.kill('SIGTERM');
    expect(await run.ended()).toEqual({ code: 130, signal: null });
    expect(run.said()).toContain(`resume 1 --db ${db}`);
    expect(await shown(db)).toMatchObject({ status: 'interrupted', births: 0 });
    expect(streetlight('verify', '--db', db)).toContain('sound');
  });

  it('answers questions about itself', async () => {
    expect(JSON.parse(await asked('runs', '--json', '--db', one)).runs).toHaveLength(1);
    const survivorship = JSON.parse(
      await asked('survivorship', '--of', 'rule', '--by', 'family', '--json', '--db', one),
    ) as { groups: { n: number; events: number; censored: number }[] };
    for (const { n, events, censored } of survivorship.groups) expect(events + censored).toBe(n);
    expect(await asked('survivorship', '--db', one)).toContain('Kaplan-Meier');
    for (const units of ['taxa', 'clades', 'individuals']) {
      const text = await asked(
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
    const [head, ...rows] = (await asked('survivorship', '--csv', '--db', one)).trim().split('\n');
    expect(head).toBe('group,time,at_risk,events,censored,survival,se,lower,upper');
    expect(rows.length).toBeGreaterThan(1);
    const { queries } = JSON.parse(await asked('query', '--list', '--json')) as {
      queries: { name: string }[];
    };
    for (const { name } of queries)
      expect(JSON.parse(await asked('query', name, '--json', '--db', one)).rows, name).toBeInstanceOf(Array);
    expect(JSON.parse(await asked('ancestors', '80', '--json', '--db', one)).line[0].individual).toBe('1:80');
    expect(await asked('genome', '1:80', '--db', one)).toContain('u = ');
  });

  it('records a genome that is too large and goes on', async () => {
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
    const facts = await shown(db);
    expect(facts.births).toBe(40);
    expect(facts.evaluations.failed['too-large']).toBeGreaterThan(0);
  });

  it('is the golden run: the event hash of 200 births is the same on every machine and Node version', async () => {
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
    expect((await shown(db)).eventHash).toBe(golden.eventHash);
  });
});

describe('train', () => {
  it('trains one genome and gives the facts', () => {
    const facts = JSON.parse(streetlight('train', 'linear', '--steps', '50', '--json')) as {
      end: { status: string };
      stepsDone: number;
      parameters: number;
      curve: number[];
      measured: Record<string, { loss: number; accuracy: number }>;
    };
    expect(facts).toMatchObject({ end: { status: 'completed' }, stepsDone: 50, parameters: 410 });
    expect(facts.curve).toHaveLength(50);
    expect(Object.keys(facts.measured)).toEqual(['search', 'select', 'final']);
    expect(streetlight('train', 'linear', '--steps', '50')).toContain('completed after 50 steps');
  });

  it('just ends on SIGINT', async () => {
    const training = start('train', 'mlp', '--steps', '20000000');
    training.child.kill('SIGINT');
    expect(await training.ended()).toEqual({ code: null, signal: 'SIGINT' });
  });
});

it.each([
  [[], 'every run in one.db is finished'],
  [['1'], 'run 1 is over after 90 births (births)'],
])('resume %j of what is finished has nothing to do, and that is no failure', async (which, words) => {
  const before = await shown(one);
  expect(streetlight('resume', ...which, '--db', 'one.db')).toContain(words);
  expect(JSON.parse(streetlight('resume', ...which, '--json', '--db', 'one.db'))).toMatchObject({
    run: 1,
    told: before.births,
    births: before.births,
    eventHash: before.eventHash,
    cpuMs: 0,
  });
  expect(await shown(one)).toEqual(before);
});

describe('bad input', () => {
  const fails = (...args: readonly string[]) =>
    spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', cwd: folder });

  it.each([
    [['search', 'nowhere.yaml'], 'there is no such document'],
    [['show', '--db', 'nowhere.db'], 'no lineage database'],
    [['search', document, '--set', 'evolution.populaton=3'], 'population'],
    [['train', 'mlpp'], 'mlp'],
    [['train', 'mlp', '--rule', 'adamm'], 'adam'],
    [['query', 'DELETE FROM run', '--db', one], ''],
    [['genome', 'x', '--db', one], 'RUN:BIRTH'],
    [['survivorship', '--by', 'famly', '--of', 'rule', '--db', one], 'family'],
    [['survivorship', '--tau', '100000', '--db', one], 'or less'],
    [['survivorship', '--units', 'species', '--db', one], 'clades'],
    [['nonsense'], 'nonsense'],
  ])('%j', async (args, message) => {
    const { code, noted } = await inProcess(...args);
    expect(noted).toContain(message);
    expect(noted).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it.each([
    ['the document', ['--set', 'evaluation.steps=0'], ['--set evaluation.steps: ']],
    ['a rate', ['--set', 'variation.rates.alter-opp=1'], ['--set variation.rates.alter-opp: ', 'alter-op']],
  ])('leaves nothing behind when %s is wrong, and says where', (_, args, words) => {
    const answer = fails('search', document, ...args, '--db', 'never.db');
    expect(answer.status).toBe(2);
    for (const word of words) expect(answer.stderr).toContain(word);
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('tells everything that shows once tasks are open at once, and leaves nothing behind', () => {
    const text = [
      'name: misfit',
      'tasks: [{ name: csv, path: nowhere.csv }, { name: mnist1d, select: 0 }]',
      'evaluation: { batchSize: 5000 }',
      'evolution: { gate: {} }',
      'founders:',
      '  architectures:',
      '    - linear',
      "    - 'y = add(x, dense(x, units: 3))'",
    ];
    writeFileSync(join(folder, 'misfit.yaml'), text.join('\n'));
    const { status, stderr } = fails('search', 'misfit.yaml', '--db', 'never.db');
    expect(status).toBe(2);
    const places = stderr.split('\n').flatMap((line) => /^([^ ]+):/.exec(line)?.[1] ?? []);
    expect(places).toEqual([
      join(folder, 'nowhere.csv'),
      'misfit.yaml:2:68',
      'misfit.yaml:3:26',
      'misfit.yaml:8:7',
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('makes no file when there is nothing to resume', () => {
    const before = readdirSync(folder);
    expect(fails('resume', '--db', 'never.db').stderr).toContain('no lineage database');
    expect(fails('resume', '1', '--db', 'one.db').status).toBe(0);
    expect(readdirSync(folder)).toEqual(before);
    expect(() => openLineage(join(folder, 'never.db'), 'write-existing')).toThrow('no lineage database');
    expect(readdirSync(folder)).toEqual(before);
  });
});
