/** Programs that are long chains: read, printed and read back, whatever their length; mistakes without number. */
import { describe, expect, it } from 'vitest';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import { architectureText, ruleText } from '../../src/genome/identity.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { instructionCount } from '../../src/genome/update-rule/traverse.ts';

/** A rule in which each line reads the one before it once. */
const chain = (length: number, line: (before: string, i: number) => string): string =>
  `a0 = g\n${Array.from({ length }, (_, i) => `a${i + 1} = ${line(`a${i}`, i)}\n`).join('')}u = a${length}\n`;

const rules = {
  calls: (before: string, i: number) => (i % 2 === 0 ? `sign(${before})` : `abs(${before})`),
  'sums on the left': (before: string, i: number) => `${before} + ${i + 1}`,
  'differences on the right': (before: string, i: number) => `${i + 1} - ${before}`,
  'signs of sums': (before: string, i: number) => (i % 2 === 0 ? `-${before}` : `${before} * w`),
} as const;

const rule = (text: string) => {
  const read = readUpdateRule(text);
  if (!read.ok) throw new Error(read.issues[0]!.message);
  return read.value;
};

describe.each(Object.entries(rules))('a rule that is a chain of %s', (_, line) => {
  it.each([1, 99, 100, 101, 199, 200, 201, 202, 399, 1001, 8000])(
    'of length %i is read back from its text',
    (length) => {
      const read = rule(chain(length, line));
      expect(instructionCount(read)).toBe(length);
      expect(rule(ruleText(read))).toEqual(read);
    },
  );
});

it('a chain that the parser reads at one go is one line, as ever: its text is its identity', () => {
  const nested = (length: number) => `${'sign(abs('.repeat(length / 2)}g${')'.repeat(length)}`;
  expect(ruleText(rule(`u = ${nested(198)}`))).toBe(`u = ${nested(198)}\n`);
  const long = ruleText(rule(chain(202, rules.calls)));
  expect(long.split('\n').map((each) => each.slice(0, 5))).toEqual(['v1 = ', 'u = a', '']);
});

describe('an architecture that is a chain of activations', () => {
  it.each([1, 199, 200, 201, 1000, 8000])('of length %i is read back from its text', (length) => {
    const lines = Array.from({ length }, (_, i) => `a${i + 1} = ${i % 2 === 0 ? 'tanh' : 'sin'}(a${i})\n`);
    const read = readArchitecture(`a0 = x\n${lines.join('')}y = a${length}\n`);
    if (!read.ok) throw new Error(read.issues[0]!.message);
    expect(read.value.nodes).toHaveLength(length + 1);
    expect(readArchitecture(architectureText(read.value))).toEqual(read);
  });
});

describe('a program of twenty thousand mistakes', () => {
  const lines = (line: (i: number) => string) => Array.from({ length: 20_000 }, (_, i) => line(i)).join('\n');
  it.each([
    ['unknown names in a rule', () => readUpdateRule(lines((i) => `q${i} = zz${i} + 1`))],
    ['unknown ops in a rule', () => readUpdateRule(lines((i) => `q${i} = foo${i}(g)`))],
    ['unknown names in an architecture', () => readArchitecture(lines((i) => `q${i} = relu(zz${i})`))],
    ['lines that do not parse', () => readUpdateRule(lines(() => 'q ='))],
  ])('%s: the first hundred are told, the rest are counted', (_, read) => {
    const result = read();
    if (result.ok) throw new Error('it was read');
    expect(result.issues).toHaveLength(100);
    expect(result.issues[99]!.message).toMatch(/; and \d+ more of this kind$/);
  });
});
