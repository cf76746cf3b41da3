/**
 * Known rules that evaluate further, against their papers and reference implementations written out in Python over PyTorch's losses and gradients (tests/fixtures/rule-trajectories.py):
 * the same weights along the way, and the same number of evaluations.
 */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { wholeBatches } from '../../src/engines/training-loop.ts';
import { knownText } from '../../src/genome/known.ts';
import type { Task, TaskSignature } from '../../src/tasks/task.ts';
import oracle from '../fixtures/rule-trajectories.json' with { type: 'json' };
import { allEngines, genomeOf, programOf, worstError } from '../support/engines.ts';

interface Problem {
  readonly network: string;
  readonly target: TaskSignature['target'];
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly rules: Readonly<Record<string, Expected>>;
}

interface Expected {
  readonly losses: number;
  readonly gradients: number;
  /** How many times errors of the size of rounding, made at every step, have grown by then. */
  readonly condition: Readonly<Record<string, number>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

const problems = oracle.problems as unknown as Readonly<Record<string, Problem>>;
const steps = 30;
const [key0, key1] = oracle.key as [number, number];

function taskOf({ inputs, targets, target }: Problem): Task {
  const count = inputs.length / 3;
  const examples = { count, inputs: Float64Array.from(inputs), targets: Float64Array.from(targets) };
  return {
    name: 'oracle',
    signature: { input: [1, 1, 3], target },
    splits: { train: examples, search: examples, select: examples, final: examples },
    untrainedLoss: 1,
  };
}

/** All weights after each step, and the cost units beyond the steps' own. */
function train(engine: Engine, problem: Problem, rule: string) {
  const task = taskOf(problem);
  const { count: n } = task.splits.train;
  const b = oracle.batch;
  const program = programOf(genomeOf(problem.network, knownText('rule', rule)!), task.signature, b);
  const executable = engine.prepare(program);
  executable.writeParameters(problem.weights.map((w) => Float64Array.from(w)));
  executable.resetStates();
  executable.bind(task, 'train');
  const rows = wholeBatches(n, b);
  const noise = () => ({ key0, key1 });
  const weights: Float64Array[] = [];
  let units = 0;
  for (let t = 1; t <= steps; t++) {
    executable.loadRows(rows[(t - 1) % rows.length]!);
    const L = executable.forward({ mode: 'train', t, noise });
    executable.backward();
    units += executable.update({ t, T: steps, L, b, n }, noise);
    weights.push(Float64Array.from(executable.readParameters().flatMap((values) => [...values])));
  }
  executable.dispose();
  return { weights, units };
}

const tolerances = { reference: 1e-10, wasm: 1e-5, tensorflow: 1e-5 } as const;
const roundings = { reference: 2 ** -53, wasm: 2 ** -24, tensorflow: 2 ** -24 } as const;

/** An engine is asked to follow while its roundings, grown by the condition, make no more than half of the tolerance: all but accelerated steps on the network and momentum after 20 steps. */
const canFollow = (name: keyof typeof tolerances, condition: number) =>
  2 * condition * roundings[name] < tolerances[name];

/** Where ours evaluates what it knows: the gradient that its search has accepted, the loss without a step. */
const repeated: Readonly<Record<string, number>> = { seg: 3 * steps };

describe.each(allEngines.map((engine) => [engine.name, engine] as const))(
  'rules that evaluate further on %s',
  (name, engine) => {
    describe.each(Object.entries(problems))('%s', (_problem, problem) => {
      it.each(Object.entries(problem.rules))('%s', (rule, expected) => {
        const run = train(engine, problem, rule);
        const all = Object.keys(expected.weights);
        const followed = all.filter((t) => canFollow(name, expected.condition[t]!));
        for (const t of followed)
          expect(worstError(run.weights[Number(t) - 1]!, expected.weights[t]!), `step ${t}`).toBeLessThan(
            tolerances[name],
          );
        expect(followed).toEqual(expect.arrayContaining(['1', '2', '3', '5']));
        const { losses, gradients } = expected;
        if (followed.length === all.length)
          expect(run.units).toBe(losses + 3 * gradients + (repeated[rule] ?? 0));
      });
    });
  },
);
