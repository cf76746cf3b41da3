/** Kinds of assays in a study, against second statements: plain loops over trainings in this process, or what the assay gives by hand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { rescueAnswer } from '../../src/assays/rescue-answer.ts';
import type { rotationAnswer } from '../../src/assays/rotation-answer.ts';
import type { timeShiftAnswer } from '../../src/assays/time-shift-answer.ts';
import { openLineage } from '../../src/lineage/open.ts';
import type { CommandAnswer } from '../../src/report/command-answers.ts';
import { readStudy } from '../../src/study/document.ts';
import { studyCounts } from '../../src/study/plan.ts';
import { naiveRate, naiveScores } from '../assays/support.ts';
import { builtProgram, streetlight } from '../support/program.ts';
import { itWithR, rscript } from '../support/r.ts';
import { smallStudy } from '../support/study.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-study-kinds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [file, db] = [join(folder, 'study.yaml'), join(folder, 'study.db')];

const { mutations, ...listed } = smallStudy.base.founders;
const joint = { condition: 'joint', reassortment: 0.2 };
const study = {
  ...smallStudy,
  // Judged on the final split of the own tasks, as assays by hand are.
  ...{ blocks: 2, heldOut: { draws: 0 } },
  base: {
    ...smallStudy.base,
    founders: { ...listed, rules: ['adam', 'sgd', 'heavy-ball'], mutations },
    evolution: { ...smallStudy.base.evolution, ...joint, births: 60 },
  },
  conditions: {
    one: { summary: 'joint', seeds: 'own' },
    other: { summary: 'joint, from other streams', seeds: 'own' },
    rare: {
      summary: 'random parents, in the first block alone',
      blocks: 1,
      set: { evolution: { scheme: 'random-parents' } },
    },
    tried: {
      summary: 'at the better of two learning rates',
      blocks: 1,
      set: { evaluation: { learningRates: [0, 1] } },
    },
    fixed: { summary: 'rules do not evolve', set: { evolution: { condition: 'rule-fixed' } } },
  },
  assays: {
    swap: { kind: 'transplant', conditions: ['one', 'other'], top: 1, seeds: 2, tuningSeeds: 1 },
    best: { kind: 'champions', conditions: ['one', 'other'], best: 2, seeds: 2, margin: 0.25 },
    times: {
      kind: 'time-shift',
      conditions: ['one'],
      ...{ censuses: 3, sample: 2, seeds: 1, tuningSeeds: 1 },
    },
    friendly: {
      ...{ kind: 'panel', conditions: ['one', 'other'], panel: ['sgd', 'lion'] },
      ...{ top: 2, seeds: 2, tuningSeeds: 1 },
    },
    drawn: { kind: 'panel', conditions: ['one'], panel: ['sgd'], sample: 2, seeds: 2, tuningSeeds: 1 },
    saved: {
      ...{ kind: 'rescue', conditions: ['one', 'fixed'], panel: ['sgd', 'lion'] },
      ...{ sample: 2, seeds: 1, tuningSeeds: 1 },
    },
    axes: { kind: 'rotation', conditions: ['one', 'other'], top: 2, seeds: 1, tuningSeeds: 1 },
    turned: {
      kind: 'rotation',
      conditions: ['fixed'],
      null: 'heavy-ball',
      sample: 2,
      seeds: 2,
      tuningSeeds: 1,
    },
    culled: { kind: 'rescue', conditions: ['fixed'], panel: ['sgd'], sample: 2, tuned: false },
    rates: { kind: 'panel', conditions: ['tried'], panel: ['sgd'], top: 2, seeds: 1, tuningSeeds: 1 },
    drift: { kind: 'contrast', conditions: ['fixed', 'rare'], statistic: 'final-fitness' },
    never: { kind: 'time-shift', conditions: ['fixed'], censuses: 3, sample: 2 },
  },
  primary: {
    ...{ assay: 'swap', measure: 'own', alpha: 0.3, smallest: 0.05 },
    claim: 'architectures are better with the rules that they evolved with',
  },
  ...{ secondary: [], controls: [] },
};

beforeAll(() => {
  writeFileSync(file, JSON.stringify(study));
  execFileSync(process.execPath, [builtProgram, 'study', 'run', file, '--db', db, '--workers', '2'], {
    stdio: 'ignore',
  });
}, 300_000);

async function answerOf<T>(...line: readonly string[]): Promise<T> {
  const { code, printed, noted } = await streetlight(...line, '--db', db, '--json');
  expect(code, noted).toBe(0);
  return JSON.parse(printed) as T;
}

const verdict = () => answerOf<CommandAnswer<'study-verdict'>>('study', 'verdict', file);

const assayOf = async (name: string) => (await verdict()).assays.find((each) => each.name === name)!;

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of each the mean over seeds 0 and 1. */
const overSeeds = async (score: (k: number) => Promise<number>) => meanOf([await score(0), await score(1)]);

it('conditions of fewer blocks are in the first ones, and their assays say nothing of others', async () => {
  const { flow, assays, noOutcome } = await verdict();
  expect(flow).toMatchObject({ runs: 8, over: 8, missing: 0 });
  const { blocks } = assays.find(({ name }) => name === 'drift')!;
  expect(blocks.map(({ block, missing }) => [block, missing])).toEqual([['small-1-1', null]]);
  expect(noOutcome).toBeNull();
});

describe('transplants in a study', () => {
  it('are means over pairs of the definition: at home less away', async () => {
    const { blocks } = await assayOf('swap');
    expect(blocks).toHaveLength(2);
    const lineage = openLineage(db, 'read');
    for (const { block, runs, measures } of blocks) {
      const score = await naiveScores(lineage, runs[0]!);
      const seedOf = (stage: string, k: number) => `assay/transplant/${block}/${stage}/${k}`;
      const best: [string, string][] = [];
      for (const run of runs) {
        const living = lineage.db
          .prepare<[number], [string, string]>(
            `SELECT a.canon, r.canon FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
             WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) GROUP BY a.id, r.id ORDER BY min(i.id)`,
          )
          .raw()
          .all(run);
        const anew: [number, [string, string]][] = [];
        for (const each of living)
          anew.push([await score(...each, seedOf('subjects', 0), 0, 'select'), each]);
        best.push(anew.sort(([a], [b]) => b - a)[0]![1]);
      }
      const pair = async (i: number, j: number) => {
        const [architecture, rule] = [best[i]![0], best[j]![1]];
        const rate = await naiveRate((k) => score(architecture, rule, seedOf('tuning', 0), k, 'select'));
        return overSeeds((k) => score(architecture, rule, seedOf('judgement', k), rate, 'final'));
      };
      const [home, away] = [
        meanOf([await pair(0, 0), await pair(1, 1)]),
        meanOf([await pair(0, 1), await pair(1, 0)]),
      ];
      expect(measures!['at home']).toBeCloseTo(home, 12);
      expect(measures!['away']).toBeCloseTo(away, 12);
      expect(measures!['own']).toBeCloseTo(home - away, 12);
    }
    lineage.close();
  }, 60_000);
});

describe('champions in a study', () => {
  it('are the best of the fittest when trained anew, judged from other seeds', async () => {
    const { blocks } = await assayOf('best');
    expect(blocks).toHaveLength(2);
    const lineage = openLineage(db, 'read');
    for (const { block, runs, measures } of blocks) {
      const score = await naiveScores(lineage, runs[0]!);
      const seedOf = (stage: string, k: number) => `assay/champions/${block}/${stage}/${k}`;
      const reached: number[] = [];
      for (const run of runs) {
        const fittest = lineage.db
          .prepare<[number], [string, string]>(
            `SELECT a.canon, r.canon FROM evaluation e JOIN individual i ON i.id = e.individual
             JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
             WHERE run_of(i.id) = ? AND e.fitness IS NOT NULL GROUP BY a.id, r.id ORDER BY max(e.fitness) DESC, min(i.id) LIMIT 2`,
          )
          .raw()
          .all(run);
        const anew: number[] = [];
        for (const each of fittest)
          anew.push(await overSeeds((k) => score(...each, seedOf('champions', k), 0, 'select')));
        const champion = fittest[anew[1]! > anew[0]! ? 1 : 0]!;
        reached.push(await overSeeds((k) => score(...champion, seedOf('judgement', k), 0, 'final')));
      }
      expect(measures!['first']).toBeCloseTo(reached[0]!, 12);
      expect(measures!['second']).toBeCloseTo(reached[1]!, 12);
      expect(measures!['difference']).toBeCloseTo(reached[0]! - reached[1]!, 12);
      expect(measures!['not worse']).toBeCloseTo(reached[0]! - reached[1]! + 0.25, 12);
    }
    lineage.close();
  }, 60_000);
});

describe('shifts in time in a study', () => {
  it('are those that the assay gives by hand', async () => {
    const { blocks } = await assayOf('times');
    expect(blocks).toHaveLength(2);
    for (const { runs, measures } of blocks) {
      const options = ['--censuses', '3', '--sample', '2', '--seeds', '1', '--tuning-seeds', '1'];
      const { runs: answers } = await answerOf<z.output<typeof timeShiftAnswer>>(
        ...['assay', 'time-shift', `${runs[0]!}`, ...options],
      );
      const { contrast, ruleTrend, architectureTrend } = answers[0]!.decades;
      expect(contrast).not.toBeNull();
      expect(measures).toEqual({
        contrast,
        'rule trend': ruleTrend!.value,
        'architecture trend': architectureTrend!.value,
      });
    }
  });

  it('are missing where one chromosome does not evolve, and the verdict says why', async () => {
    const { blocks } = await assayOf('never');
    expect(blocks.map(({ measures }) => measures)).toEqual([null, null]);
    expect(blocks[0]!.missing).toMatch(/of the condition rule-fixed, rules do not evolve/);
  });
});

describe('rescue in a study', () => {
  it('gives what it gives by hand', async () => {
    const { blocks } = await assayOf('culled');
    // By hand the streams are those of the run, whose seed is here that of the block.
    for (const { runs, measures } of blocks) {
      const { groups } = await answerOf<z.output<typeof rescueAnswer>>(
        ...['assay', 'rescue', `${runs[0]!}`, '--panel', 'sgd', '--sample', '2', '--no-tuned'],
      );
      for (const measure of ['default discarded', 'default as good', 'home default shift'] as const)
        expect(measures![measure]).toBeCloseTo(groups[0]!.results[measure].mean!, 12);
    }
  });
});

describe('rotation in a study', () => {
  it('gives what it gives by hand', async () => {
    const { blocks } = await assayOf('turned');
    for (const { runs, measures } of blocks) {
      const options = ['--null', 'heavy-ball', '--sample', '2', '--seeds', '2', '--tuning-seeds', '1'];
      const { populations } = await answerOf<z.output<typeof rotationAnswer>>(
        ...['assay', 'rotation', `${runs[0]!}`, ...options],
      );
      const { cells: _, undefined: none, ...means } = populations[0]!.means;
      expect(none).toBe(0);
      expect(measures).toEqual(means);
    }
  });
});

it('subjects are chosen at the learning rates at which selection saw them, and R has these', async () => {
  const lineage = openLineage(db, 'read');
  const { blocks } = await assayOf('rates');
  const trials = lineage.db
    .prepare<[number], number>(
      'SELECT DISTINCT trial FROM training WHERE run_of(individual) = ? AND counts = 1',
    )
    .pluck()
    .all(blocks[0]!.runs[0]!);
  lineage.close();
  expect(trials.sort()).toEqual([0, 1]);
});

describe('a report', () => {
  const out = join(folder, 'report');
  const script = join(out, 'recompute.R');
  beforeAll(async () => {
    const { code, noted } = await streetlight('study', 'report', file, '--db', db, '--out', out);
    expect(code, noted).toBe(0);
  });

  const withR = itWithR('stats');
  withR('of all kinds is computed again by R from the trainings', () => {
    const { status, text } = rscript(script);
    expect(text).toMatch(/All numbers agree/);
    expect(status).toBe(0);
  });

  // Each by itself: R must have looked.
  withR.each([
    ['swap', 'away'],
    ['best', 'not worse'],
    ['times', 'architecture trend'],
    ['friendly', 'regret tuned'],
    ['friendly', 'tfr2'],
    ['axes', 'excess alignment'],
    ['turned', 'null alignment'],
    ['saved', 'tuned rescued'],
    ['saved', 'default as good'],
    ['saved', 'regret tuned shift'],
    ['culled', 'default keys'],
    ['drawn', 'regret default'],
    ['drawn', 'rate displacement'],
  ])('in which %s has another value of %s is found out', (assay, measure) => {
    const path = join(out, 'values.csv');
    const sound = readFileSync(path, 'utf8');
    const line = new RegExp(`(${assay},small-1-2,${measure},)([-\\d.e]+)`);
    expect(sound).toMatch(line);
    writeFileSync(path, sound.replace(line, '$17'));
    const { status, text } = rscript(script);
    writeFileSync(path, sound);
    expect(text).toMatch(new RegExp(`DIFFERS: ${assay} small-1-2 ${measure}`));
    expect(status).toBe(1);
  });
});

it('assays are planned at least as large as they are', async () => {
  const { assays } = await verdict();
  for (const [name, assay] of Object.entries(study.assays)) {
    const read = readStudy(JSON.stringify({ ...study, primary: undefined, assays: { [name]: assay } }), file);
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    const { assayTrainings, runs } = await studyCounts(read.value, { launch: folder });
    expect(runs).toBe(8);
    const { trainings } = assays.find((each) => each.name === name)!.cells ?? { trainings: 0 };
    expect(trainings, name).toBeLessThanOrEqual(assayTrainings);
    // Populations have fewer different genomes than places; all else is exact.
    expect(trainings, name).toBeGreaterThanOrEqual(name === 'never' ? 0 : assayTrainings / 2);
  }
});

it('births with partners are planned with as many trainings as they have', async () => {
  const conditions = {
    C: { summary: 'two populations', set: { evolution: { condition: 'cooperative', reassortment: 0 } } },
  };
  const read = readStudy(
    JSON.stringify({ ...study, blocks: 2, conditions, assays: {}, primary: undefined }),
    file,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  // Eight founders, and each of the others with the best and two partners at random.
  expect((await studyCounts(read.value, { launch: folder })).trainings).toBe(2 * (8 + 52 * 3));
});
