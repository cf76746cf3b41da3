/** `variation.without`: no mutation brings in what is named there, and what a founder has of it may stay. */
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../src/genome/architecture/architecture.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import { knownRule } from '../../src/genome/known.ts';
import { stream } from '../../src/random/stream.ts';
import { mutate } from '../../src/variation/mutate.ts';
import { testSettings } from '../support/arbitraries.ts';

const read = (text: string): Architecture => {
  const found = readArchitecture(text);
  if (!found.ok) throw new Error(found.issues[0]!.message);
  return found.value;
};
const scales = ({ nodes }: Architecture) => nodes.filter(({ op }) => op === 'scale').length;

/** Architectures that walks of five mutations come to. */
function reached(from: string, without: readonly string[]): Architecture[] {
  const genome = { architecture: read(from), rule: knownRule('sgd')! };
  const settings = { ...testSettings, without, rates: { ...testSettings.rates, 'alter-node-op': 4 } };
  return Array.from(
    { length: 400 },
    (_, i) => mutate(genome, 5, ['architecture'], settings, stream(`without/${i}`)).genome.architecture,
  );
}

describe('mutations', () => {
  const plain = 'h = dense(x, units: 4)\ny = layerNorm(h)';

  it('bring a scale in where nothing is said', () => {
    expect(reached(plain, []).some((each) => scales(each) > 0)).toBe(true);
  });

  it('bring none in where it is named, by whatever operator', () => {
    expect(reached(plain, ['scale']).map(scales)).toEqual(Array(400).fill(0));
  });

  it('leave what is there, or take it out', () => {
    const counts = reached('h = dense(x, units: 4)\ny = scale(h)', ['scale']).map(scales);
    expect(new Set(counts)).toEqual(new Set([0, 1]));
  });
});
