/** What a run tells of itself beyond births and deaths: savings, coverage, every training with its seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationDetails, EvaluationOutcome, Training } from '../../src/evaluation/outcome.ts';
import { coverageOf } from '../../src/lineage/coverage.ts';
import type { EvaluationTiming } from '../../src/lineage/details.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { runQuery } from '../../src/lineage/query.ts';
import { gateFindings, savingsOf } from '../../src/lineage/savings.ts';
import { audit, newRun, toldRun } from './support.ts';

let folder: string;
let lineage: Lineage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'));
  lineage = openLineage(join(folder, 'a.db'), 'write');
});
afterEach(() => {
  lineage.close();
  rmSync(folder, { recursive: true });
});

const nothing: EvaluationDetails = {
  trainings: [],
  rungs: [],
  reevaluation: null,
  behaviour: null,
  reuse: null,
};
const spent = { costUnits: 3, parameters: 1, curve: new Float32Array(0) };
const search = { loss: 1, accuracy: null };
const completed = (stepsDone: number, fitness = 1) =>
  ({ status: 'completed', fitness, search, stepsDone, ...spent }) as const;
const stopped = (stepsDone: number) =>
  ({ status: 'stopped', reason: 'hurdle', fitness: 1, search, stepsDone, ...spent }) as const;

/** Births 0, 1, ... with these outcomes. */
function tell(outcomes: readonly (readonly [EvaluationOutcome, EvaluationTiming?])[]): void {
  const run = createRun(
    lineage,
    {
      ...newRun,
      tasks: [
        { key: 'a', digest: '' },
        { key: 'b', digest: '' },
      ],
    },
    audit,
  );
  const journal = openJournal(lineage, run);
  for (const told of toldRun(outcomes.length)) {
    const [outcome, timing] = outcomes[told.birth.birthIndex]!;
    journal.append({ ...told, outcome, deaths: [] }, 'h', timing);
  }
  journal.close('births');
}

const training = (task: number, outcome: Training['outcome'], over: Partial<Training> = {}): Training => ({
  purpose: 'search',
  task,
  replicate: 0,
  trial: 0,
  partner: null,
  counts: true,
  outcome,
  ...over,
});

describe('savings', () => {
  it('of hurdles are the time per step times the steps not done', () => {
    const rung = (training: number, step: number) => ({ training, step, fitness: 1, bar: 2 });
    tell([
      [completed(100), { cpuMs: 1000, probeMs: 0 }],
      // One training: 8 steps of a probe, then 25 of 100. 50 ms of 25 steps: 2 ms a step, 75 not done.
      [
        { ...stopped(33), details: { ...nothing, rungs: [rung(0, 10), rung(0, 25)] } },
        { cpuMs: 60, probeMs: 10 },
      ],
      // Two trainings stopped at 10 and 20 of 100: 30 steps in 90 ms, 170 not done.
      [
        {
          ...stopped(30),
          details: {
            ...nothing,
            trainings: [training(0, stopped(10)), training(1, stopped(20))],
            rungs: [rung(0, 10), rung(1, 10), rung(1, 20)],
          },
        },
        { cpuMs: 90, probeMs: 0 },
      ],
    ]);
    const { cpuSeconds, hurdles, cache } = savingsOf(lineage, 1, 100);
    expect(cpuSeconds).toBeCloseTo(1.15, 9);
    expect(hurdles.stopped).toBe(3);
    expect(hurdles.cpuSecondsSaved).toBeCloseTo((75 * 2 + 170 * 3) / 1000, 9);
    expect(cache).toEqual({ duplicates: 0, behaviours: 0, cpuSecondsSaved: 0, cpuSecondsProbing: 0.01 });
  });

  it('of the cache are what the earlier evaluations took, less what it took to recognise them', () => {
    tell([
      [completed(100), { cpuMs: 500, probeMs: 20 }],
      [
        { ...completed(12), details: { ...nothing, reuse: { source: 0, by: 'behaviour' } } },
        { cpuMs: 30, probeMs: 30 },
      ],
      [
        { ...completed(0), details: { ...nothing, reuse: { source: 0, by: 'duplicate' } } },
        { cpuMs: 1, probeMs: 0 },
      ],
    ]);
    const { cache } = savingsOf(lineage, 1, 100);
    expect(cache.cpuSecondsSaved).toBeCloseTo((480 - 30 + 480 - 1) / 1000, 9);
    expect(cache).toMatchObject({ duplicates: 1, behaviours: 1, cpuSecondsProbing: 0.02 });
  });

  it('the gate tells by how much elites were overrated', () => {
    const elite = (fitness: number, again: number | null, confirmed: boolean) =>
      [
        {
          ...completed(10, fitness),
          details: { ...nothing, reevaluation: { bar: 0, fitness: again, confirmed } },
        },
      ] as const;
    tell([elite(5, 4, true), elite(6, 3, false), elite(9, null, false)]);
    expect(gateFindings(lineage, 1)).toEqual({ elites: 3, confirmed: 1, meanGap: 2 });
  });
});

it('every training has the name of its streams', () => {
  tell([
    [completed(10)],
    [
      {
        ...completed(20),
        details: {
          ...nothing,
          trainings: [
            training(0, completed(10)),
            training(1, completed(10), { replicate: 2 }),
            training(1, completed(10), { replicate: 2, purpose: 'reeval', counts: false }),
          ],
        },
      },
    ],
  ]);
  const { rows } = runQuery(
    lineage,
    'SELECT birth_of(individual), purpose, seed, counts FROM every_training ORDER BY individual, purpose DESC, task',
  );
  expect(rows).toEqual([
    [0, 'search', '1/individual/0/a/0', 1],
    [1, 'search', '1/individual/1/a/0', 1],
    [1, 'search', '1/individual/1/b/2', 1],
    [1, 'reeval', '1/individual/1/b/2/reeval', 0],
  ]);
});

it('coverage counts carriers ever born and living, and names what was never tried', () => {
  const run = createRun(lineage, newRun, audit);
  const journal = openJournal(lineage, run);
  const told = [...toldRun(300)];
  for (const each of told) journal.append(each, 'h');
  journal.close();
  const coverage = coverageOf(lineage, run);
  const dead = told.reduce((sum, { deaths }) => sum + deaths.length, 0);
  const row = (kind: string, name: string) =>
    coverage.find((each) => each.kind === kind && each.name === name);
  // Every architecture of the made-up run is relu(dense(x)), every rule u = -c * g.
  expect(row('architecture-op', 'dense')).toMatchObject({ births: 300, living: 300 - dead });
  expect(row('architecture-op', 'relu')).toMatchObject({ births: 300 });
  expect(row('architecture-op', 'tanh')).toMatchObject({ births: 0, living: 0, distinct: 0 });
  expect(row('rule-op', 'mul')).toMatchObject({ births: 300 });
  expect(row('rule-tier', 'elementwise')).toMatchObject({ births: 300 });
  expect(row('rule-tier', 'average')).toMatchObject({ births: 0 });
  const mutants = told.filter(({ birth }) => birth.mutations.length > 0);
  expect(row('operator', 'resize')).toMatchObject({ births: mutants.length, distinct: mutants.length });
  expect(row('operator', 'insert-op')).toMatchObject({ births: 0 });
});
