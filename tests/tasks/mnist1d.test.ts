import { describe, expect, it } from 'vitest';
import { generateMnist1d, openMnist1d } from '../../src/tasks/mnist1d.ts';
import { legacyRandom } from '../../src/tasks/numpy-legacy.ts';
import published from '../fixtures/mnist1d.json' with { type: 'json' };
import numpy from '../fixtures/numpy-legacy.json' with { type: 'json' };

describe('numpy legacy generator', () => {
  const { values } = numpy;
  const times = <T>(n: number, draw: () => T) => Array.from({ length: n }, draw);

  it('draws what numpy draws', () => {
    const fresh = () => legacyRandom(42);
    let random = fresh();
    expect(times(4, random.uint32)).toEqual(values.uint32_first4);
    random = fresh();
    expect(times(5, random.rand)).toEqual(values.rand_first5);
    random = fresh();
    for (const expected of values.randn_first6) expect(random.randn()).toBeCloseTo(expected, 14);
    random = fresh();
    expect(times(12, () => random.randint(48))).toEqual(values.choice48_first12);
    expect([...fresh().permutation(10)]).toEqual(values.permutation10);
  });
});

describe('mnist1d', () => {
  const { raw, inputs, labels } = generateMnist1d(42);
  const { expected } = published;

  it('is the published data to 1e-12', () => {
    expected.raw_first_example_label0.forEach((value, i) =>
      expect(Math.abs(raw[0]![i]! - value)).toBeLessThan(1e-12),
    );
    const all = raw.flatMap((row) => [...row]);
    const mean = all.reduce((a, b) => a + b) / all.length;
    const deviation = Math.sqrt(all.reduce((a, x) => a + (x - mean) ** 2, 0) / all.length);
    expect(Math.abs(mean - expected.raw_mean)).toBeLessThan(1e-12);
    expect(Math.abs(deviation - expected.raw_std)).toBeLessThan(1e-12);
    expect(labels.slice(0, 20)).toEqual(expected.y_train_first20);
    const counts = (from: number, to: number) =>
      Array.from({ length: 10 }, (_, c) => labels.slice(from, to).filter((label) => label === c).length);
    expect(counts(0, 4000)).toEqual(expected.train_class_counts);
    expect(counts(4000, 5000)).toEqual(expected.test_class_counts);
    expect(inputs).toHaveLength(5000);
  });

  it('deals every published example to exactly one split', () => {
    const task = openMnist1d({ seed: 42, search: 500, select: 300 });
    const { train, search, select, final } = task.splits;
    expect([train.count, search.count, select.count, final.count]).toEqual([3200, 500, 300, 1000]);
    const joined = [train, search, select, final].flatMap((split) => [...split.targets]);
    expect(joined).toEqual(labels);
  });
});
