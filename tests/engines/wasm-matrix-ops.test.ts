/** Matrix ops on linear memory: right too after the memory has grown under a program, as it does when a split is brought in. */
import { expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { genomeOf, programOf, randomTask } from '../support/engines.ts';

const signature = { input: [1, 1, 3], target: { kind: 'regression', outputs: 5 } } as const;

it('finds matrices before and after a split that made the memory grow', () => {
  const rule = 'u = -transpose(transpose(g))';
  const executable = wasmEngine.prepare(programOf(genomeOf('y = x', rule), signature, 4));
  /** From zero by a rule that gives back the gradient; another gradient each time, since old results are still there. */
  const expectStep = (t: number) => {
    const gradients = [3 * 5, 5].map((length) =>
      Float64Array.from({ length }, (_, i) => Math.cos(7 * i + t)),
    );
    executable.writeParameters(gradients.map(({ length }) => new Float64Array(length)));
    executable.writeGradients(gradients);
    executable.update({ t, T: 10, L: 1, b: 4, n: 4 }, noiseKeys('grown'));
    for (const [p, values] of executable.readParameters().entries())
      for (const [i, value] of values.entries()) expect(value).toBeCloseTo(-gradients[p]![i]!, 5);
  };
  executable.resetStates();
  expectStep(1);
  executable.bind(randomTask(signature, 20_000, 'grown'), 'train');
  expectStep(2);
  executable.dispose();
});
