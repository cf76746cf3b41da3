/** Small workbenches for tests of dispatch, and counts of the threads that are started. */
import type { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { setUpRun, workbenchOf } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { genomeOf } from '../support/engines.ts';

/** The setup of a document of the smallest task, with these keys besides. */
export async function smallSetup(evaluation: object = {}, rest: object = {}, seed = 'dispatch') {
  const document = parseDocument(
    JSON.stringify({
      name: 'dispatch',
      task: { name: 'mnist1d-pair', search: 60, select: 60 },
      evaluation: { steps: 6, batchSize: 10, curvePoints: 3, ...evaluation },
      ...rest,
    }),
    'test',
  );
  if (!document.ok) throw new Error(JSON.stringify(document.issues));
  return setUpRun(document.value, seed);
}

export const smallBench = async (evaluation: object = {}, rest: object = {}) =>
  workbenchOf(await smallSetup(evaluation, rest));

export const genome = genomeOf('y = tanh(dense(x, units: 5, init: he))', 'u = -0.05 * g');

/** Every worker thread that is started until the test is over. */
export function startedThreads(): readonly Worker[] {
  const threads: Worker[] = [];
  const remember = (worker: Worker) => void threads.push(worker);
  process.on('worker', remember);
  onTestFinished(() => void process.off('worker', remember));
  return threads;
}
