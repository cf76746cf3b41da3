/** What secondary endpoints can stand for in the reading of a verdict: which measures fit, and what each finding means. One table, read after the controls and the primary endpoint. */
import type { StudyAssay } from './kinds/table.ts';

/** What is known of an endpoint: shown to be above 0; shown to be above 0 and within the smallest effect of interest; shown to be within the smallest effect of interest; shown to be below 0; or neither. */
export type Finding = 'above' | 'small' | 'none' | 'below' | 'open';

interface RoleMeaning {
  /** What it is, for people who gave another measure. */
  readonly is: string;
  fits(assay: StudyAssay, measure: string): boolean;
  /** What a finding means by itself; null where the table of outcomes reads it together with the primary endpoint. */
  readonly readings: Readonly<Record<Finding, string>> | null;
}

/** By what documents call them: permanent. */
export const roleTable = {
  tuned: {
    is: 'the tuned advantage of a home-advantage assay',
    fits: ({ kind }, measure) => kind === 'home-advantage' && /^tuned( ranks)? advantage$/.test(measure),
    readings: null,
  },
  geometry: {
    is: 'the alignment or excess alignment of a rotation assay',
    fits: ({ kind }, measure) => kind === 'rotation' && measure !== 'null alignment',
    readings: null,
  },
  specific: {
    is: 'the excess of a home-advantage assay, default or tuned',
    fits: ({ kind }, measure) => kind === 'home-advantage' && measure.endsWith('excess'),
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
    is: 'the difference of a champions assay, or its `not worse`',
    fits: ({ kind }, measure) =>
      kind === 'champions' && (measure === 'difference' || measure === 'not worse'),
    readings: {
      above:
        'Keys elsewhere: a search that may change the rule finds pairs as good as, or better than, those of the fixed rule.',
      small:
        'Keys elsewhere: a search that may change the rule finds pairs about as good as those of the fixed rule.',
      none: 'A search that may change the rule does no better than the margin at this budget. That is no refutation: see the rate of sign epistasis.',
      below:
        'A search that may change the rule does worse at this budget: joint search is hard. That is no refutation: see the rate of sign epistasis.',
      open: 'Whether a search that may change the rule finds as good pairs at this budget is open.',
    },
  },
  'adam-like': {
    is: 'the difference of a contrast in rule.al-scale, rule.al-mem or rule.family=adaptive',
    fits: (assay, measure) =>
      assay.kind === 'contrast' &&
      measure === 'difference' &&
      /(^|\.)rule\.(al-scale|al-mem|family=adaptive)$/.test(assay.statistic),
    readings: {
      above:
        'Selection makes rules more like Adam than drift does, without anybody who holds Adam fixed: Adam-like rules win by themselves, which weakens the story of survivorship.',
      small: 'Selection makes rules more like Adam, by less than is of interest.',
      none: 'Rules of the joint search are no more like Adam than those of drift.',
      below: 'Selection makes rules less like Adam than drift does: keys elsewhere.',
      open: 'Whether selection makes rules more like Adam is open.',
    },
  },
  rescue: {
    is: 'the rescued, discarded or keys of a rescue assay',
    fits: ({ kind }, measure) => kind === 'rescue' && /(rescued|discarded|keys)$/.test(measure),
    readings: {
      above:
        'Premature discards: more of the culled would have been kept under another rule than in the comparison.',
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
export const fitsRole = (role: Role, assay: StudyAssay, measure: string): boolean =>
  (roleTable[role] as RoleMeaning).fits(assay, measure);

/** What a finding of a role means by itself; null where it is read with the primary endpoint. */
export const readingOf = (role: Role, finding: Finding): string | null =>
  (roleTable[role] as RoleMeaning).readings?.[finding] ?? null;
