/** Known rules against reference trajectories: the shipped file with the oracle's constants put in the place of its own. */
import { describe, expect, it } from 'vitest';
import { noiseKeys } from '../../src/engines/noise.ts';
import { knownText } from '../../src/genome/known.ts';
import oracle from '../fixtures/rule-steps.json' with { type: 'json' };
import { allEngines, genomeOf, programOf, worstError } from '../support/engines.ts';
import { objective, openGradient, slope, start } from '../support/rule-oracle.ts';

type Substitution = readonly [from: string, to: string];

/** Oracle case -> shipped rule, and what to replace in its text. Every replacement must be found, so that a changed file cannot slip through. */
const cases: Readonly<Record<string, { readonly rule: string; readonly with: readonly Substitution[] }>> = {
  'sgd(lr=.01)': { rule: 'sgd', with: [['0.001 *', '0.01 *']] },
  'heavy_ball(lr=.01,mu=.9)': { rule: 'heavy-ball', with: [['0.001 *', '0.01 *']] },
  'nesterov(lr=.01,mu=.9)': { rule: 'nesterov', with: [['0.001 *', '0.01 *']] },
  'rmsprop_torch(lr=.01,alpha=.99,eps=1e-8 outside sqrt)': { rule: 'rmsprop', with: [] },
  'adam(lr=.01,.9,.999,1e-8)': { rule: 'adam', with: [['0.001 *', '0.01 *']] },
  'amsgrad_reddi(no bias correction)': { rule: 'amsgrad-paper', with: [['0.001 *', '0.01 *']] },
  'adamw(lr=.01,wd=.01)': { rule: 'adamw', with: [['0.001 *', '0.01 *']] },
  'lion(lr=.01,.9,.99,wd=.1)': {
    rule: 'lion',
    with: [
      ['1e-4 *', '0.01 *'],
      ['1e-3 *', '0.1 *'],
    ],
  },
  'lars(lr=.01,coef=.001,mu=.9)': { rule: 'lars', with: [] },
  'yogi(lr=.01,eps=1e-3,m0=v0=1e-6)': { rule: 'yogi', with: [] },
};

type Matrix = readonly (readonly number[])[];
const flat = (matrix: Matrix) => Float64Array.from(matrix.flat());

function ruleText(name: string): string {
  const { rule, with: substitutions } = cases[name]!;
  let text = knownText('rule', rule)!.replace(/#.*$/gm, '');
  for (const [from, to] of substitutions) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

/** One 2 x 3 parameter under the rule. The head's bias is a second parameter; rules with a scope of `all` are not among the open-loop cases. */
function underRule(engine: (typeof allEngines)[number], rule: string) {
  const program = programOf(
    genomeOf('y = x', rule),
    { input: [1, 1, 2], target: { kind: 'regression', outputs: 3 } },
    4,
  );
  const executable = engine.prepare(program);
  executable.writeParameters([start(), new Float64Array(3)]);
  executable.resetStates();
  return {
    weights: () => executable.readParameters()[0]!,
    step(t: number, gradient: Float64Array, L = 0, b = 1, n = 10) {
      executable.writeGradients([gradient, new Float64Array(3)]);
      executable.update({ t, T: 20, L, b, n }, noiseKeys('rules'));
    },
  };
}

const tolerances = { reference: 1e-10, wasm: 1e-5, tensorflow: 1e-5 } as const;

describe.each(allEngines.map((engine) => [engine.name, engine] as const))('rules on %s', (name, engine) => {
  it.each(Object.keys(cases))('%s, open loop', (key) => {
    const expected = (oracle.open_loop as unknown as Record<string, Record<string, Matrix>>)[key]!;
    const run = underRule(engine, ruleText(key));
    for (let t = 1; t <= 20; t++) {
      run.step(t, openGradient(t));
      if (expected[t] !== undefined)
        expect(worstError(run.weights(), flat(expected[t]!)), `step ${t}`).toBeLessThan(tolerances[name]);
    }
  });

  it.each(Object.keys(cases))('%s, closed loop', (key) => {
    const expected = (
      oracle.closed_loop as unknown as Record<string, { w: Record<string, Matrix>; final_loss: number }>
    )[key]!;
    const run = underRule(engine, ruleText(key));
    for (let t = 1; t <= 20; t++) {
      run.step(t, slope(run.weights()));
      const at = expected.w[t];
      if (at !== undefined)
        expect(worstError(run.weights(), flat(at)), `step ${t}`).toBeLessThan(tolerances[name]);
    }
    expect(Math.abs(objective(run.weights()) / expected.final_loss - 1)).toBeLessThan(tolerances[name]);
  });

  it('sps, closed loop', () => {
    const expected = oracle.sps_closed_loop.w as unknown as Record<string, Matrix>;
    const run = underRule(engine, knownText('rule', 'sps')!);
    for (let t = 1; t <= 20; t++) {
      const w = run.weights();
      // The oracle smooths with b / n = 1 / 500.
      run.step(t, slope(w), objective(w), 1, 500);
      const at = expected[t];
      if (at !== undefined)
        expect(worstError(run.weights(), flat(at)), `step ${t}`).toBeLessThan(tolerances[name]);
    }
  });
});
