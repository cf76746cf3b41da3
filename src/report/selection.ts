/** A selection analysis for people: what changed the mean of each trait, by how much chance alone would have, and how the chromosome descended. */
import type { SelectionAnswer } from '../analysis/selection-answer.ts';
import { flowText } from '../lineage/flow.ts';
import type { Heritable } from '../lineage/taxa.ts';
import { descentParts } from './selection-descent.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Totals = SelectionAnswer['traits'][number];

/** One row per trait, over all intervals. */
function totalsText(totals: readonly Totals[]): string {
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
function differentialsText(totals: readonly Totals[]): string {
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
function operatorsText({ byOperator }: Totals, of: Heritable): string {
  const all = Object.entries(byOperator).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
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
function intervalsText(trait: string, intervals: SelectionAnswer['intervals']): string {
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
      const counts = [from, to, parents, begun, orphaned];
      if (traits === null) return [...counts, ...new Array<null>(9).fill(null)];
      const each = traits[trait]!;
      return [
        ...[...counts, each.meanBefore, each.delta, each.scheme, each.drift, each.driftSd],
        ...[each.viability, each.turnover, each.transmission, each.unlinked],
      ];
    }),
  );
}

/** Lande-Arnold gradients, averaged over intervals. */
function gradientsText(gradients: SelectionAnswer['gradients']['mean']): string {
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

const plurals = { architecture: 'architectures', rule: 'rules', genome: 'genomes' } as const;

/** What was analysed and how. */
function headText({ of, run, scheme, condition, censuses, ...answer }: SelectionAnswer): string {
  const { intervals, flow, counted, conventions, unfinished, lastBirth, leftOut } = answer;
  const { individuals, parents, children, begun, orphaned } = counted;
  return [
    `Selection on ${plurals[of]} of run ${run} (${scheme}, ${condition}), ${censuses.length} censuses, ${intervals.length} intervals.`,
    `${flowText(flow)}.`,
    `Analysed: ${individuals} individuals, alive at some census; in all intervals ${parents} parents, the living at their beginnings, and ${children} children, the living at their ends, of which ${formatNumber(begun)} begun and ${formatNumber(orphaned)} orphaned.`,
    `${conventions.price}.`,
    ...('shares' in conventions ? [`Shares: ${conventions.shares}.`] : []),
    `${conventions.parts}.`,
    `${conventions.newLines}.`,
    `${conventions.inference}.`,
    ...(unfinished ? [`The run is not finished: its last birth so far is ${lastBirth}.`] : []),
    ...leftOut.map(({ trait, reason }) => `Left out ${trait}: ${reason}.`),
  ].join('\n');
}

/** The traits that were asked for, one by one. */
const closelyText = ({ of, traits, named, intervals }: SelectionAnswer): string[] =>
  traits
    .filter(({ trait }) => named.includes(trait))
    .flatMap((each) => [
      `${each.trait}, interval by interval:\n${intervalsText(each.trait, intervals)}`,
      ...(Object.keys(each.byOperator).length === 0
        ? []
        : [
            `${each.trait}, transmission by what changed the ${of === 'genome' ? 'genome' : 'chromosome'}:\n${operatorsText(each, of)}`,
          ]),
    ]);

function gradientParts({ gradients, named, conventions }: SelectionAnswer): string[] {
  const reasons = [...new Set(gradients.intervals.flat().flatMap(({ reason }) => reason ?? []))];
  return [
    ...(gradients.mean.length === 0
      ? []
      : [
          `Gradients${named.length > 1 ? ' of these traits together' : ' of each trait alone'} (${conventions.gradients}):\n${gradientsText(gradients.mean)}`,
        ]),
    ...(reasons.length === 0 ? [] : [`Intervals without gradients: ${reasons.join('; ')}.`]),
  ];
}

/** Of a selection answer. */
export function selectionText(answer: SelectionAnswer): string {
  const { traits, withinCensusTests, communities, conventions } = answer;
  return [
    headText(answer),
    traits.length === 0
      ? 'No interval has a living descendant of its parents: lines began anew more often than censuses were taken. Give a smaller --every.'
      : `Over all intervals:\n${totalsText(traits)}`,
    ...(traits.length === 0
      ? []
      : [
          `Means over intervals; no intensity is beyond the root of the opportunity:\n${differentialsText(traits)}`,
        ]),
    ...closelyText(answer),
    ...withinCensusTests.flatMap(({ trait, test }) =>
      test === null
        ? []
        : [
            `${trait}: p ${formatNumber(test.p)} ${conventions.test}, ${test.arrangements} arrangements; descriptive.`,
          ],
    ),
    ...gradientParts(answer),
    ...(communities === null
      ? []
      : [
          `Cov(w, z) / mean w between and within the two species, summed over intervals:\n${renderTable(
            ['trait', 'between', 'within'],
            communities.map(({ trait, between, within }) => [trait, between, within]),
          )}`,
        ]),
    ...descentParts(answer),
  ].join('\n\n');
}
