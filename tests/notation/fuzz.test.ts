/**
 * Texts that people may type, 10,000 of each kind: known rules, networks and documents with some characters changed, cut off, doubled or put in. Each ends in a value that
 * holds what its kind promises, or in issues with place and words; never in an exception.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleUpdate } from '../../src/compiler/update.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import { inferShapes } from '../../src/genome/architecture/shapes.ts';
import { architectureText, ruleText } from '../../src/genome/identity.ts';
import { knownArchitectureNames, knownRuleNames, knownText, packageRoot } from '../../src/genome/known.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import type { Result } from '../../src/notation/issue.ts';
import { parseDocument } from '../../src/search-space/document.ts';

const numRuns = 10_000;

/** One of the texts with up to four changes made of its own pieces and of characters that mean something. */
function changed(texts: readonly string[], characters: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(...characters),
    fc.constantFrom(...texts.flatMap((text) => text.split(/(\W)/)).filter((word) => word.trim() !== '')),
    fc.string({ maxLength: 3 }),
  );
  const change = fc.record({
    kind: fc.constantFrom('insert', 'replace', 'drop', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(6),
    piece,
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((before, { kind, at, length, piece: put }) => {
      const place = Math.floor(at * before.length);
      if (kind === 'cut') return before.slice(0, place);
      const gone = kind === 'insert' ? 0 : length;
      return before.slice(0, place) + (kind === 'drop' ? '' : put) + before.slice(place + gone);
    }, text),
  );
}

/** Runs a reader on everything; `check` looks at what was accepted. Both endings must occur often. */
function fuzz<T>(
  texts: fc.Arbitrary<string>,
  read: (text: string) => Result<T>,
  check: (value: T) => void,
): void {
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(texts, (text) => {
      const result = read(text);
      if (result.ok) {
        accepted += 1;
        check(result.value);
        return;
      }
      refused += 1;
      expect(result.issues.length).toBeGreaterThan(0);
      for (const { message, code } of result.issues) {
        expect(code).not.toBe('');
        expect(message).not.toMatch(/undefined|NaN|\[object/);
      }
    }),
    { numRuns },
  );
  expect(accepted).toBeGreaterThan(numRuns / 50);
  expect(refused).toBeGreaterThan(numRuns / 50);
}

const all = (kind: 'rule' | 'architecture', names: readonly string[]) =>
  names.map((name) => knownText(kind, name)!);

describe('texts', () => {
  it('of update rules are read or refused, and what is read can be scheduled and read back', () => {
    fuzz(
      changed(all('rule', knownRuleNames()), "()',:=<>*/+-#.\n0123456789eguwLtTbn"),
      readUpdateRule,
      (rule) => {
        expect(scheduleUpdate(rule).passes).toBeGreaterThan(0);
        const again = readUpdateRule(ruleText(rule));
        expect(again.ok && ruleText(again.value)).toBe(ruleText(rule));
      },
    );
  });

  it('of architectures are read or refused, and what is read has shapes or says why not', () => {
    fuzz(
      changed(all('architecture', knownArchitectureNames()), '()[],:=#.\n0123456789xy'),
      readArchitecture,
      (architecture) => {
        const inferred = inferShapes(architecture, [1, 40, 1]);
        if (inferred.ok) expect(inferred.shapes).toHaveLength(architecture.nodes.length);
        else expect(inferred.issues.length).toBeGreaterThan(0);
        const again = readArchitecture(architectureText(architecture));
        expect(again.ok && architectureText(again.value)).toBe(architectureText(architecture));
      },
    );
  });

  it('of documents are read or refused', () => {
    const documents = ['smoke', 'mnist1d', 'convex'].map((name) =>
      readFileSync(join(packageRoot(), `search-spaces/${name}.yaml`), 'utf8').replaceAll(/^#.*\n/gm, ''),
    );
    fuzz(
      changed(documents, '[]{}:,-&*!|>#"\'\n 0123456789.eE~'),
      (text) => parseDocument(text, 'fuzz.yaml'),
      (document) => expect(document.evolution.births).toBeGreaterThanOrEqual(document.evolution.population),
    );
  });
});
