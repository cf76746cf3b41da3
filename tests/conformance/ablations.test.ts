/**
 * Each ablation of Adam is what its name says: against Adam written out once more as plain loops, with a switch for every ingredient, and by what must and must not change when gradients
 * are scaled, coordinate by coordinate or all together, or are the same at every step.
 */
import { describe, expect, it } from 'vitest';
import { type AblationName, ablationNames, ablations } from '../../src/assays/ablations.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { knownText } from '../../src/genome/known.ts';
import { genomeOf, programOf } from '../support/engines.ts';
import { openGradient } from '../support/rule-oracle.ts';

interface Switches {
  readonly beta1?: number;
  readonly isDivided?: boolean;
  readonly isDebiased?: boolean;
  readonly epsilon?: number;
  readonly isGlobal?: boolean;
  readonly max?: 'raw' | 'debiased';
}

/** Of Kingma and Ba 2015, algorithm 1; of Reddi et al. 2018 the maximum. */
const switches: Readonly<Record<AblationName, Switches>> = {
  momentum: { beta1: 0 },
  'second-moment': { isDivided: false },
  'bias-correction': { isDebiased: false },
  epsilon: { epsilon: 0 },
  'per-coordinate': { isGlobal: true },
  'amsgrad-torch': { max: 'raw' },
  'amsgrad-paper': { max: 'raw', isDebiased: false },
  'amsgrad-optax': { max: 'debiased' },
};

/** All updates of some steps, of all parameters as one vector. */
function byHand(
  gradients: readonly (readonly number[])[],
  { beta1 = 0.9, isDivided = true, isDebiased = true, epsilon = 1e-8, isGlobal = false, max }: Switches,
): number[][] {
  const d = gradients[0]!.length;
  const [m, v, most] = [0, 1, 2].map(() => new Array<number>(d).fill(0)) as [number[], number[], number[]];
  return gradients.map((g, step) => {
    const [one, two] = isDebiased ? [1 - beta1 ** (step + 1), 1 - 0.999 ** (step + 1)] : [1, 1];
    const meanSquare = g.reduce((sum, x) => sum + x * x, 0) / d;
    return g.map((x, i) => {
      m[i] = beta1 * m[i]! + (1 - beta1) * x;
      v[i] = 0.999 * v[i]! + 0.001 * (isGlobal ? meanSquare : x * x);
      if (!isDivided) return (-0.001 * m[i]) / one;
      let second = v[i]! / two;
      if (max === 'raw') {
        most[i] = Math.max(most[i]!, v[i]!);
        second = most[i]! / two;
      } else if (max === 'debiased') {
        most[i] = Math.max(most[i]!, second);
        second = most[i]!;
      }
      return (-0.001 * (m[i]! / one)) / (Math.sqrt(second) + epsilon);
    });
  });
}

/** The same under a rule in notation or by its known name: a weight of 2 x 3 and a bias of 3. */
function underRule(rule: string, gradients: readonly (readonly number[])[]): number[][] {
  const text = rule.includes('=') ? rule : knownText('rule', rule)!;
  const program = programOf(
    genomeOf('y = x', text),
    { input: [1, 1, 2], target: { kind: 'regression', outputs: 3 } },
    4,
  );
  const executable = referenceEngine.prepare(program);
  executable.writeParameters([new Float64Array(6), new Float64Array(3)]);
  executable.resetStates();
  const weights = () => executable.readParameters().flatMap((each) => [...each]);
  return gradients.map((gradient, step) => {
    const before = weights();
    executable.writeGradients([
      Float64Array.from(gradient.slice(0, 6)),
      Float64Array.from(gradient.slice(6)),
    ]);
    executable.update({ t: step + 1, T: 20, L: 0, b: 1, n: 10 }, noiseKeys('ablations'));
    return weights().map((value, i) => value - before[i]!);
  });
}

const stepsOf = (scale: (coordinate: number) => number) =>
  Array.from({ length: 20 }, (_, t) =>
    [...openGradient(t + 1), ...openGradient(t + 40).slice(0, 3)].map((x, i) => x * scale(i)),
  );
const plain = stepsOf(() => 1);
/** The largest difference, relative to the largest of the second. */
function worst(a: readonly number[][], b: readonly number[][]): number {
  const expected = b.flat();
  const difference = a.flat().reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
  return difference / Math.max(...expected.map(Math.abs));
}

const ruleOf = (name: AblationName) => ablations[name].rule;

describe('ablations of Adam', () => {
  it.each(ablationNames)('%s is Adam by hand with one switch', (name) => {
    expect(worst(underRule(ruleOf(name), plain), byHand(plain, switches[name]))).toBeLessThan(1e-10);
  });

  it('are none of them Adam, nor each other', () => {
    const all = ['adam', ...ablationNames.map(ruleOf)].map((rule) => underRule(rule, plain));
    // epsilon changes least: 1e-8 of a root that is as small as the smallest gradients.
    for (const [i, a] of all.entries())
      for (const b of all.slice(0, i))
        expect(Math.max(...a.flat().map((x, k) => Math.abs(x - b.flat()[k]!)))).toBeGreaterThan(1e-11);
  });

  it('without epsilon do not see the scale of single coordinates at all; with one second moment they see it; without it they are linear', () => {
    const scaled = stepsOf((i) => 2 ** (i - 4));
    const doubled = stepsOf(() => 2);
    const [epsilon, global] = [ruleOf('epsilon'), ruleOf('per-coordinate')];
    expect(underRule(epsilon, scaled)).toEqual(underRule(epsilon, plain));
    expect(worst(underRule(global, scaled), underRule(global, plain))).toBeGreaterThan(0.1);
    expect(worst(underRule(global, doubled), underRule(global, plain))).toBeLessThan(1e-8);
    const linear = underRule(ruleOf('second-moment'), plain);
    expect(
      worst(
        underRule(ruleOf('second-moment'), doubled),
        linear.map((step) => step.map((x) => 2 * x)),
      ),
    ).toBeLessThan(1e-12);
  });

  it('of a constant gradient: a maximum changes nothing but without bias correction, and that changes the first step most', () => {
    const constant = plain.map(() => plain[0]!);
    const adam = underRule('adam', constant);
    for (const name of ['amsgrad-torch', 'amsgrad-optax', 'momentum'] as const)
      expect(worst(underRule(ruleOf(name), constant), adam)).toBeLessThan(1e-10);
    const [first] = underRule(ruleOf('bias-correction'), constant);
    // (1 - beta1) / sqrt(1 - beta2) of a debiased step.
    for (const [i, x] of first!.entries()) expect(x / adam[0]![i]!).toBeCloseTo(0.1 / Math.sqrt(0.001), 2);
  });
});
