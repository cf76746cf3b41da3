/** Small checks that this machine can do what a run needs: right gradients on an engine, and an evaluation in a worker thread. */
import { compile } from '../compiler/compile.ts';
import type { Program } from '../compiler/program.ts';
import { openPool } from '../dispatch/pool.ts';
import type { Engine } from '../engines/engine.ts';
import { initialParameters } from '../engines/initial-weights.ts';
import { referenceEngine } from '../engines/reference/engine.ts';
import { plainPlan } from '../evaluation/plan.ts';
import type { Genome } from '../genome/genome.ts';
import { knownArchitecture, knownRule } from '../genome/known.ts';
import { parseDocument } from '../search-space/document.ts';
import { openMnist1d } from '../tasks/mnist1d.ts';
import type { Task } from '../tasks/task.ts';
import { setUpRun, workbenchOf } from './setup.ts';

/** What the gradients of an engine were compared with, and the largest difference relative to max(1, |value|). */
export interface GradientCheck {
  readonly against: 'reference' | 'central differences';
  readonly difference: number;
}

/** Central differences of a loss in float64 are good to about half its digits. */
const differencesTolerance = 1e-6;
const differencesStep = 1e-5;

const genomeOf = (architecture: string, rule: string): Genome => ({
  architecture: knownArchitecture(architecture)!,
  rule: knownRule(rule)!,
});

/**
 * Gradients of a known network: those of `reference` against central differences of its loss, those of other engines against `reference`.
 * Throws where they differ by more than they may.
 */
export function checkGradients(engine: Engine): GradientCheck {
  const task = openMnist1d({ seed: 42, search: 500, select: 500 });
  const compiled = compile(genomeOf('residual-mlp', 'adam'), task.signature, {
    batchSize: 4,
    limits: { parameters: 1e6, stepFlops: 1e9, bytes: 1e8 },
  });
  if (!compiled.ok) throw new Error(compiled.detail);
  const { program } = compiled;
  const found = gradients(engine, program, task);
  const check: GradientCheck =
    engine.name === 'reference'
      ? { against: 'central differences', difference: offDifferences(found, program, task) }
      : { against: 'reference', difference: offReference(found, program, task) };
  const allowed = engine.name === 'reference' ? differencesTolerance : engine.tolerance.gradient;
  if (!(check.difference <= allowed))
    throw new Error(
      `gradients differ from ${check.against} by ${check.difference}, and ${allowed} is declared`,
    );
  return check;
}

function gradients(engine: Engine, program: Program, task: Task): readonly Float64Array[] {
  return onFirstRows(engine, program, task, (executable) => {
    executable.forward({ mode: 'probe' });
    executable.backward();
    return executable.readGradients();
  });
}

function onFirstRows<T>(
  { prepare }: Engine,
  program: Program,
  task: Task,
  use: (executable: ReturnType<Engine['prepare']>) => T,
): T {
  const executable = prepare(program);
  try {
    executable.writeParameters(initialParameters(program, 'doctor'));
    executable.bind(task, 'train');
    executable.loadRows(Int32Array.of(0, 1, 2, 3));
    return use(executable);
  } finally {
    executable.dispose();
  }
}

const relative = (found: number, value: number) => Math.abs(found - value) / Math.max(1, Math.abs(value));

function offReference(found: readonly Float64Array[], program: Program, task: Task): number {
  const expected = gradients(referenceEngine, program, task);
  let worst = 0;
  expected.forEach((values, p) => {
    values.forEach((value, i) => {
      // A difference that is not a number stays the worst.
      worst = Math.max(worst, relative(found[p]![i]!, value));
    });
  });
  return worst;
}

/** At the first, the middle and the last element of every parameter. */
function offDifferences(found: readonly Float64Array[], program: Program, task: Task): number {
  return onFirstRows(referenceEngine, program, task, (executable) => {
    const start = executable.readParameters();
    let worst = 0;
    start.forEach((values, p) => {
      for (const i of [0, values.length >> 1, values.length - 1]) {
        const lossAt = (offset: number) => {
          const moved = start.map((each) => each.slice());
          moved[p]![i]! += offset;
          executable.writeParameters(moved);
          return executable.forward({ mode: 'probe' });
        };
        const slope = (lossAt(differencesStep) - lossAt(-differencesStep)) / (2 * differencesStep);
        worst = Math.max(worst, relative(found[p]![i]!, slope));
      }
    });
    return worst;
  });
}

/** Trains a tiny genome for a few steps in a worker thread, as a run does; the milliseconds from the start of the thread to its reply. */
export async function tryWorker(): Promise<number> {
  const document = parseDocument(
    JSON.stringify({
      name: 'doctor',
      task: { name: 'mnist1d-pair' },
      evaluation: { steps: 5, batchSize: 10 },
    }),
    'doctor',
  );
  if (!document.ok) throw new Error(document.issues.map(({ message }) => message).join('; '));
  const setup = await setUpRun(document.value, 'doctor');
  const start = performance.now();
  const evaluator = openPool({ workers: 1 });
  try {
    const workbench = evaluator.register(workbenchOf(setup));
    const plan = plainPlan(0, genomeOf('linear', 'sgd'));
    const { outcome } = await evaluator.evaluate({ workbench, run: 'doctor', runSeed: setup.seed, plan });
    if (outcome.status !== 'completed')
      throw new Error(
        `an evaluation in a worker thread ended as ${outcome.status}${'reason' in outcome ? `: ${outcome.reason}` : ''}`,
      );
    return performance.now() - start;
  } finally {
    await evaluator.close();
  }
}
