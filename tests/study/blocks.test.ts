/** What the conditions of a block share, and what no two blocks share. */
import { describe, expect, it } from 'vitest';
import { shapesOn } from '../../src/compiler/compile.ts';
import { tasksOf } from '../../src/search-space/schema.ts';
import type { TaskSpec } from '../../src/search-space/task-schema.ts';
import { blocksOf, drawnTask, drawOf, heldOutTasks, plannedRuns } from '../../src/study/blocks.ts';
import { type ReadStudy, readStudy } from '../../src/study/document.ts';
import { openTask } from '../../src/tasks/open.ts';
import { documentArchitecture } from '../../src/variation/settings.ts';
import { smallStudy } from '../support/study.ts';

function studyOf(change: object = {}): ReadStudy {
  const read = readStudy(JSON.stringify({ ...smallStudy, ...change }), 'study.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value;
}

const folders = { launch: process.cwd() };

describe('a block', () => {
  it('gives all its conditions the same tasks, founder architectures and streams', async () => {
    const study = studyOf();
    for (const block of blocksOf(study.document, false)) {
      const runs = await plannedRuns(study, block, folders);
      expect(runs.map(({ condition }) => condition)).toEqual(['A', 'S', 'D']);
      const shared = runs.map(({ document, seed }) =>
        JSON.stringify([
          tasksOf(document),
          document.founders.architectures,
          document.founders.mutations,
          seed,
        ]),
      );
      expect(new Set(shared).size).toBe(1);
      expect(new Set(runs.map(({ documentHash }) => documentHash)).size).toBe(3);
    }
  });

  it('has as many founders as live, grown as the base says, and each fits every task', async () => {
    const study = studyOf({
      base: { ...smallStudy.base, tasks: [...smallStudy.base.tasks, { name: 'teacher-student', train: 64 }] },
    });
    const [block] = blocksOf(study.document, false);
    const { document } = (await plannedRuns(study, block!, folders))[0]!;
    const { architectures } = document.founders;
    expect(architectures).toHaveLength(8);
    expect(new Set(architectures).size).toBeGreaterThan(3);
    for (const spec of tasksOf(document)) {
      const task = await openTask(spec);
      if (!task.ok) throw new Error('the task does not open');
      for (const text of architectures)
        expect(shapesOn(documentArchitecture(text), task.value.signature).ok).toBe(true);
    }
    expect(architectures.join('\n')).not.toMatch(/multiplier|scale\(/);
  });

  it('shares neither tasks nor founders nor streams with another one, pilots included', async () => {
    const study = studyOf();
    const blocks = [...blocksOf(study.document, false), ...blocksOf(study.document, true)];
    const first = await Promise.all(
      blocks.map(async (block) => (await plannedRuns(study, block, folders))[0]!),
    );
    const distinct = (of: (run: (typeof first)[number]) => unknown) =>
      new Set(first.map((run) => JSON.stringify(of(run)))).size;
    expect(distinct(({ seed }) => seed)).toBe(6);
    expect(distinct(({ document }) => tasksOf(document))).toBe(6);
    expect(distinct(({ document }) => document.founders.architectures)).toBe(6);
  });

  it('is the same whenever it is planned', async () => {
    const study = studyOf();
    const [block] = blocksOf(study.document, false);
    expect(await plannedRuns(study, block!, folders)).toEqual(await plannedRuns(study, block!, folders));
  });

  it('has other streams for a condition that asks for its own, and the same founders', async () => {
    const { A, ...others } = smallStudy.conditions;
    const study = studyOf({ conditions: { A, again: { ...A, seeds: 'own' }, ...others } });
    const [block] = blocksOf(study.document, false);
    const [one, again, other] = await plannedRuns(study, block!, folders);
    expect(other!.seed).toBe(one!.seed);
    expect(again!.seed).not.toBe(one!.seed);
    expect(again!.document.founders).toEqual(one!.document.founders);
  });
});

describe('draws', () => {
  it('are other ones under another seed, and those of seed 1 as ever', () => {
    const drawsOf = (seed: number) =>
      blocksOf(studyOf({ seed }).document, false).flatMap((block) => [0, 1, 21].map((k) => drawOf(block, k)));
    expect(drawsOf(1)).toEqual([1000, 1001, 1021, 2000, 2001, 2021, 3000, 3001, 3021]);
    const all = Array.from({ length: 45 }, (_, i) => drawsOf(i)).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('are of one block each, and none that runs train on is judged on', () => {
    const study = studyOf({
      heldOut: { draws: 20, tasks: [{ name: 'spirals', turns: 2 }] },
      blocks: 800,
      pilot: 90,
    });
    const seen = new Set<number>();
    for (const isPilot of [false, true])
      for (const block of blocksOf(study.document, isPilot)) {
        const draws = [...Array(22).keys()].map((k) => drawOf(block, k));
        for (const draw of draws) {
          expect(seen.has(draw)).toBe(false);
          expect(draw).toBeLessThanOrEqual(1_000_000);
          seen.add(draw);
        }
      }
    const [block] = blocksOf(study.document, false);
    const judged = heldOutTasks(study, block!).flatMap((spec) => (spec.name === 'spirals' ? [spec] : []));
    expect(judged).toHaveLength(21);
    expect(judged.map(({ draw }) => draw)).not.toContain(drawOf(block!, 0));
    expect(judged.at(-1)!.turns).toBe(2);
  });

  it('are draws of the task where it has such, the seed where it has that, and files as they are', () => {
    const of = (spec: object) => drawnTask(spec as TaskSpec, 7);
    expect(of({ name: 'spirals', draw: 0 })).toMatchObject({ draw: 7 });
    expect(of({ name: 'mnist1d', seed: 42 })).toMatchObject({ seed: 7 });
    expect(of({ name: 'mnist1d-pair', seed: 42, draw: 0 })).toMatchObject({ seed: 42, draw: 7 });
    expect(of({ name: 'csv', path: 'a.csv' })).toEqual({ name: 'csv', path: 'a.csv' });
  });
});
