/** Known rules that look further than elementwise ops do, against trajectories of optax: factored, matrix and line-search rules and L-BFGS. */
import { describe, expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { createUpdate } from '../../src/engines/reference/update.ts';
import { knownText } from '../../src/genome/known.ts';
import oracle from '../fixtures/rule-steps-whole.json' with { type: 'json' };
import { expectDigits } from '../support/close.ts';
import { allEngines, genomeOf, programOf, worstError } from '../support/engines.ts';
import { objective, openGradient, slope, start } from '../support/rule-oracle.ts';

type Matrix = readonly (readonly number[])[];
type Steps = Readonly<Record<string, Matrix | undefined>>;
const flat = (matrix: Matrix) => Float64Array.from(matrix.flat());
const signature = { input: [1, 1, 2], target: { kind: 'regression', outputs: 3 } } as const;

/** Oracle case -> what to replace in the shipped text; every replacement must be found. */
const cases: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  adafactor: [['minimum(0.01, 1 / sqrt(t))', '0.01']],
  sm3: [],
  'rprop-torch': [],
  'rprop-optax': [],
  radam: [['-0.001 *', '-0.01 *']],
  adadelta: [],
  cocob: [],
  fromage: [],
  muon: [['-0.02 *', '-0.01 *']],
  shampoo: [],
  soap: [],
};

function textOf(rule: string, substitutions: readonly (readonly [string, string])[]): string {
  let text = knownText('rule', rule)!.replace(/#.*$/gm, '');
  for (const [from, to] of substitutions) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

const tolerances = { reference: 1e-10, wasm: 1e-5, tensorflow: 1e-5 } as const;

/** Where an eigenvalue is 0, SOAP divides rounding errors by their own size: in float32 that is a step of full size. */
const exceptions: Readonly<Record<string, Partial<Record<keyof typeof tolerances, number>>>> = {
  soap: { wasm: 5e-3, tensorflow: 5e-3 },
};
const toleranceOf = (rule: string, engine: keyof typeof tolerances) =>
  exceptions[rule]?.[engine] ?? tolerances[engine];

describe.each(allEngines.map((engine) => [engine.name, engine] as const))(
  'rules beyond elementwise on %s',
  (name, engine) => {
    const run = (
      rule: string,
      gradient: (t: number, w: Float64Array) => Float64Array,
      expected: Steps,
      tolerance: number = tolerances[name],
    ) => {
      const executable = engine.prepare(programOf(genomeOf('y = x', rule), signature, 4));
      executable.writeParameters([start(), new Float64Array(3)]);
      executable.resetStates();
      for (let t = 1; t <= 20; t++) {
        const w = executable.readParameters()[0]!;
        executable.writeGradients([gradient(t, w), new Float64Array(3)]);
        executable.update({ t, T: 20, L: 0, b: 1, n: 10 }, noiseKeys('rules'));
        const at = expected[t];
        if (at !== undefined)
          expect(worstError(executable.readParameters()[0]!, flat(at)), `step ${t}`).toBeLessThan(tolerance);
      }
      executable.dispose();
    };

    it.each(Object.entries(cases))('%s, open loop', (rule, substitutions) => {
      run(
        textOf(rule, substitutions),
        openGradient,
        (oracle.open_loop as Record<string, Steps>)[rule]!,
        toleranceOf(rule, name),
      );
    });

    it.each(Object.entries(cases))('%s, closed loop', (rule, substitutions) => {
      run(
        textOf(rule, substitutions),
        (_t, w) => slope(w),
        (oracle.closed_loop as unknown as Record<string, Steps>)[rule]!,
        toleranceOf(rule, name),
      );
    });

    it('the two-loop recursion, with the memory full and not', () => {
      // Pairs from the open stream of steps and gradients: y = g - g of the step before, on the whole program's side.
      for (const [memory, key] of [
        [10, 'lbfgs-plain'],
        [3, 'lbfgs-memory-3'],
      ] as const)
        run(
          `u = -lbfgs(g, u', g - where(t > 1, h', g), memory: ${memory})\nh = g`,
          (_t, w) => slope(w),
          (oracle.closed_loop as unknown as Record<string, Steps>)[key]!,
        );
    });

    it('Newton-Schulz, wide and tall', () => {
      const { X, NS5 } = oracle.newton_schulz_5;
      const shapes = [
        [2, 3, (m: Matrix) => flat(m)],
        [3, 2, (m: Matrix) => Float64Array.from({ length: 6 }, (_, i) => m[i % 2]![Math.floor(i / 2)]!)],
      ] as const;
      for (const [rows, cols, layOut] of shapes) {
        const program = programOf(
          genomeOf('y = x', 'u = orthogonalize(g) - w'),
          { input: [1, 1, rows], target: { kind: 'regression', outputs: cols } },
          4,
        );
        const executable = engine.prepare(program);
        executable.writeGradients([layOut(X), new Float64Array(cols)]);
        executable.update({ t: 1, T: 1, L: 0, b: 1, n: 1 }, noiseKeys('rules'));
        const [weights, bias] = executable.readParameters();
        expect(worstError(weights!, layOut(NS5))).toBeLessThan(name === 'reference' ? 1e-11 : 1e-5);
        expect([...bias!]).toEqual(new Array(cols).fill(0));
        executable.dispose();
      }
    });
  },
);

/** The loss of these oracles is no network's, so only the reference, which takes any objective, can follow them; the engines are compared on networks elsewhere. */
function underObjective(rule: string, b: number, n: number) {
  const update = createUpdate(programOf(genomeOf('y = x', rule), signature, 4));
  let weights: Float64Array[] = [start(), new Float64Array(3)];
  return {
    weights: () => weights[0]!,
    step(t: number): number {
      const g = [slope(weights[0]!), new Float64Array(3)];
      const { parameters, costUnits } = update.step(
        { t, T: 20, L: objective(weights[0]!), b, n },
        weights,
        g,
        noiseKeys('rules'),
        {
          lossOf: ([w]) => objective(w!),
          gradientOf: ([w]) => [slope(w!), new Float64Array(3)],
          wholeBatches: () => 2,
          fullGradientOf: ([w]) => [slope(w!), new Float64Array(3)],
        },
      );
      weights = parameters;
      return costUnits;
    },
  };
}

/** Of a step size from search to search, with 500 batches in an epoch. */
const growth = 2 ** (1 / 500);
const norm2 = (w: Float64Array) => w.reduce((sum, x) => sum + x * x, 0);

describe('rules that evaluate further', () => {
  it('sls follows its authors’ algorithm and takes as many forward passes', () => {
    const run = underObjective(knownText('rule', 'sls')!, 1, 500);
    let forwards = 0;
    for (let t = 1; t <= 20; t++) {
      forwards += 1 + run.step(t);
      const at = (oracle.sls.w as unknown as Steps)[t];
      if (at !== undefined) expect(worstError(run.weights(), flat(at)), `step ${t}`).toBeLessThan(1e-10);
    }
    expect(forwards).toBe(oracle.sls.forwards);
  });

  it('gd-backtracking follows optax', () => {
    const run = underObjective(knownText('rule', 'gd-backtracking')!, 1, 1);
    const expected = oracle.closed_loop['gd-backtracking'] as unknown as Steps;
    for (let t = 1; t <= 20; t++) {
      run.step(t);
      const at = expected[t];
      if (at !== undefined) expect(worstError(run.weights(), flat(at)), `step ${t}`).toBeLessThan(1e-10);
    }
  });

  it('lbfgs takes the steps of optax with a strong Wolfe search while 1 is accepted', () => {
    const run = underObjective(knownText('rule', 'lbfgs')!, 1, 1);
    const expected = oracle.lbfgs_zoom.w as unknown as Steps;
    for (let t = 1; t <= 5; t++) {
      run.step(t);
      const at = expected[t];
      if (at !== undefined) expect(worstError(run.weights(), flat(at)), `step ${t}`).toBeLessThan(1e-10);
    }
  });

  it.each([
    ['sls', growth * 0.9 ** 100, 0],
    ['sls-polyak', growth * 0.9 ** 100, 0.6],
    ['seg', 1e-6, 0],
  ] as const)(
    '%s takes a step of 1e-6 where its search fails, and begins the next one as its authors’ code does',
    (rule, remembered, momentum) => {
      const update = createUpdate(programOf(genomeOf('y = x', knownText('rule', rule)!), signature, 4));
      const [x, bias] = [start(), new Float64Array(3)];
      // Half the square of the distance from 0; in the first step a wall stands at 1e-6 along the first axis, nearer than the last try.
      const step = (t: number, w: Float64Array) => {
        const isBehindWall = (at: Float64Array) => t === 1 && Math.abs(at[0]! - w[0]!) > 1e-6;
        const scaled = (at: Float64Array, by: number) => [at.map((value) => by * value), bias];
        const { parameters } = update.step(
          { t, T: 2, L: 0.5 * norm2(w), b: 1, n: 500 },
          [w, bias],
          scaled(w, 1),
          noiseKeys('rules'),
          {
            lossOf: ([at]) => (isBehindWall(at!) ? Number.POSITIVE_INFINITY : 0.5 * norm2(at!)),
            gradientOf: ([at]) => scaled(at!, isBehindWall(at!) ? 1e9 : 1),
            wholeBatches: () => 1,
            fullGradientOf: ([at]) => scaled(at!, 1),
          },
        );
        return parameters[0]!;
      };
      const ahead = (s: number) => (rule === 'seg' ? s * (1 - s) : s);
      const first = step(1, x);
      const second = step(2, first);
      const size = growth * remembered;
      for (const [i, w] of x.entries()) {
        const after = w * (1 - ahead(1e-6));
        expectDigits(first[i]!, after, 1e-15);
        expectDigits(second[i]!, after * (1 - ahead(size)) + momentum * (after - w), 1e-15);
      }
    },
  );
});
