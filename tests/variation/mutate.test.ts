import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { type ArchitectureOp, architectureOps } from '../../src/genome/architecture/ops.ts';
import { inferShapes } from '../../src/genome/architecture/shapes.ts';
import type { Genome } from '../../src/genome/genome.ts';
import { architectureHash, ruleHash, ruleText } from '../../src/genome/identity.ts';
import { knownRule } from '../../src/genome/known.ts';
import { canonicalUpdateRule } from '../../src/genome/update-rule/canonical.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { instructionCount } from '../../src/genome/update-rule/traverse.ts';
import { stream } from '../../src/random/stream.ts';
import { operatorNames } from '../../src/search-space/operator-names.ts';
import { mutate } from '../../src/variation/mutate.ts';
import { architectureOperators, ruleOperators } from '../../src/variation/table.ts';
import { randomGenome, testSettings } from '../support/arbitraries.ts';
import { generousLimits } from '../support/engines.ts';
import { expectEventually } from '../support/eventually.ts';

const both = ['architecture', 'rule'] as const;
const hashes = ({ architecture, rule }: Genome) => ({
  architecture: architectureHash(architecture),
  rule: ruleHash(rule),
});

describe('mutation', () => {
  it('gives a valid child within limits that compiles and differs from its parents in canonical form', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 20 }), (n, other, count) => {
        const [parent, second] = [randomGenome(n), randomGenome(other)];
        const { genome, mutations } = mutate(parent, count, both, testSettings, stream(`mutate/${n}`), [
          second,
        ]);
        expect(mutations.length).toBeGreaterThan(0);
        expect(mutations.length).toBeLessThanOrEqual(count);
        expect(hashes(genome)).not.toEqual(hashes(parent));
        expect(hashes(genome)).not.toEqual(hashes(second));
        expect(canonicalArchitecture(genome.architecture)).toEqual(genome.architecture);
        expect(canonicalUpdateRule(genome.rule)).toEqual(genome.rule);
        expect(inferShapes(genome.architecture, testSettings.input).ok).toBe(true);
        expect(genome.architecture.nodes.length).toBeLessThanOrEqual(testSettings.limits.architectureNodes);
        expect(instructionCount(genome.rule)).toBeLessThanOrEqual(testSettings.limits.ruleInstructions);
        const compiled = compile(
          genome,
          { input: testSettings.input, target: { kind: 'classification', classes: 3 } },
          { batchSize: 4, limits: generousLimits, verify: true },
        );
        expect(compiled.ok).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('changes the chromosome that the record names, at every single mutation', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        const parent = randomGenome(n);
        const { genome, mutations } = mutate(parent, 1, both, testSettings, stream(`one/${n}`));
        const [before, after] = [hashes(parent), hashes(genome)];
        expect(mutations).toHaveLength(1);
        expect(both.filter((chromosome) => before[chromosome] !== after[chromosome])).toEqual([
          mutations[0]!.target,
        ]);
      }),
      { numRuns: 600 },
    );
  });

  it('walks anew when it ends where it began', () => {
    // With one operator and few alternatives, two steps often lead back.
    const settings = {
      ...testSettings,
      rates: Object.fromEntries(operatorNames.map((name) => [name, name === 'alter-op' ? 1 : 0])),
    };
    const signed = readUpdateRule('u = max(abs(g), over: all) * -0.01');
    if (!signed.ok) throw new Error('the rule does not parse');
    const parent = { ...randomGenome(0), rule: signed.value };
    for (let i = 0; i < 200; i++) {
      const { genome } = mutate(parent, 2, ['rule'], settings, stream(`back/${i}`));
      expect(ruleHash(genome.rule)).not.toBe(ruleHash(parent.rule));
    }
  });

  it('uses every operator, and only operators of the chromosome that may change', () => {
    const drawn = (mutable: readonly ('architecture' | 'rule')[]) => (i: number) =>
      mutate(randomGenome(i), 1, mutable, { ...testSettings, rates: {} }, stream(`operators/${i}`))
        .mutations[0]!.operator;
    expectEventually(drawn(both), { required: new Set(operatorNames), draws: 1000 });
    const rules = new Set(Object.keys(ruleOperators));
    expectEventually(drawn(['rule']), { allowed: rules, required: rules, draws: 600 });
    const architectures = new Set(Object.keys(architectureOperators));
    expectEventually(drawn(['architecture']), {
      allowed: architectures,
      required: architectures,
      // toggle-project, the rarest, is one in 400.
      draws: 1500,
    });
  });

  it('reaches every op of architectures and every value of their flags and choices', () => {
    const missing = new Set<string>();
    for (const [op, spec] of Object.entries(architectureOps) as [string, ArchitectureOp][]) {
      missing.add(op);
      for (const [gene, { kind, ...values }] of Object.entries(spec.genes)) {
        const choices = kind === 'flag' ? [true, false] : 'choices' in values ? values.choices : [];
        for (const choice of choices) missing.add(`${op} ${gene}: ${choice}`);
      }
    }
    for (let n = 0; n < 6000 && missing.size > 0; n++)
      for (const { op, genes } of randomGenome(n, 20).architecture.nodes) {
        missing.delete(op);
        for (const [gene, value] of Object.entries(genes)) missing.delete(`${op} ${gene}: ${value}`);
      }
    expect([...missing]).toEqual([]);
  });

  it('obeys rates: an operator at rate 0 is never used', () => {
    const settings = {
      ...testSettings,
      rates: Object.fromEntries(operatorNames.map((name) => [name, name === 'alter-constant' ? 1 : 0])),
    };
    const sgd = { ...randomGenome(0), rule: knownRule('sgd')! };
    expectEventually((i) => mutate(sgd, 1, ['rule'], settings, stream(`rate/${i}`)).mutations[0]!.operator, {
      allowed: new Set(['alter-constant']),
      required: new Set(['alter-constant']),
      draws: 100,
    });
  });

  it('reaches a particle swarm, an orthogonalized step and L-BFGS from SGD in one mutation', () => {
    const rule = knownRule('sgd')!;
    const only = (operator: string) => ({
      ...testSettings,
      rates: Object.fromEntries(operatorNames.map((name) => [name, name === operator ? 1 : 0])),
    });
    const child = (operator: string) => (i: number) =>
      ruleText(
        mutate({ ...randomGenome(0), rule }, 1, ['rule'], only(operator), stream(`${operator}/${i}`)).genome
          .rule,
      );
    const reaches = (operator: string, expected: string) => {
      const read = readUpdateRule(expected);
      expect(read.ok).toBe(true);
      if (read.ok)
        expectEventually(child(operator), { required: new Set([ruleText(read.value)]), draws: 300 });
    };
    reaches('insert-swarm', 'u = swarm(0.1, 0.72984, 1.49618, particles: 20)');
    reaches('insert-orthogonalization', 'u = orthogonalize(-0.001 * g)');
    reaches('insert-history', "u = lbfgs(-0.001 * g, u', y', memory: 10)\ny = gradAt(u) - g");
  });

  it('is a function of its stream', () => {
    const again = () => mutate(randomGenome(5), 6, both, testSettings, stream('same'));
    expect(again()).toEqual(again());
  });
});
