/**
 * What of the program decides how a run is bred: its breeding class. Tables are drawn from by their order, so that the order is part of it. The class is stored with a run, not as a hash
 * alone but by its ingredients, so that a program of another class can say what is different.
 */
import { createHash } from 'node:crypto';
import { conditionVersions, operatorVersionOf, partVersions, schemeVersions } from '../evolution/versions.ts';
import { activationNames, architectureOps, initSchemes } from '../genome/architecture/ops.ts';
import { type RuleOp, ruleOps } from '../genome/update-rule/ops.ts';
import { growthGrammar } from '../variation/grow-rule.ts';
import { architectureOperators, ruleOperators } from '../variation/table.ts';

/** Named things in the order in which they are drawn, each with what stands behind its name, as text. */
export type Items = readonly (readonly [name: string, value: string])[];

/** Ingredients by group. */
export type Ingredients<Group extends string = string> = Readonly<Record<Group, Items>>;

/** The groups of what code decides. Stored with runs: permanent. */
export const codeGroups = [
  ...['architecture-operator', 'rule-operator', 'architecture-op', 'rule-op', 'activation', 'init-scheme'],
  ...['growth', 'scheme', 'condition', 'part'],
] as const;

export type CodeGroup =
  | 'architecture-operator'
  | 'rule-operator'
  | 'architecture-op'
  | 'rule-op'
  | 'activation'
  | 'init-scheme'
  | 'growth'
  | 'scheme'
  | 'condition'
  | 'part';

export type BreedingTables = Ingredients<CodeGroup>;

/** The tables of this program. */
export function breedingTables(): BreedingTables {
  return {
    'architecture-operator': versions(Object.keys(architectureOperators), operatorVersionOf),
    'rule-operator': versions(Object.keys(ruleOperators), operatorVersionOf),
    'architecture-op': Object.entries(architectureOps).map(([name, { inputs, genes }]) => [
      name,
      JSON.stringify({ inputs, genes }),
    ]),
    'rule-op': Object.entries(ruleOps).map(([name, spec]) => [name, JSON.stringify(decisive(spec))]),
    activation: activationNames.map((name) => [name, '1']),
    'init-scheme': initSchemes.map((name) => [name, '1']),
    growth: Object.entries(growthGrammar).map(([name, value]) => [name, JSON.stringify(value)]),
    scheme: byName(schemeVersions),
    condition: byName(conditionVersions),
    part: byName(partVersions),
  };
}

/** Of an op of update rules, what mutation and growth look at: not how it is explained or computed, which `numericClass` stands for. */
const decisive = ({ args, kind, tier, takes, gives, count, commutative }: RuleOp) => ({
  ...{ args, kind, tier, takes, gives, count, commutative },
});

const versions = (names: readonly string[], versionOf: (name: string) => number): Items =>
  names.map((name) => [name, `${versionOf(name)}`]);

/** Nothing is drawn from these, so that their order says nothing. */
const byName = (table: Readonly<Record<string, number>>): Items =>
  Object.entries(table)
    .map(([name, version]) => [name, `${version}`] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** SHA-256 of ingredients: what is equal here breeds alike. */
export const breedingClass = (ingredients: Ingredients): string =>
  createHash('sha256').update(JSON.stringify(ingredients)).digest('hex');
