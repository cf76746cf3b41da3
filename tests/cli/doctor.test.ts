import { expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { checkGradients } from '../../src/search/self-test.ts';

it('doctor compares the reference with central differences and evaluates in a worker thread', async () => {
  const said: string[] = [];
  const output = {
    isTerminal: false,
    colour: false,
    print: (text: string) => void said.push(text),
    note: (text: string) => void said.push(text),
  };
  expect(await main(['doctor', '--json'], output)).toBe(0);
  const { checks } = JSON.parse(said.join('')) as {
    checks: { name: string; state: string; detail: string }[];
  };
  const detail = (name: string) => checks.find((check) => check.name === name)!.detail;
  expect(detail('worker')).toMatch(/trained a genome in \d+ ms/);
  expect(detail('engine reference')).toMatch(/central differences to [1-9]\.\de-/);
  expect(detail('engine wasm')).toMatch(/with reference to [1-9]\.\de-/);
});

it('doctor finds wrong gradients, of the reference too', () => {
  const bent = (name: 'reference' | 'wasm', factor: number) => ({
    ...referenceEngine,
    name,
    prepare(program: Parameters<typeof referenceEngine.prepare>[0]) {
      const executable = referenceEngine.prepare(program);
      return {
        ...executable,
        readGradients: () => executable.readGradients().map((values) => values.map((x) => x * factor)),
      };
    },
  });
  for (const name of ['reference', 'wasm'] as const) {
    expect(checkGradients(bent(name, 1)).difference).toBeLessThan(1e-6);
    for (const factor of [1.01, Number.NaN])
      expect(() => checkGradients(bent(name, factor))).toThrow('gradients differ');
  }
});
