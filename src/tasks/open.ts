/** The closed table of what opens each task, and what a run needs of one: open it, share it between threads, digest it. */
import { createHash } from 'node:crypto';
import { ok, type Result } from '../notation/issue.ts';
import { type TaskInput, type TaskName, type TaskSpec, taskSchema } from '../search-space/task-schema.ts';
import { openCifar } from './cifar.ts';
import { openCsv } from './csv.ts';
import { openIdx } from './idx.ts';
import { openImbalance } from './imbalance.ts';
import { openKernel } from './kernel.ts';
import { openLibsvm } from './libsvm.ts';
import { openMargin } from './margin.ts';
import { openMatrixFactorization } from './matrix-factorization.ts';
import { openMnist1d } from './mnist1d.ts';
import { openMnist1dPair } from './mnist1d-pair.ts';
import { openObjective } from './objective.ts';
import { openQuadraticBlocks, openQuadraticDeep } from './quadratics.ts';
import { openReddi } from './reddi.ts';
import { openScalar } from './scalar.ts';
import { openSpirals } from './spirals.ts';
import type { Examples, SplitName, Task } from './task.ts';
import { openTeacherStudent } from './teacher-student.ts';
import { openTokens } from './tokens.ts';

const openers = {
  mnist1d: async (spec) => ok(openMnist1d(spec)),
  'mnist1d-pair': async (spec) => ok(openMnist1dPair(spec)),
  spirals: async (spec) => ok(openSpirals(spec)),
  'teacher-student': async (spec) => ok(openTeacherStudent(spec)),
  scalar: async (spec) => ok(openScalar(spec)),
  tokens: async (spec) => ok(openTokens(spec)),
  imbalance: async (spec) => ok(openImbalance(spec)),
  margin: async (spec) => ok(openMargin(spec)),
  kernel: openKernel,
  'matrix-factorization': async (spec) => ok(openMatrixFactorization(spec)),
  'quadratic-blocks': async (spec) => ok(openQuadraticBlocks(spec)),
  'quadratic-deep': async (spec) => ok(openQuadraticDeep(spec)),
  objective: async (spec) => ok(openObjective(spec)),
  reddi: async (spec) => ok(openReddi(spec)),
  csv: openCsv,
  libsvm: openLibsvm,
  idx: openIdx,
  cifar10: openCifar,
} as const satisfies {
  readonly [Name in TaskName]: (spec: Extract<TaskSpec, { name: Name }>) => Promise<Result<Task>>;
};

/** Opens a task; what is wrong with its files is a list of issues. */
export function openTask(input: TaskInput): Promise<Result<Task>> {
  const spec = taskSchema.parse(input);
  return (openers[spec.name] as (spec: TaskSpec) => Promise<Result<Task>>)(spec);
}

/** Splits that are one stay one. */
function mapSplits(task: Task, change: (examples: Examples) => Examples): Task {
  const changed = new Map<Examples, Examples>();
  const once = (examples: Examples) => {
    const known = changed.get(examples) ?? change(examples);
    changed.set(examples, known);
    return known;
  };
  const splits = Object.fromEntries(
    Object.entries(task.splits).map(([name, examples]) => [name, once(examples)]),
  ) as Record<SplitName, Examples>;
  return { ...task, splits };
}

function shared(values: Float64Array): Float64Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
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

const copies = new Map<string, WeakRef<Task>>();

/** The task on shared memory and its digest. Tasks of equal digests are one copy in this process, for as long as somebody holds it. */
export function shareOnce(task: Task): { readonly task: Task; readonly digest: string } {
  const digest = digestTask(task);
  const shared = copies.get(digest)?.deref() ?? shareTask(task);
  copies.set(digest, new WeakRef(shared));
  return { task: shared, digest };
}
