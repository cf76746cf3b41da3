/** Signatures of known rules: against what follows from theory, and against the same rules and measures written by hand. */
import { describe, expect, it } from 'vitest';
import { knownRule, knownRuleNames, knownText } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import {
  adamLikeness,
  probeStreams,
  type RuleSignature,
  ruleSignature,
} from '../../src/traits/rule-signature.ts';
import { traits } from '../../src/traits/table.ts';

const measured = new Map<string, RuleSignature | null>();
/** Measured once: it takes a while. */
function signatureOrNone(name: string): RuleSignature | null {
  if (!measured.has(name)) measured.set(name, ruleSignature(knownRule(name)!));
  return measured.get(name)!;
}
const signature = (name: string) => signatureOrNone(name)!;
const likeness = (name: string) => {
  const { scale, memory } = adamLikeness(signature(name));
  return { scale: scale!, memory: memory! };
};
function ruleOf(text: string) {
  const rule = readUpdateRule(text);
  if (!rule.ok) throw new Error(JSON.stringify(rule.issues));
  return rule.value;
}

describe('exponents of scale', () => {
  it.each(['sgd', 'heavy-ball', 'nesterov', 'addsign'])('%s follows the gradient', (name) => {
    expect(signature(name).kappaGlobal).toBeCloseTo(1, 6);
    expect(signature(name).kappaCoord).toBeCloseTo(1, 6);
  });

  it.each([
    'adam',
    'amsgrad-torch',
    'adamw',
    'rmsprop',
    'adagrad',
    'yogi',
    'nadam',
    'lion',
    'signsgd',
    'signum',
  ])('%s does not, all together or one coordinate', (name) => {
    expect(Math.abs(signature(name).kappaGlobal!)).toBeLessThan(1e-3);
    expect(Math.abs(signature(name).kappaCoord!)).toBeLessThan(1e-3);
  });

  // What one coordinate gains it takes from the tensor's norm: the published hints are 0.35 and 0.34.
  it.each([
    ['lars', 0.35],
    ['novograd', 0.34],
  ])('%s follows one coordinate in part', (name, hint) => {
    expect(Math.abs(signature(name).kappaGlobal!)).toBeLessThan(1e-3);
    expect(Math.abs(signature(name).kappaCoord! - hint)).toBeLessThan(0.03);
  });

  it('of a normalised gradient is what the norm says', () => {
    const [before, after] = [probeStreams.noise.g, probeStreams.oneLarger.g].map((g) => {
      const squares = g.slice(20).map((each) => each[5]! ** 2 / each.reduce((sum, x) => sum + x * x, 0));
      return Math.sqrt(squares.reduce((sum, x) => sum + x, 0) / squares.length);
    });
    expect(signature('normalised-gd').kappaCoord).toBeCloseTo(Math.log(after! / before!) / Math.log(30), 6);
  });
});

describe('memory', () => {
  const pairs = 16 * 279;
  /** Stationary correlation of an update with the next under independent normal gradients. */
  const ofLion = (() => {
    const [b1, b2] = [0.9, 0.99];
    const m = (1 - b2) ** 2 / (1 - b2 ** 2);
    const variance = b1 * b1 * m + (1 - b1) ** 2;
    const rho = (b1 * (b1 * b2 * m + (1 - b1) * (1 - b2))) / variance;
    return (2 / Math.PI) * Math.asin(rho);
  })();
  // u = g + mu m with m = mu m' + g.
  const ofNesterov = (() => {
    const mu = 0.9;
    const m = 1 / (1 - mu * mu);
    const variance = (1 + mu) ** 2 + mu ** 4 * m;
    return (mu * mu * (mu * mu * mu * m + 1 + mu)) / variance;
  })();
  it.each([
    ['sgd', 0],
    ['signsgd', 0],
    ['rmsprop', 0],
    ['adagrad', 0],
    ['heavy-ball', 0.9],
    ['adam', 0.9],
    ['amsgrad-torch', 0.9],
    ['signum', (2 / Math.PI) * Math.asin(0.9)],
    ['lion', ofLion],
    ['nesterov', ofNesterov],
  ])('%s repeats itself with %f', (name, expected) => {
    // The published hint for Adam is 0.895.
    const error = Math.sqrt((1 - expected ** 2) / pairs);
    expect(Math.abs(signature(name).autocorrelation! - expected)).toBeLessThan(5 * error);
  });
});

describe('memory of scale', () => {
  it.each([
    ['sgd', 0.03],
    ['signsgd', 1],
    ['signum', 1],
    ['normalised-gd', 1],
  ])('%s falls with the gradients to %f', (name, expected) => {
    expect(signature(name).scaleDrop! / expected).toBeGreaterThan(0.97);
    expect(signature(name).scaleDrop! / expected).toBeLessThan(1.03);
  });

  it('RMSProp and Adam divide what comes by what was: both stay far below 1', () => {
    // Without momentum the update falls to 0.03 / sqrt(share of the old second moment that is left).
    expect(signature('rmsprop').scaleDrop).toBeGreaterThan(0.03);
    expect(signature('rmsprop').scaleDrop).toBeLessThan(0.05);
    // What momentum still holds of the old gradients goes as 0.9^k: its mean square over 150 steps, and what comes besides.
    const held = Math.sqrt(
      Array.from({ length: 150 }, (_, k) => 0.81 ** (k + 1)).reduce((a, b) => a + b) / 150,
    );
    expect(signature('heavy-ball').scaleDrop).toBeGreaterThan(held * 0.95);
    expect(signature('heavy-ball').scaleDrop).toBeLessThan(held * 1.25);
  });
});

describe('likeness to Adam', () => {
  it('is 1 and 1 for Adam itself', () => expect(likeness('adam')).toEqual({ scale: 1, memory: 1 }));

  it.each([
    ['rmsprop', 'scale only'],
    ['heavy-ball', 'memory only'],
    ['nesterov', 'memory only'],
    ['sgd', 'neither'],
    ['amsgrad-torch', 'both'],
    ['amsgrad-paper', 'both'],
    ['amsgrad-optax', 'both'],
    ['adamw', 'both'],
    ['nadam', 'both'],
    ['adabelief', 'both'],
    ['yogi', 'both'],
    ['signum', 'both'],
    ['signsgd', 'scale only'],
    ['lion', 'scale only'],
  ])('%s is alike in %s', (name, expected) => {
    expect(traits.rule['adam-like'].of(knownRule(name)!)).toBe(expected);
  });

  it('does not depend on the learning rate', () => {
    const faster = ruleOf(knownText('rule', 'adam')!.replace('0.001 *', '0.03 *'));
    const [a, b] = [adamLikeness(ruleSignature(faster)), likeness('adam')];
    expect(a.scale!).toBeCloseTo(b.scale, 9);
    expect(a.memory!).toBeCloseTo(b.memory, 9);
  });

  it('of every known rule is between 0 and 1, or not defined', () => {
    const none = knownRuleNames().filter((name) => {
      const of = signatureOrNone(name);
      const { scale, memory } = adamLikeness(of);
      for (const each of [scale, memory])
        if (each !== null) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(1);
        }
      return of === null;
    });
    // Those that look at the loss or its gradient elsewhere.
    expect(none).toEqual([
      ...['gd-backtracking', 'lbfgs', 'openai-es', 'pso', 'sam', 'seg', 'sls'],
      ...['sls-goldstein', 'sls-nesterov', 'sls-polyak', 'svrg'],
    ]);
  });

  it('is not defined where there is no update, or none that is a number', () => {
    expect(adamLikeness(ruleSignature(ruleOf('u = 0 * g')))).toEqual({ scale: null, memory: null });
    expect(traits.rule['adam-like'].of(ruleOf('u = 0 * g'))).toBeNull();
    expect(ruleSignature(ruleOf("s = 1000 * s' + g\nu = s"))!.kappaGlobal).toBeNull();
  });
});

describe('an independent computation', () => {
  type Rule = (gradients: readonly Float64Array[]) => number[][];
  const steps = (
    each: (g: number, t: number, state: [number, number]) => { u: number; state: [number, number] },
  ): Rule => {
    return (gradients) => {
      const states = Array.from({ length: 16 }, (): [number, number] => [0, 0]);
      return gradients.map((g, k) =>
        [...g].map((x, i) => {
          const { u, state } = each(x, k + 1, states[i]!);
          states[i] = state;
          return u;
        }),
      );
    };
  };
  const byHand: Readonly<Record<string, Rule>> = {
    adam: steps((g, t, [m0, v0]) => {
      const [m, v] = [0.9 * m0 + 0.1 * g, 0.999 * v0 + 0.001 * g * g];
      const u = (-1e-3 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
      return { u, state: [m, v] };
    }),
    rmsprop: steps((g, _, [, v0]) => {
      const v = 0.99 * v0 + 0.01 * g * g;
      return { u: (-0.01 * g) / (Math.sqrt(v) + 1e-8), state: [0, v] };
    }),
    'heavy-ball': steps((g, _, [m0]) => ({ u: -1e-3 * (0.9 * m0 + g), state: [0.9 * m0 + g, 0] })),
    signum: steps((g, _, [m0]) => {
      const m = 0.9 * m0 + 0.1 * g;
      return { u: -1e-3 * Math.sign(m), state: [m, 0] };
    }),
  };
  const rms = (values: readonly number[]) =>
    Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

  it.each(Object.keys(byHand))('agrees on %s', (name) => {
    const run = byHand[name]!;
    const on = (stream: keyof typeof probeStreams) => run(probeStreams[stream].g);
    const settled = on('noise').slice(20);
    const one = (updates: number[][]) => updates.map((u) => u[5]!);
    const found = signature(name);
    const falling = on('falling');
    expect(found.kappaGlobal).toBeCloseTo(
      Math.log10(rms(on('larger').slice(20).flat()) / rms(settled.flat())),
      6,
    );
    expect(found.kappaCoord).toBeCloseTo(
      Math.log(rms(one(on('oneLarger').slice(20))) / rms(one(settled))) / Math.log(30),
      6,
    );
    expect(found.scaleDrop).toBeCloseTo(
      rms(falling.slice(150).flat()) / rms(falling.slice(20, 150).flat()),
      6,
    );
    const [x, y] = [settled.slice(0, -1).flat(), settled.slice(1).flat()];
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const centred = (values: number[]) => {
      const centre = mean(values);
      return values.map((v) => v - centre);
    };
    const [cx, cy] = [centred(x), centred(y)];
    const covariance = mean(cx.map((v, i) => v * cy[i]!));
    expect(found.autocorrelation).toBeCloseTo(covariance / (rms(cx) * rms(cy)), 6);
  });
});
