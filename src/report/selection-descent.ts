/** How a chromosome descended, for people: effective size, fixations, common ancestors, sweeps. */
import type { SelectionAnswer } from '../analysis/selection-answer.ts';
import { formatNumber, renderTable } from './table.ts';

type Takeover = NonNullable<SelectionAnswer['takeover']>;
type Sweep = NonNullable<NonNullable<SelectionAnswer['sweeps']>['trees'][number]['sweeps']>[number];

/** Effective size, common ancestors and fixations of one run. */
function descentText(
  size: SelectionAnswer['effectiveSize'],
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
function sweepsText(found: readonly Sweep[]): string {
  return renderTable(
    ['from', 'to', 'least age'],
    found.map(({ from, to, leastAge }) => [from, to, leastAge]),
  );
}

/** Genomes have no one line of descent: of them the reason is told. */
export function descentParts(answer: SelectionAnswer): string[] {
  const { of, conventions, takeover, coalescence } = answer;
  if ('descent' in conventions || takeover === null || coalescence === null)
    return 'descent' in conventions ? [`Left out: ${conventions.descent}.`] : [];
  return [
    [
      `Descent of the ${of}. Effective size: ${conventions.effectiveSize}.`,
      descentText(answer.effectiveSize, takeover, answer.neutralGeneration),
    ].join('\n'),
    [
      `Coalescence: ${conventions.ages}; an event is a change of that ancestor. The living of a tree have none while they go back to several origins.`,
      renderTable(
        ['tree', 'events', 'births', 'age, 5 %', 'median', '95 %'],
        coalescence.map(({ tree, events, births, lower, median, upper }) => [
          ...[tree, events, births, lower, median, upper],
        ]),
      ),
    ].join('\n'),
    renderTable(
      [
        'birth',
        ...coalescence.map(({ tree }) => `${tree}: ancestor`),
        ...coalescence.map(({ tree }) => `${tree}: age`),
      ],
      answer.censuses.map((time, i) => [
        time,
        ...coalescence.map(({ censuses }) => censuses[i]!.ancestor),
        ...coalescence.map(({ censuses }) => censuses[i]!.age),
      ]),
    ),
    ...sweepLines(answer.sweeps),
  ];
}

function sweepLines(result: SelectionAnswer['sweeps']): string[] {
  if (result === null) return ['Sweeps are called against runs without selection: give them with --null.'];
  const { runs, quantile: share, schemes } = result;
  const against = runs.map((run, i) => `${run} (${schemes[i]})`).join(', ');
  return [
    `Sweeps: stretches of births with a last common ancestor younger than the ${formatNumber(100 * share)} % quantile of its age in runs ${against}.`,
    ...result.trees.map(({ tree, births, threshold, sweeps: found }) => {
      if (threshold === null) return `${tree}: the living of those runs never had one common ancestor.`;
      const below = `${formatNumber(threshold)} births, over ${births} births`;
      return found!.length === 0
        ? `${tree}: none below ${below}.`
        : `${tree}: ${found!.length} below ${below}.\n${sweepsText(found!)}`;
    }),
  ];
}
