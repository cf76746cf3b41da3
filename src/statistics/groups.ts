/** Numbers cut into groups, by a rule that can be said: given cut points, quantiles, or each value for itself where there are few. */

export type CutRule =
  /** Groups end at these numbers, the last above them; a number on a cut belongs below it. */
  | { readonly by: 'cuts'; readonly cuts: readonly number[] }
  /** So many groups of about one size, cut where that many parts of the values lie at or below. Equal values stay together, so there may be fewer. */
  | { readonly by: 'quantiles'; readonly count: number }
  | { readonly by: 'value' };

/** More distinct values than this make groups of four quantiles, where nothing was asked for. */
const mostValues = 10;

/** What is done where nothing is asked for. */
export function usualRule(values: Iterable<number>): CutRule {
  const distinct = new Set<number>();
  for (const value of values) {
    distinct.add(value);
    if (distinct.size > mostValues) return { by: 'quantiles', count: 4 };
  }
  return { by: 'value' };
}

/** Cuts at quantiles, ascending and distinct, none at or above the greatest value. @throws RangeError for fewer than 2 groups. */
export function quantileCuts(values: readonly number[], count: number): number[] {
  if (!Number.isInteger(count) || count < 2) throw new RangeError(`${count} groups: there must be 2 or more`);
  const sorted = Float64Array.from(values).sort();
  const cuts = Array.from(
    { length: count - 1 },
    (_, k) => sorted[Math.ceil(((k + 1) * sorted.length) / count) - 1]!,
  );
  return [...new Set(cuts)].filter((cut) => cut < sorted.at(-1)!);
}

/** The group of each number, null (no number) in a group of its own. Labels sort in order of the numbers. */
export function cutGroups(values: readonly (number | null)[], rule: CutRule): string[] {
  if (rule.by === 'value') return values.map((value) => (value === null ? undefinedGroup : String(value)));
  const defined = values.filter((value) => value !== null);
  const cuts =
    rule.by === 'cuts' ? [...new Set(rule.cuts)].sort((a, b) => a - b) : quantileCuts(defined, rule.count);
  const labels = [...cuts, Number.POSITIVE_INFINITY].map((_, k) => labelOf(cuts, k));
  return values.map((value) => {
    if (value === null) return undefinedGroup;
    const k = cuts.findIndex((cut) => value <= cut);
    return labels[k < 0 ? cuts.length : k]!;
  });
}

/** The label of the group of those for whom a trait is not defined. */
export const undefinedGroup = 'undefined';

/** Numbered, since 0.25 would else sort behind 0.5. */
function labelOf(cuts: readonly number[], k: number): string {
  const shown = (value: number) => String(Number(value.toPrecision(4)));
  if (cuts.length === 0) return 'all';
  if (k === 0) return `1: to ${shown(cuts[0]!)}`;
  if (k === cuts.length) return `${k + 1}: above ${shown(cuts[k - 1]!)}`;
  return `${k + 1}: ${shown(cuts[k - 1]!)} to ${shown(cuts[k]!)}`;
}
