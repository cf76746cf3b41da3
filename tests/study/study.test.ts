/** Whole studies by the built program: killed and gone on with, registered and changed, and what is said of each. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../src/report/command-answers.ts';
import { anotherBuild } from '../support/another-build.ts';
import { builtProgram, streetlight } from '../support/program.ts';
import { itWithR, rscript } from '../support/r.ts';
import { numberIn, startNode, untilNumber } from '../support/real-process.ts';
import { smallStudy } from '../support/study.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-study-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);

function written(name: string, change: object = {}): string {
  writeFileSync(file(name), JSON.stringify({ ...smallStudy, ...change }));
  return file(name);
}
const study = written('small.yaml');

const line = (what: string, path: string, db: string, ...more: readonly string[]) => [
  ...[builtProgram, 'study', what, path, '--db', db, ...more],
];
const ran = (what: string, path: string, db: string, ...more: readonly string[]) =>
  spawnSync(process.execPath, line(what, path, db, ...more), { encoding: 'utf8' });
const carriedOut = (path: string, db: string, workers: string) =>
  execFileSync(process.execPath, line('run', path, db, '--workers', workers), { stdio: 'ignore' });

async function verdictOf(db: string, path = study): Promise<CommandAnswer<'study-verdict'>> {
  const { code, printed, noted } = await streetlight('study', 'verdict', path, '--db', db, '--json');
  expect(code, noted).toBe(0);
  return JSON.parse(printed) as CommandAnswer<'study-verdict'>;
}

/** What a study comes to: its verdict, and the event hash of each run by its block and condition. */
async function cameTo(db: string) {
  const { printed } = await streetlight('study', 'status', study, '--db', db, '--json');
  const { runs } = JSON.parse(printed) as CommandAnswer<'study-status'>;
  expect(runs.every(({ state }) => state === 'finished')).toBe(true);
  return {
    verdict: await verdictOf(db),
    hashes: runs.map(({ block, condition, eventHash }) => [block, condition, eventHash]),
  };
}

const whole = file('whole.db');
beforeAll(() => carriedOut(study, whole, '1'), 300_000);

const births = 'SELECT sum(last_told + 1) FROM run';
const cells = 'SELECT count(*) FROM cell';

describe('a study that is carried out', () => {
  it('comes to the same on two workers', async () => {
    const db = file('two.db');
    carriedOut(study, db, '2');
    expect(await cameTo(db)).toEqual(await cameTo(whole));
  });

  it('comes to the same when it is killed five times and gone on with', async () => {
    const db = file('killed.db');
    const all = numberIn(whole, births)!;
    const allCells = numberIn(whole, cells)!;
    // In the first block, between blocks, in the last one, in the trainings of the assay, and late in these.
    const kills = [
      [births, 40],
      [births, 150],
      [births, 340],
      [cells, Math.ceil(allCells / 10)],
      [cells, Math.ceil(allCells / 2)],
    ] as const;
    for (const [query, least] of kills) {
      const process = startNode(line('run', study, db, '--workers', '2'));
      await untilNumber(process, db, query, least);
      process.child.kill('SIGKILL');
      expect(await process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
      expect(numberIn(db, query)!).toBeLessThan(query === births ? all : allCells);
    }
    carriedOut(study, db, '1');
    expect(await cameTo(db)).toEqual(await cameTo(whole));
    const sound = await streetlight('verify', '--db', db);
    expect(sound.code, sound.noted).toBe(0);
  });

  it('is interrupted by a signal with words that say how to go on', async () => {
    const db = file('signalled.db');
    const process = startNode(line('run', study, db, '--workers', '1'));
    await untilNumber(process, db, births, 5);
    process.child.kill('SIGINT');
    expect(await process.ended()).toEqual({ code: 130, signal: null });
    expect(process.said()).toMatch(
      /Stopped: \d of 9 runs of small are over\. To go on:\n.*study run .*small\.yaml/,
    );
  });

  it('has its founders in every condition', () => {
    const db = new Sqlite(whole, { readonly: true });
    const founders = db
      .prepare<[], [run: number, architectures: string]>(
        `SELECT run_of, group_concat(architecture, ' ') FROM
           (SELECT id >> 40 AS run_of, architecture FROM individual WHERE p1 IS NULL AND (id & 1099511627775) < 8 ORDER BY id)
         GROUP BY 1`,
      )
      .raw()
      .all();
    db.close();
    const ofBlocks = [0, 1, 2].map((block) =>
      founders.slice(3 * block, 3 * block + 3).map(([, architectures]) => architectures),
    );
    expect(founders).toHaveLength(9);
    for (const block of ofBlocks) expect(new Set(block).size).toBe(1);
    expect(new Set(ofBlocks.flat()).size).toBe(3);
  });

  it('gives numbers for each block that its own runs give one by one', async () => {
    const { assays } = await verdictOf(whole);
    const selection = assays.find(({ name }) => name === 'selection')!;
    const db = new Sqlite(whole, { readonly: true });
    const livingMean = (run: number) =>
      db
        .prepare<[number], number>(
          `SELECT avg(e.fitness) FROM evaluation e WHERE (e.individual >> 40) = ? AND e.individual NOT IN (SELECT individual FROM death)`,
        )
        .pluck()
        .get(run)!;
    for (const { runs, measures } of selection.blocks)
      expect(measures!['difference']).toBeCloseTo(livingMean(runs[0]!) - livingMean(runs[1]!), 12);
    db.close();
  });
});

describe('a registration', () => {
  const db = file('registered.db');
  beforeAll(() => {
    const { status, stderr } = ran('register', study, db);
    expect(status, stderr).toBe(0);
    carriedOut(study, db, '2');
  }, 300_000);

  it('makes the verdict a confirmatory one, of the same numbers', async () => {
    const found = await verdictOf(db);
    expect(found.status).toBe('confirmatory');
    expect(found.registration).toMatchObject({ times: 1, deviations: [], isConfirmatory: true });
    const exploratory = await verdictOf(whole);
    expect(exploratory.status).toBe('exploratory');
    for (const key of ['assays', 'controls', 'primary', 'secondary', 'outcome', 'flow'] as const)
      expect(found[key]).toEqual(exploratory[key]);
  });

  it('is made once, and not after the fact', async () => {
    const again = await streetlight('study', 'register', study, '--db', db);
    expect(again.code).toBe(0);
    expect(again.printed).toMatch(/was registered as it stands/);
    const late = await streetlight('study', 'register', study, '--db', whole);
    expect(late.code).toBe(2);
    expect(late.noted).toMatch(/9 runs of study small are in this file already/);
  });

  it('holds: a study that was changed is not carried on in its name, and its verdict lists what changed', async () => {
    const changed = written('changed.yaml', {
      blocks: 4,
      primary: { ...smallStudy.primary, smallest: 0.5 },
    });
    const { status, stderr } = ran('run', changed, db);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /blocks \(registered as 3, analysed as 4\); primary\.smallest \(registered as 0\.05, analysed as 0\.5\)/,
    );
    const found = await verdictOf(db, changed);
    expect(found.status).toBe('exploratory');
    expect(found.registration.deviations.map(({ at }) => at)).toEqual([
      'blocks',
      'primary.smallest',
      'runs in the file',
    ]);
    const shown = await streetlight('study', 'verdict', changed, '--db', db);
    expect(shown.printed).toMatch(
      /not carried out or analysed as registered, so everything here is exploratory:\n {2}blocks: /,
    );
  });

  it('cannot be altered in the file, and `verify` sees where it was all the same', async () => {
    const copy = file('altered.db');
    copyFileSync(db, copy);
    const open = new Sqlite(copy);
    expect(() => open.exec("UPDATE registration SET registered_at = '2020-01-01'")).toThrow(/append-only/);
    expect(() => open.exec('DELETE FROM registration')).toThrow(/append-only/);
    const trigger = open
      .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'registration_no_update'")
      .pluck()
      .get()!;
    open.exec('DROP TRIGGER registration_no_update');
    open.exec("UPDATE registration SET registered_at = '2020-01-01'");
    open.exec(trigger);
    open.close();
    const { code, printed } = await streetlight('verify', '--db', copy);
    expect(code).toBe(1);
    expect(printed).toMatch(/registration 1, of study small, is not what was written/);
  });

  it('does not hold where the study was not carried out whole, and there is no outcome then', async () => {
    const part = file('part.db');
    expect(ran('register', study, part).status).toBe(0);
    const process = startNode(line('run', study, part, '--workers', '1'));
    await untilNumber(process, part, births, 160);
    process.child.kill('SIGINT');
    await process.ended();
    expect(ran('assay', study, part).status).toBe(0);
    const found = await verdictOf(part);
    expect(found.status).toBe('exploratory');
    expect(found.registration.deviations).toEqual([
      { at: 'runs in the file', what: expect.stringMatching(/^\d of 9 are not over$/) },
    ]);
    expect(found.noOutcome).toMatch(/of 9 runs are not over/);
  });

  it('cannot be made over runs of the study as it was, under another seed or with other births', async () => {
    for (const change of [
      { seed: 2 },
      { base: { ...smallStudy.base, evaluation: { steps: 13, batchSize: 16 } } },
    ]) {
      const refused = await streetlight('study', 'register', written('again.yaml', change), '--db', whole);
      expect(refused.code).toBe(2);
      expect(refused.noted).toMatch(/runs of study small are in this file already/);
    }
  });

  it('holds the data of files: where they changed, the verdict says so', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${i % 7},${(i * 5) % 11},${i % 3 === 0 ? 'a' : 'b'}`);
    const data = file('data.csv');
    writeFileSync(data, ['p,q,label', ...rows].join('\n'));
    const csv = written('csv.yaml', {
      blocks: 3,
      base: { ...smallStudy.base, tasks: [{ name: 'csv', path: data }] },
      heldOut: { draws: 0 },
    });
    const own = file('csv.db');
    expect(ran('register', csv, own).status).toBe(0);
    writeFileSync(data, ['p,q,label', ...rows.map((row) => row.replace(/a$/, 'c'))].join('\n'));
    const refused = ran('run', csv, own);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/data \(the tasks of 3 blocks, small-1-1 among them, have other data/);
  });

  it('lists runs that were extended', async () => {
    const copy = file('extended.db');
    copyFileSync(db, copy);
    execFileSync(process.execPath, [builtProgram, 'resume', '2', '--births', '52', '--db', copy], {
      stdio: 'ignore',
    });
    const extended = ran('assay', study, copy);
    expect(extended.status, extended.stderr).toBe(0);
    const { registration } = await verdictOf(copy);
    expect(registration.deviations).toEqual([{ at: 'run 2', what: 'extended to 52 births' }]);
  });
});

describe('what goes wrong', () => {
  it('with one run is told, and the others come to their end', async () => {
    const db = file('half.db');
    const long = written('long.yaml', {
      base: { ...smallStudy.base, evolution: { ...smallStudy.base.evolution, births: 200 } },
    });
    const begun = startNode(line('run', long, db, '--workers', '1'));
    await untilNumber(begun, db, births, 32);
    begun.child.kill('SIGKILL');
    await begun.ended();
    // Another version goes on with what this one began.
    const other = anotherBuild(file('other'), [['dist/src/evolution/versions.js', 'aging: 1,', 'aging: 2,']]);
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [other, ...line('run', long, db, '--workers', '1').slice(1)],
      { encoding: 'utf8' },
    );
    expect(status, stdout + stderr).toBe(1);
    expect(stderr).toMatch(/A of small-1-1: run 1 would go on as another search: .*aging/);
    const unfinished = 9 - Number(/(\d) of 9 runs of small are over/.exec(stdout)![1]);
    expect(unfinished).toBeGreaterThan(0);
    expect(unfinished).toBeLessThan(4);
    const { flow, assays } = await verdictOf(db, long);
    expect(flow).toMatchObject({ runs: 9, over: 9 - unfinished, unfinished, missing: 0 });
    expect(assays[0]!.blocks[0]).toMatchObject({ measures: null });
    expect(assays[0]!.blocks[0]!.missing).toMatch(/^A( and S)?: not over$/);
    // This version can go on with them; that two have bred is told.
    carriedOut(long, db, '1');
    const shown = await streetlight('study', 'status', long, '--db', db, '--json');
    const { runs } = JSON.parse(shown.printed) as CommandAnswer<'study-status'>;
    expect(runs.every(({ state }) => state === 'finished')).toBe(true);
  });

  it('with a study that was changed when it was begun, or that another version grows otherwise, is refused in words', async () => {
    const more = written('more.yaml', {
      base: { ...smallStudy.base, evolution: { ...smallStudy.base.evolution, births: 60 } },
    });
    const refused = ran('run', more, whole);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /run 1 is A of small-1-1 as another search than study small has there now: they differ in evolution\.births; and so do 8 more runs/,
    );
    const other = anotherBuild(file('grown'), [
      [
        'dist/src/search-space/operator-names.js',
        'const defaultRates = {};',
        "const defaultRates = { 'insert-node': 9 };",
      ],
    ]);
    const grown = spawnSync(process.execPath, [other, ...line('run', study, whole).slice(1)], {
      encoding: 'utf8',
    });
    expect(grown.status, grown.stderr).toBe(2);
    expect(grown.stderr).toMatch(/they differ in founders\.architectures/);
    const told = await streetlight('study', 'status', more, '--db', whole);
    expect(told.printed).toMatch(
      /run 1: left out: it is A of small-1-1 as another search, which differs in evolution\.births/,
    );
  });

  it('in every birth of a run leaves scores at the floor, and nothing out', async () => {
    const diverging = written('diverging.yaml', {
      conditions: {
        ...smallStudy.conditions,
        S: { summary: 'diverges', set: { founders: { rules: ['u = g * 1e30'] } } },
      },
      assays: {
        ...smallStudy.assays,
        home: { ...smallStudy.assays.home, rules: ['adam', 'u = g * 1e30'] },
      },
    });
    const db = file('diverging.db');
    carriedOut(diverging, db, '2');
    const { flow, assays } = await verdictOf(db, diverging);
    expect(flow).toMatchObject({ over: 9, unfinished: 0 });
    const home = assays.find(({ name }) => name === 'home')!;
    expect(home.cells!.failed['diverged']).toBeGreaterThan(0);
    // Nobody lives in the second population: it scores nothing anywhere, and the first one is all that is left.
    const { measures } = home.blocks[0]!;
    expect(measures!['tuned at second']).toBeLessThanOrEqual(0);
    expect(measures!['tuned at first']).toBeGreaterThan(0);
  });

  it('before there is anything is said in words', async () => {
    const none = await streetlight('study', 'verdict', study, '--db', file('none.db'));
    expect(none.code).toBe(2);
    const empty = file('empty.db');
    ran('register', study, empty);
    const nothing = await streetlight('study', 'verdict', study, '--db', empty);
    expect(nothing.code).toBe(2);
    expect(nothing.noted).toMatch(/no run of study small is in this file/);
    const unknown = await streetlight('study', 'verdict', 'adam-frendly-short');
    expect(unknown.noted).toMatch(/did you mean.*adam-friendly-short/i);
  });

  it('with cells that were dropped is refused by the verdict, and made good by `study assay`', async () => {
    const copy = file('dropped.db');
    copyFileSync(whole, copy);
    const open = new Sqlite(copy);
    open.exec('DELETE FROM cell');
    open.close();
    const refused = await streetlight('study', 'verdict', study, '--db', copy);
    expect(refused.code).toBe(2);
    expect(refused.noted).toMatch(/trainings \(subjects\) are not in this file yet/);
    expect(ran('assay', study, copy).status).toBe(0);
    expect(await verdictOf(copy)).toEqual(await verdictOf(whole));
    expect((await streetlight('verify', '--db', copy)).code).toBe(0);
  });
});

describe('a report', () => {
  const out = file('report');
  const script = join(out, 'recompute.R');
  beforeAll(async () => {
    const { code, noted } = await streetlight('study', 'report', study, '--db', whole, '--out', out);
    expect(code, noted).toBe(0);
  });

  it('holds the verdict, the study as it was written, and every training', async () => {
    expect(JSON.parse(readFileSync(join(out, 'verdict.json'), 'utf8'))).toEqual(await verdictOf(whole));
    expect(readFileSync(join(out, 'study.yaml'), 'utf8')).toBe(`${readFileSync(study, 'utf8')}\n`);
    const rows = readFileSync(join(out, 'cells.csv'), 'utf8').trimEnd().split('\n');
    const { assays } = await verdictOf(whole);
    expect(rows).toHaveLength(1 + assays.reduce((sum, { cells: own }) => sum + (own?.trainings ?? 0), 0));
  });

  const withR = itWithR('stats');
  withR('is computed again by R, number by number', () => {
    const { status, text } = rscript(script);
    expect(text).toMatch(/All numbers agree/);
    expect(status).toBe(0);
  });

  // Each by itself: a training, a population, the value of a block, a test.
  withR.each([
    ['cells.csv', /(home,judgement,[^\n]*,final,,)([\d.]+)/, '$10.001'],
    ['values.csv', /(home,small-1-1,default at first,)([-\d.e]+)/, '$15'],
    ['endpoints.csv', /(primary,home,default advantage,3,)([-\d.e]+)/, '$19'],
    ['values.csv', /(selection,small-1-2,difference,)([-\d.e]+)/, '$17'],
  ] as const)('is found out where %s says something else', (name, from, to) => {
    const path = join(out, name);
    const sound = readFileSync(path, 'utf8');
    expect(sound).toMatch(from);
    writeFileSync(path, sound.replace(from, to));
    const { status, text } = rscript(script);
    writeFileSync(path, sound);
    expect(text).toMatch(/DIFFERS/);
    expect(status).toBe(1);
  });

  it('replaces nothing unless told to', async () => {
    const again = await streetlight('study', 'report', study, '--db', whole, '--out', out);
    expect(again.code).toBe(2);
    expect(again.noted).toMatch(/there already/);
    const forced = await streetlight('study', 'report', study, '--db', whole, '--out', out, '--force');
    expect(forced.code).toBe(0);
  });
});

describe('a plan', () => {
  it('counts what there is to do, and knows its power from the pilot', async () => {
    const db = file('pilot.db');
    expect(ran('run', study, db, '--pilot').status).toBe(0);
    const { status, stdout, stderr } = ran('plan', study, db, '--json');
    expect(status, stderr).toBe(0);
    const plan = JSON.parse(stdout) as CommandAnswer<'study-plan'>;
    // Three blocks of three conditions of 50 births on one task; 2 x (8 founders + 2 subjects x 2 rules x (9 + 2)) cells.
    expect(plan.counts).toMatchObject({ blocks: 3, runs: 9, births: 450, trainings: 450 });
    expect(plan.counts.assayTrainings).toBe(3 * (2 * 8 + 2 * 2 * 2 * (9 * 1 + 2 * 1)));
    expect(plan.counts.costUnits).toBe(450 * 36);
    expect(plan.power).toMatchObject({ pilotBlocks: 3 });
    // Pilot blocks are none of the study's.
    const open = JSON.parse(
      (await streetlight('study', 'status', study, '--db', db, '--json')).printed,
    ) as CommandAnswer<'study-status'>;
    expect(open.runs.every(({ run }) => run === null)).toBe(true);
    expect(readFileSync(study, 'utf8')).toContain('"pilot":3');
  });
});
