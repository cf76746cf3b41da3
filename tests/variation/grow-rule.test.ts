import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { ruleText } from '../../src/genome/identity.ts';
import { knownArchitecture } from '../../src/genome/known.ts';
import { ruleTier } from '../../src/genome/traits.ts';
import { canonicalUpdateRule } from '../../src/genome/update-rule/canonical.ts';
import { tiers } from '../../src/genome/update-rule/ops.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { stream } from '../../src/random/stream.ts';
import { growRule } from '../../src/variation/grow-rule.ts';
import { testSettings } from '../support/arbitraries.ts';
import { generousLimits } from '../support/engines.ts';
import { expectEventually } from '../support/eventually.ts';

const grown = (i: number) => growRule(testSettings, stream(`grow/${i}`));

describe('growRule', () => {
  it('gives canonical rules that read back as they are and compile', () => {
    for (let i = 0; i < 400; i++) {
      const rule = grown(i);
      expect(canonicalUpdateRule(rule)).toEqual(rule);
      expect(readUpdateRule(ruleText(rule))).toEqual({ ok: true, value: rule });
      const genome = { architecture: knownArchitecture('linear')!, rule };
      const signature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } } as const;
      expect(compile(genome, signature, { batchSize: 4, limits: generousLimits, verify: true }).ok).toBe(
        true,
      );
    }
  });

  it('reaches every tier', () => {
    expectEventually((i) => ruleTier(grown(i)), {
      allowed: new Set(tiers),
      required: new Set(tiers),
      draws: 600,
    });
  });

  it('is a function of its stream', () => {
    expect(grown(7)).toEqual(grown(7));
    expect(ruleText(grown(7))).not.toBe(ruleText(grown(8)));
  });

  it('says so where limits leave no room', () => {
    const limits = { ...testSettings.limits, ruleInstructions: 0 };
    expect(() => growRule({ ...testSettings, limits }, stream('none'))).toThrow('no valid update rule');
  });
});
