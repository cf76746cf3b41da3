/** What secondary endpoints can stand for in the reading of a verdict: which endpoints fit, and what each finding means. One table, read after the controls and the primary endpoint. */
import type { ConditionName } from '../evolution/conditions.ts';
import type { StudyAssay } from './kinds/table.ts';

/** What is known of an endpoint: shown to be above 0; shown to be above 0 and within the smallest effect of interest; shown to be within the smallest effect of interest; shown to be below 0; or neither. */
export type Finding = 'above' | 'small' | 'none' | 'below' | 'open';

/** An endpoint that is to stand for a role. */
export interface RoleCandidate {
  readonly assay: StudyAssay;
  readonly measure: string;
  /** What evolves in each of the assay's conditions, in their order; null where that is not known. */
  readonly evolving: readonly (ConditionName | null)[];
  /** The assay of the primary endpoint, where there is one. */
  readonly primary: StudyAssay | undefined;
}

interface RoleMeaning {
  /** What it is, for people who gave another endpoint. */
  readonly is: string;
  fits(candidate: RoleCandidate): boolean;
  /** What a finding means by itself; null where the table of outcomes reads it together with the primary endpoint. */
  readonly readings: Readonly<Record<Finding, string>> | null;
}

const rulesEvolve = (condition: ConditionName | null | undefined): boolean =>
  condition === 'joint' || condition === 'alternating' || condition === 'architecture-fixed';

/** By what documents call them: permanent. */
export const roleTable = {
  tuned: {
    is: 'the tuned advantage of the assay that the primary endpoint is of',
    fits: ({ assay, measure, primary }) => assay === primary && /^tuned( ranks)? advantage$/.test(measure),
    readings: null,
  },
  geometry: {
    is: 'the alignment, or excess alignment, of a rotation assay of two conditions: the first that of the primary assay, and the rule its home',
    fits: ({ assay, measure, primary }) =>
      assay.kind === 'rotation' &&
      measure !== 'null alignment' &&
      assay.conditions.length === 2 &&
      primary?.kind === 'home-advantage' &&
      assay.conditions[0] === primary.conditions[0] &&
      assay.rule === primary.rules[0],
    readings: null,
  },
  specific: {
    is: 'the excess, default or tuned, of the assay that the primary endpoint is of',
    fits: ({ assay, measure, primary }) => assay === primary && measure.endsWith('excess'),
    readings: {
      above: 'Specific: the advantage at the first home is larger than that at the second.',
      small: 'Hardly specific: the advantage at the first home is larger, by less than is of interest.',
      none: 'Generic specialisation: the advantages at both homes are equal, and there is nothing special about the first rule.',
      below:
        'Generic specialisation, and more at the second home: there is nothing special about the first rule.',
      open: 'Whether the first rule is special, or populations specialise under any rule, is open.',
    },
  },
  joint: {
    is: 'the difference of champions, the first of a condition in which rules evolve, the second of one in which the rule is fixed',
    fits: ({ assay, measure, evolving: [first, second] }) =>
      assay.kind === 'champions' && measure === 'difference' && rulesEvolve(first) && second === 'rule-fixed',
    readings: {
      above:
        'A search that may change the rule finds better pairs at the same cost. By another kind of rule or by a learning rate that it bred: this endpoint does not tell.',
      small:
        'A search that may change the rule finds better pairs at the same cost, by less than is of interest.',
      none: 'A search that may change the rule finds pairs as good as those of the fixed rule, at the same cost.',
      below:
        'A search that may change the rule does worse at this cost: joint search is hard. That is no refutation; see the rate of sign epistasis.',
      open: 'Whether a search that may change the rule finds as good pairs at this cost is open.',
    },
  },
  'adam-like': {
    is: 'the difference of a contrast in rule.al-scale, rule.al-mem or rule.adam-like=both of two conditions in which rules evolve',
    fits: ({ assay, measure, evolving }) =>
      assay.kind === 'contrast' &&
      measure === 'difference' &&
      /(^|\.)rule\.(al-scale|al-mem|adam-like=both)$/.test(assay.statistic) &&
      evolving.every(rulesEvolve),
    readings: {
      above:
        'Selection makes rules more like Adam than the comparison does, though nobody holds Adam fixed: that weakens the story of survivorship.',
      small: 'Selection makes rules more like Adam, by less than is of interest.',
      none: 'Rules of the search are no more like Adam than those of the comparison.',
      below: 'Selection makes rules less like Adam than the comparison does.',
      open: 'Whether selection makes rules more like Adam is open.',
    },
  },
  rescue: {
    is: 'the share as good, default or tuned, of a rescue assay of two conditions',
    fits: ({ assay, measure }) =>
      assay.kind === 'rescue' && assay.conditions.length === 2 && measure.endsWith('as good'),
    readings: {
      above:
        'Premature discards: of the culled, more than in the comparison are as good as the living once each has its best rule.',
      small: 'Premature discards are more than in the comparison, by less than is of interest.',
      none: 'No premature discards beyond those of the comparison.',
      below: 'Fewer premature discards than in the comparison.',
      open: 'Whether more was discarded prematurely than in the comparison is open.',
    },
  },
} as const satisfies Readonly<Record<string, RoleMeaning>>;

/** A name of the table for an endpoint. */
export type Role = keyof typeof roleTable;

/** All names, in the order in which they are read. */
export const roles = Object.keys(roleTable) as [Role, ...Role[]];

/** Whether an endpoint can stand for a role. */
export const fitsRole = (role: Role, candidate: RoleCandidate): boolean =>
  (roleTable[role] as RoleMeaning).fits(candidate);

/** What a finding of a role means by itself; null where it is read with the primary endpoint. */
export const readingOf = (role: Role, finding: Finding): string | null =>
  (roleTable[role] as RoleMeaning).readings?.[finding] ?? null;
