/** A named function of a parameter vector as a task; with noise, as DeepOBS has it: normal draws, times the parameters, added to the loss. */
import { makeExamples, problemSplits } from './generate.ts';
import { legacyRandom } from './numpy-legacy.ts';
import { type ObjectiveName, objectiveAt, objectives } from './objectives.ts';
import type { Task } from './task.ts';

/** Options of the task `objective`: see its schema. */
export interface ObjectiveOptions {
  readonly function: ObjectiveName;
  readonly noise: number;
  readonly examples: number;
  readonly draw: number;
}

/** Held-out splits measure the function itself. */
export function openObjective({ function: name, noise, examples, draw }: ObjectiveOptions): Task {
  const { start, minimum } = objectives[name];
  const random = legacyRandom(42 + draw);
  const width = { inputs: 1, targets: start.length };
  // One coordinate after the other, as two arrays are drawn there.
  const columns = start.map(() => Float64Array.from({ length: noise === 0 ? 0 : examples }, random.randn));
  const rows = (count: number, deviation: number) =>
    makeExamples(count, width, (input, target, i) => {
      input[0] = 1;
      if (deviation > 0) for (const [j, column] of columns.entries()) target[j] = deviation * column[i]!;
    });
  return {
    name: 'objective',
    signature: {
      input: [1, 1, 1],
      target: { kind: 'objective', objective: name },
      head: { kind: 'linear', bias: false, init: 'torch', start },
    },
    splits: problemSplits(noise === 0 ? rows(1, 0) : rows(examples, noise), rows(1, 0)),
    untrainedLoss: objectiveAt(name, start),
    floor: minimum,
  };
}
