/** The schemes that founders have their rules from. */
import { describe, expect, it } from 'vitest';
import { ruleHash } from '../../src/genome/identity.ts';
import { knownRule } from '../../src/genome/known.ts';
import { ruleTier } from '../../src/genome/traits.ts';
import { tiers } from '../../src/genome/update-rule/ops.ts';
import { stream } from '../../src/random/stream.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { sampleFounder } from '../../src/variation/founder.ts';
import { variationSettings } from '../../src/variation/settings.ts';

function founderRulesOf(founders: string) {
  const document = parseDocument(`name: x\ntask: { name: mnist1d }\nfounders: ${founders}`, 'x.yaml');
  if (!document.ok) throw new Error(JSON.stringify(document.issues));
  const settings = variationSettings(document.value, [1, 40, 1]);
  return Array.from(
    { length: 200 },
    (_, i) => sampleFounder(settings, [0, 0], ['architecture', 'rule'], stream(`founder/${i}`)).genome.rule,
  );
}

const hashes = (names: readonly string[]) => new Set(names.map((name) => ruleHash(knownRule(name)!)));

describe('founders', () => {
  it('are those listed, unless a scheme says otherwise', () => {
    expect(new Set(founderRulesOf('{ rules: [adam, lion] }').map(ruleHash))).toEqual(
      hashes(['adam', 'lion']),
    );
    expect(new Set(founderRulesOf('{ scheme: minimal, rules: [adam] }').map(ruleHash))).toEqual(
      hashes(['sgd']),
    );
  });

  it('are one rule of each tier where balanced', () => {
    const rules = founderRulesOf('{ scheme: balanced }');
    expect(new Set(rules.map(ruleHash)).size).toBe(tiers.length);
    expect(new Set(rules.map(ruleTier))).toEqual(new Set(tiers));
  });

  it('are hardly ever the same where random', () => {
    expect(new Set(founderRulesOf('{ scheme: random }').map(ruleHash)).size).toBeGreaterThan(150);
  });
});
