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
  // The work of a default document (tests/search/cost-bound.test.ts) at the measured speed, times 3, rounded up.
  const bound =
    /default document \(300 steps, 2000 births\): (\d+) CPU seconds an evaluation and (\d+) CPU hours a run, by counted work at ([\d.e-]+) ns a flop .* times 3; 160 MB of a worker's memory beside V8's own, 64 of them/;
  const [, seconds, hours, nanoseconds] = bound.exec(detail('cost at most'))!.map(Number);
  const counted = 900 * 1e8 + 5 * (2e8 + 120_000) + 3600 * (3000 + 500) + 1e9 + 200 * 2e8;
  // The speed is shown to two digits.
  expect(seconds! / (3 * counted * nanoseconds! * 1e-9)).toBeGreaterThan(0.94);
  expect((seconds! - 1) / (3 * counted * nanoseconds! * 1e-9)).toBeLessThan(1.06);
  expect(hours).toBe(Math.ceil((2000 * seconds!) / 3600));
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
