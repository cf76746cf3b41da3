import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { type ArchitectureOp, architectureOps } from '../../src/genome/architecture/ops.ts';
import { inferShapes } from '../../src/genome/architecture/shapes.ts';
import { architectureHash, ruleHash } from '../../src/genome/identity.ts';
import { knownRule } from '../../src/genome/known.ts';
import { canonicalUpdateRule } from '../../src/genome/update-rule/canonical.ts';
import { instructionCount } from '../../src/genome/update-rule/traverse.ts';
import { stream } from '../../src/random/stream.ts';
import { mutate } from '../../src/variation/mutate.ts';
import { architectureOperators, operatorNames, ruleOperators } from '../../src/variation/table.ts';
import { randomGenome, testSettings } from '../support/arbitraries.ts';
import { generousLimits } from '../support/engines.ts';
import { expectEventually } from '../support/eventually.ts';

const both = ['architecture', 'rule'] as const;

describe('mutation', () => {
  it('gives a valid child within limits that differs from its parent in canonical form and compiles', () => {
    for (let n = 0; n < 1500; n++) {
      const parent = randomGenome(n);
      const { genome, mutations } = mutate(parent, 1, both, testSettings, stream(`mutate/${n}`));
      expect(mutations).toHaveLength(1);
      const changed =
        mutations[0]!.target === 'architecture'
          ? architectureHash(genome.architecture) !== architectureHash(parent.architecture)
          : ruleHash(genome.rule) !== ruleHash(parent.rule);
      expect(changed).toBe(true);
      expect(canonicalArchitecture(genome.architecture)).toEqual(genome.architecture);
      expect(canonicalUpdateRule(genome.rule)).toEqual(genome.rule);
      expect(inferShapes(genome.architecture, testSettings.input).ok).toBe(true);
      expect(genome.architecture.nodes.length).toBeLessThanOrEqual(testSettings.limits.architectureNodes);
      expect(instructionCount(genome.rule)).toBeLessThanOrEqual(testSettings.limits.ruleInstructions);
      const compiled = compile(
        genome,
        { input: testSettings.input, target: { kind: 'classification', classes: 3 } },
        { batchSize: 4, limits: generousLimits },
      );
      expect(compiled.ok).toBe(true);
    }
  });

  it('uses every operator, and only operators of the chromosome that may change', () => {
    const drawn = (mutable: readonly ('architecture' | 'rule')[]) => (i: number) =>
      mutate(randomGenome(i), 1, mutable, { ...testSettings, rates: {} }, stream(`operators/${i}`))
        .mutations[0]!.operator;
    expectEventually(drawn(both), { required: new Set(operatorNames), draws: 3000 });
    const rules = new Set(Object.keys(ruleOperators));
    expectEventually(drawn(['rule']), { allowed: rules, required: rules, draws: 1500 });
    const architectures = new Set(Object.keys(architectureOperators));
    expectEventually(drawn(['architecture']), {
      allowed: architectures,
      required: architectures,
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

  it('is a function of its stream', () => {
    const again = () => mutate(randomGenome(5), 6, both, testSettings, stream('same'));
    expect(again()).toEqual(again());
  });
});
