/** The closed table of tasks, and what a run needs of one: open it, share it between threads, digest it. */
import { createHash } from 'node:crypto';
import { ok, type Result } from '../notation/issue.ts';
import { type TaskInput, type TaskName, type TaskSpec, taskSchema } from '../search-space/task-schema.ts';
import { openCsv } from './csv.ts';
import { openIdx } from './idx.ts';
import { openMnist1d } from './mnist1d.ts';
import type { Examples, SplitName, Task } from './task.ts';

const openers = {
  mnist1d: async (spec) => ok(openMnist1d(spec)),
  csv: openCsv,
  idx: openIdx,
} as const satisfies {
  readonly [Name in TaskName]: (spec: Extract<TaskSpec, { name: Name }>) => Promise<Result<Task>>;
};

/** Opens a task; what is wrong with its files is a list of issues. */
export function openTask(input: TaskInput): Promise<Result<Task>> {
  const spec = taskSchema.parse(input);
  return (openers[spec.name] as (spec: TaskSpec) => Promise<Result<Task>>)(spec);
}

function mapSplits(task: Task, change: (examples: Examples) => Examples): Task {
  const splits = Object.fromEntries(
    Object.entries(task.splits).map(([name, examples]) => [name, change(examples)]),
  ) as Record<SplitName, Examples>;
  return { ...task, splits };
}

function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** The same task on shared memory: threads that are given it see one copy. */
export const shareTask = (task: Task): Task =>
  mapSplits(task, (examples) => ({
    ...examples,
    inputs: shared(examples.inputs),
    targets: shared(examples.targets),
  }));

/** SHA-256 over signature and data: equal digests mean the same task. */
export function digestTask(task: Task): string {
  const hash = createHash('sha256').update(JSON.stringify([task.name, task.signature, task.untrainedLoss]));
  for (const { count, inputs, targets } of Object.values(task.splits)) {
    hash
      .update(`${count}`)
      .update(new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength))
      .update(new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength));
  }
  return hash.digest('hex');
}
