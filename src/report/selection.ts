/** A selection analysis for people: what changed the mean of each trait, by how much chance alone would have, and how the chromosome descended. */
import type { EffectiveSize, Takeover } from '../analysis/descent.ts';
import type { MeanGradient, TraitTotals } from '../analysis/selection.ts';
import type { Interval } from '../analysis/selection-events.ts';
import type { Heritable } from '../lineage/taxa.ts';
import type { Sweep } from '../statistics/fixation.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

/** One row per trait, over all intervals. */
export function totalsText(totals: readonly TraitTotals[]): string {
  return renderTable(
    [
      'trait',
      'first',
      'last',
      'change',
      'selection',
      'drift',
      'drift sd',
      'drift z',
      'viability',
      'turnover',
      'transmission',
      'new lines',
      'residual',
    ],
    totals.map(({ trait, first, last, delta, parts, driftZ, transmission, unlinked, residual }) => [
      ...[trait, first, last, delta, parts.scheme, parts.drift, parts.driftSd, driftZ],
      ...[parts.viability, parts.turnover, transmission, unlinked, residual],
    ]),
  );
}

/** Selection differentials of traits, averaged over intervals. */
export function differentialsText(totals: readonly TraitTotals[]): string {
  return renderTable(
    ['trait', 'intervals', 'differential s', 'intensity i', 'opportunity I'],
    totals.map(({ trait, intervals, differential, intensity, opportunity }) => [
      trait,
      intervals,
      differential,
      intensity,
      opportunity,
    ]),
  );
}

const operatorName = (name: string, of: Heritable) =>
  name === '' ? `no change of the ${of === 'genome' ? of : 'chromosome'}` : name;

/** So many operators are listed; the rest is added up. */
const listed = 12;

/** What changed the trait from parent to child, the largest first. */
export function operatorsText({ byOperator }: TraitTotals, of: Heritable): string {
  const all = [...byOperator].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const others = all.slice(listed);
  const rest = others.reduce((sum, [, change]) => sum + change, 0);
  const rows: typeof all =
    others.length === 0 ? all : [...all.slice(0, listed), [`${others.length} others`, rest]];
  return renderTable(
    ['operator', 'transmission'],
    rows.map(([name, change]) => [operatorName(name, of), change]),
  );
}

/** The Price equation of a trait, one line for each interval. */
export function intervalsText(trait: string, intervals: readonly Interval[]): string {
  return renderTable(
    [
      'from',
      'to',
      'parents',
      'begun',
      'orphaned',
      'mean',
      'change',
      'selection',
      'drift',
      'drift sd',
      'viability',
      'turnover',
      'transmission',
      'new lines',
    ],
    intervals.map(({ from, to, parents, begun, orphaned, traits }): Cell[] => {
      const counts = [from, to, parents.length, begun, orphaned];
      if (traits === null) return [...counts, ...new Array<null>(9).fill(null)];
      const { price, parts } = traits[trait]!;
      return [
        ...[...counts, price.meanBefore, price.delta, parts.scheme, parts.drift, parts.driftSd],
        ...[parts.viability, parts.turnover, price.transmission, price.unlinked],
      ];
    }),
  );
}

/** Lande-Arnold gradients, averaged over intervals. */
export function gradientsText(gradients: readonly MeanGradient[]): string {
  return renderTable(
    ['gradient', 'traits', 'intervals', 'mean', 'se'],
    gradients.map(({ gradient, traits, intervals, mean, se }) => [
      gradient,
      traits.join(' x '),
      intervals,
      mean,
      se,
    ]),
  );
}

/** Effective size, common ancestors and fixations of one run. */
export function descentText(
  size: EffectiveSize | null,
  takeover: Takeover,
  generation: number | null,
): string {
  const expected = (value: number | null) =>
    value === null ? '' : `; neutral, as evenly drawn parents would have it, ${formatNumber(value)}`;
  const lines = [
    size === null
      ? 'Effective size: no life is over yet whose children are all known.'
      : `Effective size ${size.effectiveSize === null ? 'not defined (offspring do not vary)' : `${formatNumber(size.effectiveSize)} generations`}: of ${size.lives} lives that are over with all their children told (without founders and failures), offspring mean ${formatNumber(size.meanOffspring)}, variance ${formatNumber(size.varianceOffspring)}; generation ${formatNumber(size.generation)} births${expected(generation)}.`,
    takeover.decided === 0
      ? 'Fixation: the living have not come down to one line since the founders.'
      : `Fixation: of ${takeover.decided} individuals up to the last common ancestor ${takeover.fixed} are ancestors of all, a share of ${formatNumber(takeover.fixed / takeover.decided)}${expected(takeover.neutralShare)}.`,
    `Substitutions (fixed lines with a block of their own): ${takeover.substitutions.length}${
      takeover.quartiles === null
        ? ''
        : `; births to fixation, quartiles ${takeover.quartiles.map(formatNumber).join(', ')}`
    }.`,
  ];
  return lines.join('\n');
}

/** Stretches in which the last common ancestor was younger than runs without selection have it. */
export function sweepsText(found: readonly Sweep[]): string {
  return renderTable(
    ['from', 'to', 'least age'],
    found.map(({ from, to, leastAge }) => [from, to, leastAge]),
  );
}
