/** Losses at the ends of their range, heads, and the box. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { initialParameters } from '../../src/engines/initial-weights.ts';
import { trainOn } from '../../src/engines/training-loop.ts';
import { objectiveAt, objectiveNames, objectives } from '../../src/tasks/objectives.ts';
import type { Task, TaskSignature } from '../../src/tasks/task.ts';
import { allEngines, generousLimits, genomeOf, programOf, randomTask } from '../support/engines.ts';

describe('logistic loss', () => {
  it('keeps its digits where labels are predicted well', () => {
    const signature: TaskSignature = {
      input: [1, 1, 1],
      target: { kind: 'binary' },
      head: { kind: 'linear', bias: false, init: 'torch', start: [1] },
    };
    const program = programOf(genomeOf('y = x', 'u = -g'), signature, 6);
    const logits = [-60, -20, -1e-3, 0, 5, 60];
    const examples = {
      count: 6,
      inputs: Float64Array.from(logits),
      targets: Float64Array.from([0, 0, 1, 1, 0, 0]),
    };
    const task: Task = {
      name: 'logits',
      signature,
      splits: { train: examples, search: examples, select: examples, final: examples },
      untrainedLoss: Math.LN2,
    };
    for (const engine of allEngines) {
      const executable = engine.prepare(program);
      executable.writeParameters(initialParameters(program, 'logits'));
      executable.bind(task, 'train');
      executable.loadRows(Int32Array.of(0, 1, 2, 3, 4, 5));
      executable.forward({ mode: 'measure' });
      const losses = executable.readLosses(6);
      for (const [i, z] of logits.entries()) {
        const expected = Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, i === 2 || i === 3 ? -z : z);
        expect(Math.abs(losses[i]! / expected - 1), `${engine.name} at ${z}`).toBeLessThan(2e-6);
      }
      executable.dispose();
    }
  });
});

describe('objectives', () => {
  it.each(objectiveNames)('%s has its minimum where it says', (name) => {
    const { minimum, minimiser, gradient, start } = objectives[name];
    expect(objectiveAt(name, minimiser)).toBeCloseTo(minimum, 12);
    expect(gradient).toHaveLength(start.length);
    for (const i of minimiser.keys())
      for (const h of [-1e-3, 1e-3])
        expect(
          objectiveAt(
            name,
            minimiser.map((x, j) => (i === j ? x + h : x)),
          ),
        ).toBeGreaterThan(minimum);
  });
});

describe('heads', () => {
  const signature: TaskSignature = { input: [1, 1, 2], target: { kind: 'regression', outputs: 3 } };

  it('start where the task says, as long as they fit', () => {
    const head = { kind: 'linear', bias: false, init: 'zero', start: [1, 2, 3, 4, 5, 6] } as const;
    const start = (net: string) =>
      initialParameters(programOf(genomeOf(net, 'u = g'), { ...signature, head }, 2), 'start').at(-1);
    expect([...start('y = x')!]).toEqual(head.start);
    expect([...start('y = dense(x, units: 4)')!]).toEqual(new Array(12).fill(0));
  });

  it.each([
    ['y = dense(x, units: 2)', 'features'],
    ['y = x', 'features'],
  ])('where there is none, %s is refused', (net, word) => {
    const compiled = compile(
      genomeOf(net, 'u = g'),
      { ...signature, head: { kind: 'none' } },
      { batchSize: 2, limits: generousLimits },
    );
    expect(compiled).toMatchObject({ ok: false, reason: 'unsupported' });
    expect(!compiled.ok && compiled.detail).toContain(word);
  });

  it('where there is none, something must be trained', () => {
    const compiled = compile(
      genomeOf('y = tanh(x)', 'u = g'),
      { input: [1, 1, 3], target: { kind: 'regression', outputs: 3 }, head: { kind: 'none' } },
      { batchSize: 2, limits: generousLimits },
    );
    expect(compiled).toMatchObject({ ok: false, reason: 'unsupported' });
  });
});

describe('the box', () => {
  it('holds every parameter after every update', () => {
    const signature: TaskSignature = {
      input: [1, 1, 2],
      target: { kind: 'regression', outputs: 3 },
      box: [-0.125, 0.25],
    };
    const program = programOf(genomeOf('y = dense(x, units: 5)', 'u = 3 * sign(w)'), signature, 4);
    for (const engine of allEngines) {
      const executable = engine.prepare(program);
      trainOn(executable, {
        program,
        task: randomTask(signature),
        budget: { steps: 1, batchSize: 4, order: 'shuffled' },
        seed: 'box',
        measure: [],
        curvePoints: 0,
      });
      const values = new Set(executable.readParameters().flatMap((tensor) => [...tensor]));
      executable.dispose();
      for (const value of values) expect([-0.125, 0, 0.25]).toContain(value);
      expect(values.has(0.25) && values.has(-0.125)).toBe(true);
    }
  });
});
