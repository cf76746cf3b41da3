/** Layers that would give a constant are refused, and only there. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import type { Shape } from '../../src/genome/architecture/architecture.ts';
import { allEngines, generousLimits, genomeOf, programOf } from '../support/engines.ts';

const compiled = (net: string, input: Shape, batchSize: number) =>
  compile(
    genomeOf(net, 'u = -g'),
    { input, target: { kind: 'classification', classes: 3 } },
    { batchSize, limits: generousLimits },
  );

describe('constant layers', () => {
  it.each([
    ['batchNorm', 'y = batchNorm(dense(x, units: 4))', [1, 1, 6], 1],
    ['batchNorm that only a part reads', 'y = add(x, batchNorm(x))', [1, 1, 6], 1],
  ] as const)('%s is refused by name', (_what, net, input, batchSize) => {
    const result = compiled(net, input, batchSize);
    expect(result).toMatchObject({ ok: false, reason: 'unsupported' });
    expect((result as { detail: string }).detail).toContain('whatever it reads');
  });

  it.each([
    ['batchNorm', 'y = batchNorm(dense(x, units: 4))', [1, 1, 6], 2],
    ['batchNorm over positions', 'y = batchNorm(x)', [1, 6, 2], 1],
    ['layerNorm', 'y = layerNorm(x)', [1, 6, 2], 1],
    ['layerNorm over one channel', 'y = layerNorm(x)', [1, 6, 1], 8],
    ['rmsNorm', 'y = rmsNorm(x)', [1, 6, 1], 1],
  ] as const)(
    '%s is not where it is the same function in training and when measured',
    (_what, net, input, batchSize) => {
      expect(compiled(net, input, batchSize).ok).toBe(true);
    },
  );
});

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('on %s', (_name, engine) => {
  it('attention over one position has no gradient for q and k', () => {
    const program = programOf(
      genomeOf('y = attention(x, units: 4)', 'u = -g'),
      { input: [1, 1, 4], target: { kind: 'regression', outputs: 1 } },
      2,
    );
    const executable = engine.prepare(program);
    executable.writeParameters(
      executable.readParameters().map((values) => values.map((_, i) => 0.1 * (i % 5) - 0.2)),
    );
    const inputs = Float64Array.from({ length: 8 }, (_, i) => 0.3 * i - 1);
    const split = { count: 2, inputs, targets: Float64Array.of(1, -1) };
    const splits = { train: split, search: split, select: split, final: split };
    executable.bind(
      { name: 'one', signature: program.signature, untrainedLoss: 1, splits } as never,
      'train',
    );
    executable.loadRows(Int32Array.of(0, 1));
    executable.forward({ mode: 'probe' });
    executable.backward();
    const blind = program.parameters.flatMap(({ name }, p) =>
      executable.readGradients()[p]!.every((g) => Math.abs(g) < 1e-12) ? [name] : [],
    );
    executable.dispose();
    expect(blind.some((name) => /q/i.test(name))).toBe(true);
    expect(blind.some((name) => /k/i.test(name))).toBe(true);
    expect(blind.some((name) => /\.(v|o)|value|out/i.test(name))).toBe(false);
  });
});
