/** A comparison of conditions for people: effects with intervals, then p-values, then what the next experiment needs. */
import type { Compared, ConditionValues } from '../analysis/comparison.ts';
import { mostRuns, plannedEffects } from '../statistics/run-comparison.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

const present = ({ values }: ConditionValues) => values.filter(({ value }) => value !== null).length;

/** Which runs stand for which condition, and how their documents differ. */
export function conditionsText(rows: readonly Compared[]): string {
  return renderTable(
    ['statistic', 'condition', 'runs', 'without', 'mean', 'lower', 'upper'],
    rows.flatMap(({ statistic, first, second, comparison }) =>
      [first, second].map((arm, i): Cell[] => {
        const mean = comparison?.means[i] ?? null;
        return [
          ...[statistic, arm.condition, present(arm), arm.values.length - present(arm)],
          ...[mean?.mean ?? null, mean?.lower ?? null, mean?.upper ?? null],
        ];
      }),
    ),
  );
}

/** Why runs are without a number, each reason once; empty where all have theirs. */
export function missingText(rows: readonly Compared[]): string[] {
  const runs = new Map<string, Set<number>>();
  for (const { statistic, first, second } of rows)
    for (const { run, missing } of [...first.values, ...second.values]) {
      if (missing === null) continue;
      const line = `${statistic}: ${missing}.`;
      runs.set(line, (runs.get(line) ?? new Set()).add(run));
    }
  return [...runs].map(
    ([line, without]) =>
      `Without ${line} (run${without.size === 1 ? '' : 's'} ${[...without].sort((a, b) => a - b).join(', ')})`,
  );
}

/** Means and differences, one line for each statistic. */
export function effectsText(rows: readonly Compared[]): string {
  return renderTable(
    [
      'statistic',
      'of',
      'less',
      'runs',
      'difference',
      'BCa lower',
      'upper',
      't lower',
      'upper',
      'g',
      'lower',
      'upper',
    ],
    rows.map(({ statistic, first, second, comparison }): Cell[] => {
      const names = [statistic, first.condition, second.condition];
      if (comparison === null) return [...names, ...new Array<null>(9).fill(null)];
      const { difference, student, effect, isPaired, runs } = comparison;
      return [
        ...[...names, isPaired ? `${runs[0]} pairs` : `${runs[0]} + ${runs[1]}`],
        ...[difference.estimate, difference.lower, difference.upper, student.lower, student.upper],
        ...[effect?.g ?? null, effect?.lower ?? null, effect?.upper ?? null],
      ];
    }),
  );
}

/** Tests of the differences, with the corrections for asking several. */
export function testsText(rows: readonly Compared[]): string {
  return renderTable(
    ['statistic', 'of', 'less', 'p', 'by', 'p by t', 'Holm', 'BH'],
    rows.map(({ statistic, first, second, comparison, holm, benjaminiHochberg }): Cell[] => {
      const names = [statistic, first.condition, second.condition];
      if (comparison === null) return [...names, null, null, null, null, null];
      const { permutation, isPaired, student } = comparison;
      const kind = isPaired ? 'sign flips' : 'permutation';
      const how = permutation.exact
        ? `exact, ${permutation.arrangements}`
        : `${permutation.arrangements} drawn`;
      return [...names, permutation.p, `${kind}, ${how}`, student.p, holm, benjaminiHochberg];
    }),
  );
}

/** Null where no statistic has errors of its own. */
export function pooledText(rows: readonly Compared[]): string | null {
  const lines = rows.flatMap(({ statistic, first, second, comparison }) => {
    if (comparison?.pooled == null) return [];
    const { arms, difference } = comparison.pooled;
    return [
      [first.condition, arms[0]] as const,
      [second.condition, arms[1]] as const,
      ...(comparison.isPaired ? [[`${first.condition} less ${second.condition}`, difference] as const] : []),
    ].map(([of, effect]): Cell[] => [
      ...[statistic, of, effect?.runs ?? null, effect?.mean ?? null, effect?.lower ?? null],
      ...[effect?.upper ?? null, effect?.variance ?? null],
    ]);
  });
  return lines.length === 0
    ? null
    : renderTable(['statistic', 'of', 'runs', 'mean', 'lower', 'upper', 'variance between runs'], lines);
}

/** What the next experiment would take. */
export function plansText(rows: readonly Compared[]): string {
  return renderTable(
    [
      'statistic',
      'of',
      'less',
      ...plannedEffects.map((effect) => `power at ${effect} sd`),
      'runs each for 80 % at g',
    ],
    rows.flatMap(({ statistic, first, second, plan }): Cell[][] =>
      plan === null
        ? []
        : [
            [
              ...[statistic, first.condition, second.condition],
              ...plan.power.map(({ power }) => power.power),
              plan.runsNeeded === null ? `over ${mostRuns}, or g is nothing` : formatNumber(plan.runsNeeded),
            ],
          ],
    ),
  );
}
