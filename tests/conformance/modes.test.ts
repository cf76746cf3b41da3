/** What a forward pass remembers and draws: `train` does, `probe` repeats it, `measure` does neither. */
import { describe, expect, it } from 'vitest';
import type { Engine, ForwardPass } from '../../src/engines/engine.ts';
import { initialConstants, initialParameters } from '../../src/engines/initial-weights.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { allEngines, genomeOf, programOf, randomTask, worstError } from '../support/engines.ts';

const signature = { input: [1, 50, 2], target: { kind: 'regression', outputs: 1 } } as const;
const task = randomTask(signature);
const batch = 8;
const train = (t: number, seed = 'modes'): ForwardPass => ({ mode: 'train', t, noise: noiseKeys(seed) });
const [probe, measure] = [{ mode: 'probe' }, { mode: 'measure' }] as const;

/** `output` is what the head reads, on the batch's rows of the training split. */
function prepared(engine: Engine, network: string) {
  const program = programOf(genomeOf(network, 'u = -0.1 * g'), signature, batch);
  const head = program.forward.at(-2);
  if (head?.op !== 'matmul') throw new Error('no head');
  const executable = engine.prepare({ ...program, output: head.a });
  executable.writeConstants(initialConstants(program, 'modes'));
  executable.writeParameters(initialParameters(program, 'modes'));
  executable.resetStates();
  executable.bind(task, 'train');
  const load = (first: number) =>
    executable.loadRows(Int32Array.from({ length: batch }, (_, i) => first + i));
  load(0);
  return {
    executable,
    load,
    output(pass: ForwardPass) {
      executable.forward(pass);
      return executable.readOutputs(batch);
    },
  };
}

const inputs = task.splits.train.inputs.subarray(0, 100 * batch);

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('modes on %s', (_name, engine) => {
  it('dropout drops in a train pass, drops the same in a probe and nothing in a measure pass', () => {
    const { executable, output } = prepared(engine, 'y = dropout(x, rate: 0.3)');
    const dropped = output(train(1));
    expect(output(probe)).toEqual(dropped);
    expect(worstError(output(measure), inputs)).toBeLessThan(1e-6);
    expect(output(probe)).toEqual(dropped);
    const kept = dropped.map((y, i) => (y === 0 ? 0 : y / inputs[i]!));
    for (const ratio of kept) if (ratio !== 0) expect(ratio).toBeCloseTo(1 / 0.7, 5);
    const share = kept.filter((ratio) => ratio !== 0).length / kept.length;
    // 800 draws: five standard deviations of a share of 0.7.
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.7 * 0.3) / 800));
    executable.dispose();
  });

  it('draws of dropout belong to the step, to the job and to the place in the network', () => {
    const { executable, output } = prepared(
      engine,
      'y = concat(dropout(x, rate: 0.5), dropout(x, rate: 0.5))',
    );
    const first = output(train(1));
    const mask = (values: Float64Array, half: number) =>
      Array.from({ length: 100 }, (_, i) => values[100 * half + i] === 0);
    expect(mask(first, 0)).not.toEqual(mask(first, 1));
    expect(output(train(2))).not.toEqual(first);
    expect(output(train(1, 'other'))).not.toEqual(first);
    expect(output(train(1))).toEqual(first);
    executable.dispose();
  });

  it('batch norm uses the batch in train and probe, remembers in train alone, and measures with what it remembers', () => {
    const { executable, load, output } = prepared(engine, 'y = batchNorm(x)');
    const before = output(measure);
    expect(worstError(before, inputs)).toBeLessThan(1e-4);
    const normalised = output(probe);
    expect(output(measure)).toEqual(before);
    expect(output(train(1))).toEqual(normalised);
    const after = output(measure);
    expect(after).not.toEqual(before);
    load(batch);
    output(probe);
    load(0);
    expect(output(measure)).toEqual(after);
    executable.resetStates();
    expect(output(measure)).toEqual(before);
    executable.dispose();
  });

  it('batch norm gives mean 0 and variance 1 in each channel', () => {
    const { executable, output } = prepared(engine, 'y = batchNorm(x)');
    const values = output(train(1));
    for (const channel of [0, 1]) {
      const own = values.filter((_, i) => i % 2 === channel);
      const mean = own.reduce((sum, y) => sum + y, 0) / own.length;
      const variance = own.reduce((sum, y) => sum + (y - mean) ** 2, 0) / own.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 4);
    }
    executable.dispose();
  });

  it('sinusoidal positions are those of Vaswani et al. 2017', () => {
    const { executable, output } = prepared(
      engine,
      'y = positions(conv(x, units: 3, kernel: 1, init: zero, bias: false), kind: sinusoid)',
    );
    const values = output(measure);
    for (const position of [0, 1, 7, 49])
      for (const channel of [0, 1, 2]) {
        const angle = position / 10000 ** ((channel - (channel % 2)) / 3);
        const expected = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
        expect(values[3 * position + channel]).toBeCloseTo(expected, 5);
      }
    executable.dispose();
  });

  it('causal attention does not see what comes later', () => {
    const { executable, output } = prepared(engine, 'y = attention(x, units: 4, heads: 2, causal: true)');
    const values = output(measure).slice();
    const changed = task.splits.train.inputs.map((x, i) => (i < 100 && i >= 60 ? x + 1 : x));
    executable.bind(
      { ...task, splits: { ...task.splits, train: { ...task.splits.train, inputs: changed } } },
      'train',
    );
    executable.loadRows(Int32Array.from({ length: batch }, (_, i) => i));
    const others = output(measure);
    const [early, late] = [values.subarray(0, 120), values.subarray(120, 200)];
    expect(others.slice(0, 120)).toEqual(early.slice());
    expect(worstError(others.slice(120, 200), late)).toBeGreaterThan(1e-3);
    executable.dispose();
  });
});
