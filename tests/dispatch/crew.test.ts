/** A crew of one real thread that has several jobs at hand: what becomes of them when what the thread is busy with, or is to do later, is dropped. */
import { expect, it, onTestFinished } from 'vitest';
import { createCrew, type Errand } from '../../src/dispatch/crew.ts';
import { workbenchId } from '../../src/dispatch/evaluator.ts';
import { genome, smallBench } from './support.ts';

/** Hands errands to a crew of one thread; `ended` has the steps of those that were done, in order, and `all` waits for so many of them. */
async function crewOfOne(atHand: number) {
  const content = await smallBench();
  const { settings, protocol, tasks } = content;
  const id = workbenchId(content);
  const digests = tasks.map(({ digest }) => digest);
  const workbench = { named: { id, engine: 'wasm' as const, tasks: digests, settings, protocol }, tasks };
  const crew = createCrew(1, atHand);
  onTestFinished(() => crew.close());
  const ended: number[] = [];
  let onEnd = () => {};
  const add = (run: string, steps: number) => {
    const errand: Errand = {
      ...{ run, workbench },
      job: {
        ...{ kind: 'cell', workbench: id },
        cell: {
          ...{ genome, task: 0, seed: 's', learningRate: 0, split: 'search' },
          budget: { steps, batchSize: 10, order: 'shuffled' },
        },
      },
      done(reply) {
        ended.push('record' in reply ? reply.record.stepsDone : Number.NaN);
        onEnd();
      },
      failed(error) {
        throw error;
      },
    };
    crew.add(errand);
  };
  const all = (count: number) =>
    new Promise<void>((resolve) => {
      onEnd = () => ended.length === count && resolve();
      onEnd();
    });
  return { crew, add, ended, all };
}

const endless = 1e9;

it('what waited behind an endless job is done in its order, before what came later', async () => {
  const { crew, add, ended, all } = await crewOfOne(3);
  add('gone', endless);
  for (const steps of [1, 2, 3, 4]) add('kept', steps);
  crew.drop('gone');
  await all(4);
  expect(ended).toEqual([1, 2, 3, 4]);
});

it('what is dropped before its turn is not done, nor told of, and holds up nobody', async () => {
  const { crew, add, ended, all } = await crewOfOne(2);
  add('kept', 1);
  add('gone', endless);
  add('kept', 2);
  add('gone', 3);
  crew.drop('gone');
  await all(2);
  add('kept', 4);
  await all(3);
  expect(ended).toEqual([1, 2, 4]);
});
