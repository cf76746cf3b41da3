/** The time-shift assay on real runs, against a second statement: who lived when is asked in SQL, and every pair is tuned and trained by a plain loop in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { timeShiftAssay } from '../../src/assays/time-shift.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { individualId } from '../../src/lineage/pack.ts';
import { renderers } from '../../src/report/answers.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveRate, naiveScores, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-time-shift-'));
const db = join(folder, 'lineage.db');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evolution = { births: 14, population: 4, tournament: 2, inFlight: 2 };
const base = {
  ...{ name: 'joint', task: { name: 'mnist1d-pair' }, evaluation: { steps: 6, batchSize: 8 }, evolution },
  founders: {
    rules: ['adam', 'heavy-ball', 'sgd'],
    architectures: ['linear', 'y = relu(dense(x, units: 8))'],
  },
};

beforeAll(() => {
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, base);
  for (const condition of ['rule-fixed', 'architecture-fixed'])
    launchDocument(folder, db, '3', { ...base, evolution: { ...evolution, condition } });
  launchDocument(folder, db, '5', { ...base, evolution: { ...evolution, births: 5 } });
}, 300_000);

const asked = { censuses: 3, sample: 2, seeds: 2, tuningSeeds: 1 };

async function ask(
  runs: readonly number[],
  { at = db, context = silentContext as AskContext, workers = 1 } = {},
) {
  const lineage = openLineage(at, 'read');
  try {
    const params = timeShiftAssay.params.parse({ runs, ...asked, workers });
    return await timeShiftAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

type Answer = Awaited<ReturnType<typeof ask>>;

/** Those who lived right after a birth was told. */
const livingAt = ({ db }: Lineage, run: number, time: number): string[] =>
  db
    .prepare<[{ first: number; time: number }], number>(
      `SELECT i.id - @first FROM individual i LEFT JOIN death d ON d.individual = i.id
       WHERE i.id BETWEEN @first AND @first + @time AND (d.event IS NULL OR (d.event > @time AND d.event > i.id - @first))`,
    )
    .pluck()
    .all({ first: individualId(run, 0), time })
    .map((birth) => `${run}:${birth}`);

/** Of each pair of times the mean over all who lived, from the individuals that were sampled, by the definition. */
async function naive({ run, seed, censuses }: Answer['runs'][number]) {
  const lineage = openLineage(db, 'read');
  const score = await naiveScores(lineage, run);
  const canon = lineage.db.prepare<[number], [string, string]>(
    'SELECT a.canon, r.canon FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule WHERE i.id = ?',
  );
  const genomeOf = (individual: string) =>
    canon.raw().get(individualId(run, Number(individual.split(':')[1])))!;
  const seedOf = (stage: string, k: number) => `assay/time-shift/${seed}/${stage}/${k}`;
  const known = new Map<string, number>();
  const scoreOf = async (architecture: string, rule: string) => {
    const key = `${architecture}|${rule}`;
    if (!known.has(key)) {
      const rate = await naiveRate((j) => score(architecture, rule, seedOf('tuning', 0), j, 'select'));
      const of = (k: number) => score(architecture, rule, seedOf('judgement', k), rate, 'final');
      known.set(key, ((await of(0)) + (await of(1))) / 2);
    }
    return known.get(key)!;
  };
  const means: number[] = [];
  for (const first of censuses)
    for (const second of censuses) {
      let [total, weights] = [0, 0];
      for (const a of first.individuals)
        for (const b of second.individuals) {
          // How many pairs of the living stand behind each that was sampled: themselves, or all others.
          const [n, m] = [first.living, first.individuals.length];
          const weight = first !== second ? 1 : a === b ? n / m : (n * (n - 1)) / (m * (m - 1));
          total += weight * (await scoreOf(genomeOf(a)[0], genomeOf(b)[1]));
          weights += weight;
        }
      means.push(total / weights);
    }
  lineage.close();
  return means;
}

describe('shifts in time of real runs', () => {
  it('are between samples of those who lived at equally spaced times', async () => {
    const { runs } = await ask([1, 2]);
    const lineage = openLineage(db, 'read');
    for (const { run, censuses } of runs) {
      expect(censuses.map(({ time }) => time)).toEqual([3, 8, 13]);
      for (const { time, living, individuals, inclusionProbability } of censuses) {
        const alive = livingAt(lineage, run, time);
        expect(living).toBe(alive.length);
        expect(alive).toEqual(expect.arrayContaining(individuals));
        expect(new Set(individuals).size).toBe(Math.min(2, living));
        expect(inclusionProbability).toBe(individuals.length / living);
      }
    }
    lineage.close();
  });

  it('have the scores of the definition, their contrast, and the mean over runs', async () => {
    const { runs, results, cells } = await ask([1, 2]);
    const contrasts: number[] = [];
    for (const each of runs) {
      const means = await naive(each);
      each.pairs.forEach(({ score }, p) => {
        expect(score).toBeCloseTo(means[p]!, 12);
      });
      const [own, past, future] = [
        [0, 4, 8],
        [3, 6, 7],
        [1, 2, 5],
      ].map((places) => places.reduce((sum, p) => sum + means[p]! / 3, 0));
      contrasts.push(own! - (past! + future!) / 2);
      expect(each.decades).toMatchObject({
        contemporaneous: expect.closeTo(own!, 12) as number,
        past: expect.closeTo(past!, 12) as number,
        future: expect.closeTo(future!, 12) as number,
      });
    }
    const { contrast } = results.decades;
    expect(contrast.mean!.mean).toBeCloseTo((contrasts[0]! + contrasts[1]!) / 2, 12);
    const agree = contrasts[0]! > 0 === contrasts[1]! > 0;
    expect(contrast.signFlip!.p).toBe(agree ? 0.5 : 1);
    expect(cells.judged.trainings).toBe(2 * 9 * 4 * 2);
  });

  it('train nothing twice, and give the same with two threads', async () => {
    const before = cellCount(db);
    const first = await ask([1, 2]);
    expect(cellCount(db)).toBe(before);
    const at = await withoutCells(db, join(folder, 'fresh.db'));
    expect(await ask([1, 2], { at, workers: 2 })).toEqual(first);
  });

  it('go on where they were interrupted', async () => {
    const at = await withoutCells(db, join(folder, 'interrupted.db'));
    const counts = [0];
    for (const most of [1, 40]) {
      await expect(ask([1], { at, context: stopAfter(most) })).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(at));
    }
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    expect(await ask([1], { at })).toEqual(await ask([1]));
  });

  it('are shown with a map for each run, and as rows', async () => {
    const answer = await ask([1, 2]);
    const text = renderers['time-shift'].text(answer);
    expect(text).toMatch(/With 2 runs no p can be below 0\.5\./);
    expect(text).toMatch(/Run 2 \(seed 2\): own time/);
    const { head, rows } = renderers['time-shift'].csv.rows(answer);
    expect(rows).toHaveLength(18);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([head.length]));
  });

  it.each([
    ['1 3 4', /in run 3, of the condition rule-fixed, rules do not evolve/],
    ['1 3 4', /in run 4, of the condition architecture-fixed, architectures do not evolve/],
    ['5', /run 5 has 5 births, and its first population is of 4: there is no room for 3 censuses/],
    ['1 99', /there is no run 99/],
    ['1 --censuses 2', /from 3 on/],
    ['1 --sample 1', /from 2 on/],
  ])('of runs %s are refused', async (line, words) => {
    const few = line.includes('--censuses') ? [] : ['--censuses', '3'];
    const { code, noted } = await streetlight('assay', 'time-shift', ...line.split(' '), ...few, '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
