/** What a document comes to on this program: chromosomes that it names as text, rates and other values that it does not name. */

import { canonicalArchitecture } from '../genome/architecture/canonical.ts';
import { architectureText, ruleText } from '../genome/identity.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import type { SearchDocument } from '../search-space/document.ts';
import { defaultRateOf, operatorNames } from '../search-space/operator-names.ts';
import { documentArchitecture, documentRule, founderRuleNames, isName } from '../variation/settings.ts';
import type { Ingredients, Items } from './breeding-tables.ts';

/** The groups of what a document comes to. Stored with runs: permanent. */
export type ContentGroup =
  | 'known-architecture'
  | 'known-rule'
  | 'founder-architecture'
  | 'founder-rule'
  | 'panel-rule'
  | 'default-rate'
  | 'setting';

export type BreedingContent = Ingredients<ContentGroup>;

/** `costUnits`: what a training may cost, which a document need not say. */
export function breedingContent(document: SearchDocument, costUnits: number | null): BreedingContent {
  const { founders, evolution, variation } = document;
  const rules = founderRuleNames(founders);
  const known = <T>(names: readonly string[], text: (name: string) => T) =>
    [...new Set(names.filter(isName))].sort().map((name) => [name, text(name)] as const);
  const listed = (names: readonly string[], text: (name: string) => string): Items =>
    names.map((name, i) => [`${i + 1}`, isName(name) ? name : text(name)]);
  return {
    'known-architecture': known(founders.architectures, textOfArchitecture),
    'known-rule': known([...rules, ...evolution.panel], textOfRule),
    'founder-architecture': listed(founders.architectures, textOfArchitecture),
    'founder-rule': listed(rules, textOfRule),
    'panel-rule': listed(evolution.panel, textOfRule),
    'default-rate': operatorNames
      .filter((name) => variation.rates[name] === undefined)
      .map((name) => [name, `${defaultRateOf(name)}`]),
    setting: [...leaves(document, ''), ['evaluation.costUnits of a training', `${costUnits}`]],
  };
}

const textOfArchitecture = (name: string) =>
  architectureText(canonicalArchitecture(documentArchitecture(name)));
const textOfRule = (name: string) => ruleText(canonicalUpdateRule(documentRule(name)));

/** Every value of a document by its path, sorted. Lists are one value. Births are left out: a run may be extended. */
function leaves(value: unknown, path: string): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return path === 'evolution.births' ? [] : [[path, JSON.stringify(value)]];
  return Object.keys(value)
    .sort()
    .flatMap((key) => leaves((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`));
}
