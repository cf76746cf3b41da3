/** What the script has for a kind of assay: a function in R that compares the values of its blocks with those that come of the trainings. */
import { ruleHash } from '../../genome/identity.ts';
import { canonicalUpdateRule } from '../../genome/update-rule/canonical.ts';
import type { StudyAssay } from '../../study/document.ts';
import { documentRule } from '../../variation/settings.ts';

/** `code` defines a function of R; `call` calls it for an assay. */
export interface ScriptPart<Kind extends StudyAssay['kind']> {
  readonly code: string;
  call(name: string, assay: Extract<StudyAssay, { readonly kind: Kind }>): string;
}

/** As a string of R. */
export const quoted = (text: string): string => `"${text}"`;

/** Rules of a panel in the order in which it trains them, each once however it is written; the rule in question is behind them where they do not have it. */
export function panelPlaces(
  panel: readonly string[],
  rule: string,
): { readonly size: number; readonly own: number } {
  const hashes = [...new Set([...panel, rule].map(hashOf))];
  return { size: hashes.length, own: hashes.indexOf(hashOf(rule)) + 1 };
}

const hashOf = (text: string): string => ruleHash(canonicalUpdateRule(documentRule(text)));
