/** Rules with noise on their updates: the noise has the size that is said, tensor by tensor, and the rule does not know of it. */
import { describe, expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { knownRule, knownRuleNames } from '../../src/genome/known.ts';
import { noisyRule } from '../../src/genome/update-rule/noisy.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import type { UpdateRule } from '../../src/genome/update-rule/update-rule.ts';
import { ruleFromText, ruleText } from '../../src/lineage/codec.ts';
import { allEngines, genomeOf, programOf } from '../support/engines.ts';

const [rows, cols] = [40, 50];
/** Gradients of a weight of 40 x 50 and a bias of 50, a hundred times as large. */
const gradients = (t: number) => [
  Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(0.7 * t + i)),
  Float64Array.from({ length: cols }, (_, i) => 100 * Math.cos(0.3 * t + i)),
];

/** Updates of three steps in open loop, by tensor. */
function updatesOf(engine: (typeof allEngines)[number], rule: UpdateRule): number[][][] {
  const program = programOf(
    { ...genomeOf('y = x', 'u = g'), rule },
    { input: [1, 1, rows], target: { kind: 'regression', outputs: cols } },
    4,
  );
  const executable = engine.prepare(program);
  executable.resetStates();
  const updates = [1, 2, 3].map((t) => {
    executable.writeParameters([new Float64Array(rows * cols), new Float64Array(cols)]);
    executable.writeGradients(gradients(t));
    executable.update({ t, T: 3, L: 1, b: 1, n: 10 }, noiseKeys('noisy'));
    return executable.readParameters().map((values) => [...values]);
  });
  executable.dispose();
  return updates;
}

const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
const less = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x - b[i]!);

describe.each(allEngines.map((engine) => [engine.name, engine] as const))(
  'noise on updates on %s',
  (_name, engine) => {
    it.each(['sgd', 'adam', 'heavy-ball'])(
      'of %s has the dose of the update of each tensor, and leaves its states alone',
      (name) => {
        const clean = updatesOf(engine, knownRule(name)!);
        const [small, large] = [0.3, 3].map((dose) => updatesOf(engine, noisyRule(knownRule(name)!, dose)));
        for (const step of [0, 1, 2])
          for (const tensor of [0, 1]) {
            const u = clean[step]![tensor]!;
            const [noise, more] = [less(small![step]![tensor]!, u), less(large![step]![tensor]!, u)];
            // 2,000 normal numbers, or 50: within about four standard errors of a deviation, 1 / sqrt(2 d).
            const margin = 4 / Math.sqrt(2 * u.length);
            expect(Math.abs(rms(noise) / (0.3 * rms(u)) - 1)).toBeLessThan(margin);
            expect(Math.abs(noise.reduce((sum, x) => sum + x, 0) / u.length / rms(noise))).toBeLessThan(
              4 / Math.sqrt(u.length),
            );
            // The same draws at ten times the dose.
            expect(
              rms(
                less(
                  more,
                  noise.map((x) => 10 * x),
                ),
              ),
            ).toBeLessThan(1e-4 * rms(more));
          }
        const [first, second] = [0, 1].map((step) => less(large![step]![0]!, clean[step]![0]!));
        const correlation =
          first!.reduce((sum, x, i) => sum + x * second![i]!, 0) / (rows * cols * rms(first!) * rms(second!));
        expect(Math.abs(correlation)).toBeLessThan(0.1);
      },
    );
  },
);

describe('noise on the updates', () => {
  it('of every known rule is a rule that can be stored, of which no noise is the rule itself', () => {
    for (const name of knownRuleNames()) {
      const rule = knownRule(name)!;
      const noisy = noisyRule(rule, 0.5);
      expect(ruleFromText(ruleText(noisy)), name).toEqual(noisy);
      expect(noisyRule(rule, 0)).toEqual(rule);
      expect(noisy.states.length).toBe(rule.states.length);
    }
  });

  it('is what one would write', () => {
    const written = readUpdateRule(
      "m = 0.9 * m' + g\nc = -0.001 * m\nu = c + 0.3 * rms(c, over: tensor) * normal()",
    );
    expect(written.ok && written.value).toEqual(noisyRule(knownRule('heavy-ball')!, 0.3));
  });

  it('does not reach what a quasi-Newton rule remembers of its step', () => {
    const noisy = noisyRule(knownRule('lbfgs')!, 1);
    const reads = (index: number): boolean => {
      const node = noisy.nodes[index]!;
      return node.kind === 'op' && (node.op === 'normal' || node.args.some(reads));
    };
    expect(reads(noisy.output)).toBe(true);
    for (const { next } of noisy.states) expect(reads(next)).toBe(false);
  });
});
