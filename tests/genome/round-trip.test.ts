import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { readArchitecture, readCanonicalArchitecture } from '../../src/genome/architecture/read.ts';
import { architectureText, ruleText } from '../../src/genome/identity.ts';
import {
  knownArchitecture,
  knownArchitectureNames,
  knownRule,
  knownRuleNames,
} from '../../src/genome/known.ts';
import { canonicalUpdateRule } from '../../src/genome/update-rule/canonical.ts';
import { readCanonicalUpdateRule, readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { instructionCount } from '../../src/genome/update-rule/traverse.ts';
import { parse } from '../../src/notation/parse.ts';
import { print } from '../../src/notation/print.ts';
import { randomGenome } from '../support/arbitraries.ts';

const anyNumber = fc.integer({ min: 0, max: 1_000_000 });

describe('chromosomes', () => {
  it('are read back from their text node for node, so that a resumed run breeds from the same data', () => {
    fc.assert(
      fc.property(anyNumber, (n) => {
        const { architecture, rule } = randomGenome(n);
        expect(readArchitecture(architectureText(architecture))).toEqual({ ok: true, value: architecture });
        expect(readUpdateRule(ruleText(rule))).toEqual({ ok: true, value: rule });
      }),
      { numRuns: 400 },
    );
  });

  it('are read from canonical text as they are with everything put in order again', () => {
    fc.assert(
      fc.property(anyNumber, (n) => {
        const { architecture, rule } = randomGenome(n);
        expect(readCanonicalArchitecture(architectureText(architecture))).toStrictEqual({
          ok: true,
          value: architecture,
        });
        expect(readCanonicalUpdateRule(ruleText(rule))).toStrictEqual({ ok: true, value: rule });
      }),
      { numRuns: 1000 },
    );
  });

  it('have a canonical form that is its own canonical form', () => {
    fc.assert(
      fc.property(anyNumber, (n) => {
        const { architecture, rule } = randomGenome(n);
        expect(canonicalArchitecture(architecture)).toEqual(architecture);
        expect(canonicalUpdateRule(rule)).toEqual(rule);
      }),
      { numRuns: 400 },
    );
  });

  it('do not depend on names, on the order of lines, on dead code or on the order of commutative arguments', () => {
    const adam = ruleText(knownRule('adam')!);
    const other = readUpdateRule(
      "dead = exp(g)\nu = debias(first, 0.9) * -0.001 / (1e-8 + sqrt(debias(second, 0.999)))\nsecond = lerp(second', square(g), 0.999)\nfirst = lerp(first', g, 0.9)\n"
        .split('\n')
        .filter((line) => !line.startsWith('u'))
        .concat('u = -0.001 * debias(first, 0.9) / (sqrt(debias(second, 0.999)) + 1e-8)')
        .join('\n'),
    );
    expect(other.ok && ruleText(other.value)).toBe(adam);
  });

  it('take equal evaluations for one, and what is random for as many as there are', () => {
    const opsOf = (text: string) => {
      const read = readUpdateRule(text);
      return read.ok ? instructionCount(read.value) : 0;
    };
    expect(opsOf('u = gradAt(-0.1 * g) + gradAt(-0.1 * g)')).toBe(3);
    expect(opsOf('u = smoothGrad(0.1) + smoothGrad(0.1)')).toBe(3);
    expect(opsOf('u = swarm(0.1, 0.7, 1.5) + swarm(0.1, 0.7, 1.5)')).toBe(3);
    expect(opsOf('u = smoothGrad(0.1, pairs: 3) + smoothGrad(0.1, pairs: 4)')).toBe(3);
    expect(opsOf('u = lbfgs(g, g, w) + lbfgs(g, g, w, memory: 10)')).toBe(2);
  });

  it.each(knownRuleNames())('known rule %s round trips', (name) => {
    const rule = knownRule(name)!;
    expect(readUpdateRule(ruleText(rule))).toEqual({ ok: true, value: rule });
  });

  it.each(knownArchitectureNames())('known architecture %s round trips', (name) => {
    const architecture = knownArchitecture(name)!;
    expect(readArchitecture(architectureText(architecture))).toEqual({ ok: true, value: architecture });
  });
});

describe('notation', () => {
  it('prints what it parses: text of text is text', () => {
    fc.assert(
      fc.property(anyNumber, (n) => {
        const { architecture, rule } = randomGenome(n);
        for (const text of [architectureText(architecture), ruleText(rule)]) {
          const parsed = parse(text);
          expect(parsed.ok && print(parsed.value)).toBe(text);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom(..."uxg=+-*/<>'(),:. 019e\n#abm".split('')) }),
        ),
        (text) => {
          for (const read of [parse, readArchitecture, readUpdateRule]) {
            const result = read(text);
            if (!result.ok) expect(result.issues.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['u = foo(g)', 1, 5, 'unknown-op'],
    ['m = g\nu = -0.1 * n2', 2, 12, 'unknown-name'],
    ["u = x' + g", 1, 5, 'unknown-name'],
    ['u = norm(g)', 1, 5, 'missing-scope'],
    ['u = lerp(g, 1)', 1, 5, 'argument-count'],
    ['u = (g', 1, 7, 'syntax'],
    ['g = 1\nu = g', 1, 1, 'reserved-name'],
    ['m = g', 1, 1, 'no-output'],
    ['u = g\nu = g', 2, 1, 'defined-twice'],
    ['u = g ? 1', 1, 7, 'syntax'],
    ['u = matmul(g, g)', 1, 5, 'ill-typed'],
    ['u = g + matmul(g, transpose(g))', 1, 7, 'ill-typed'],
    ['u = matmul(g, transpose(g))', 1, 5, 'ill-typed'],
    ['u = inverseRoot(g, 2)', 1, 5, 'ill-typed'],
    ["a = lerp(a', transpose(g), 0.9)\nk = a + w\nu = g * norm(k, over: all)", 2, 7, 'ill-typed'],
    ["a = where(t > 1, transpose(a'), g)\nu = g * norm(a, over: all)", 1, 5, 'ill-typed'],
    ['u = backtrack(-g, norm(g, over: tensor), 1, 0.1, 0.5) * g', 1, 5, 'ill-typed'],
    ['u = g * norm(transpose(g), over: row)', 1, 9, 'ill-typed'],
    ['u = lbfgs(g, g, g, memory: 0)', 1, 20, 'attribute-value'],
    ['u = lbfgs(g, g, g, size: 3)', 1, 20, 'unknown-attribute'],
  ])('reports %j at line %i column %i as %s', (text, line, column, code) => {
    const result = readUpdateRule(text);
    expect(!result.ok && result.issues[0]).toMatchObject({ line, column, code });
  });

  it('reports every mistake at once, with a hint', () => {
    const result = readArchitecture('h = rellu(x)\ny = dense(h, unitz: 3)\nz = dense(x, units: 0)');
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.issues.map(({ code, line }) => [code, line])).toEqual([
      ['unknown-op', 1],
      ['unknown-gene', 2],
      ['missing-gene', 2],
      ['gene-value', 3],
    ]);
    expect(result.issues[0]!.hint).toContain('relu');
    expect(result.issues[1]!.hint).toContain('units');
  });
});
