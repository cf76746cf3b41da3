/**
 * Versions of what code decides about breeding and no table shows. A version grows when what stands behind its name does something else, so that a run is never gone on with
 * as another search: `tests/search/breeding-behaviour.test.ts` holds operators, schemes, conditions and growth to what they did, the golden run all of it together.
 */
import type { OperatorName } from '../search-space/operator-names.ts';
import type { ConditionName } from './conditions.ts';
import type { SchemeName } from './selection.ts';

/** Who breeds, by scheme. */
export const schemeVersions = {
  aging: 1,
  truncation: 1,
  'map-elites': 1,
  'random-parents': 1,
  'shuffled-fitness': 1,
  'shuffled-labels': 1,
  'random-search': 1,
} as const satisfies Record<SchemeName, number>;

/** Which chromosomes change, by condition. */
export const conditionVersions = {
  joint: 1,
  'rule-fixed': 1,
  'architecture-fixed': 1,
  'rule-resampled': 1,
  alternating: 1,
  cooperative: 1,
} as const satisfies Record<ConditionName, number>;

/** What an operator does to a chromosome: 1 but for these. */
const operatorVersions: Readonly<Partial<Record<OperatorName, number>>> = {};

/** The version of what an operator does to a chromosome. */
export const operatorVersionOf = (name: string): number => operatorVersions[name as OperatorName] ?? 1;

/** Everything else that decides what is bred, who lives on, and what counts as fitness. */
export const partVersions = {
  'canonical form': 1,
  'names of random streams': 1,
  founders: 1,
  'growth of random rules': 1,
  'walk of mutations': 1,
  'order of breeding and telling': 1,
  survival: 1,
  'cells of map-elites': 1,
  'bars of hurdles and gate': 1,
  'memory of evaluations': 1,
  'learning-rate trials': 1,
  'aggregate of trainings': 1,
  fitness: 1,
} as const satisfies Record<string, number>;
