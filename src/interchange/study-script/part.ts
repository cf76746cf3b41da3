/** What the script has for a kind of assay: a function in R that compares the values of its blocks with those that come of the trainings. */
import type { StudyAssay } from '../../study/document.ts';

/** `code` defines a function of R; `call` calls it for an assay. */
export interface ScriptPart<Kind extends StudyAssay['kind']> {
  readonly code: string;
  call(name: string, assay: Extract<StudyAssay, { readonly kind: Kind }>): string;
}

/** As a string of R. */
export const quoted = (text: string): string => `"${text}"`;

/** From 1 on: a rule that its panel does not name stands behind it. */
export const placeInPanel = (panel: readonly string[], rule: string): number =>
  panel.includes(rule) ? panel.indexOf(rule) + 1 : panel.length + 1;
