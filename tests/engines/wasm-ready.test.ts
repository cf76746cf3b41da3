/** The program trained last stays ready, and what it trained before leaves no trace in what it trains next. */
import { describe, expect, it, vi } from 'vitest';
import type { Program } from '../../src/compiler/program.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import {
  knownArchitecture,
  knownArchitectureNames,
  knownRule,
  knownRuleNames,
} from '../../src/genome/known.ts';
import { genomeOf, programOf, randomTask } from '../support/engines.ts';

const signature = { input: [1, 40, 1], target: { kind: 'classification', classes: 3 } } as const;
const task = randomTask(signature);
const batch = 5;

const jobOf = (program: Program, seed: string, steps: number) =>
  ({
    ...{ program, task, seed, curvePoints: 4 },
    budget: { steps, batchSize: batch, order: 'shuffled' },
    measure: ['search', 'final'],
  }) as const;

const other = programOf(genomeOf('y = tanh(x)', 'u = -0.1 * g'), signature, batch);

/** How many modules were made while this was done. */
async function modulesMade(act: () => Promise<unknown>): Promise<number> {
  const made = vi.spyOn(WebAssembly, 'Module');
  await act();
  const { length } = made.mock.calls;
  made.mockRestore();
  return length;
}

describe('a program that was trained last', () => {
  it('is made once for any number of trainings in a row, and again after another', async () => {
    const program = programOf(genomeOf('y = relu(dense(x, units: 4))', 'u = -0.1 * g'), signature, batch);
    const train = (...jobs: Parameters<typeof wasmEngine.train>[0]) => wasmEngine.train(jobs);
    await train(jobOf(other, 'a', 1));
    expect(await modulesMade(() => train(jobOf(program, 'a', 2), jobOf(program, 'b', 2)))).toBe(1);
    expect(await modulesMade(() => train(jobOf(program, 'c', 2)))).toBe(0);
    expect(await modulesMade(() => train(jobOf(other, 'a', 1), jobOf(program, 'a', 2)))).toBe(2);
  });

  const genomes = [
    ...knownRuleNames().map((rule) => ({
      name: rule,
      architecture: 'y = relu(batchNorm(dense(dropout(x, rate: 0.2), units: 6)))',
      rule: knownRule(rule)!,
    })),
    ...knownArchitectureNames().map((name) => ({
      ...{ name, architecture: name, rule: knownRule('adam')! },
    })),
  ];

  it.each(genomes)('trains as if it were new: $name', async ({ architecture, rule }) => {
    const known = knownArchitecture(architecture);
    const genome = { architecture: known ?? genomeOf(architecture, 'u = -0.1 * g').architecture, rule };
    const program = programOf(genome, signature, batch);
    const [fresh] = await wasmEngine.train([jobOf(program, 'one', 7)]);
    const between = await wasmEngine.train([jobOf(program, 'two', 9)]);
    const [again] = await wasmEngine.train([jobOf(program, 'one', 7)]);
    expect(again).toEqual(fresh);
    expect(between[0]).not.toEqual(fresh);
  });
});
