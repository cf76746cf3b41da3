/** The noise-dose assay for people: what was disturbed, tolerances and losses over runs by rule, rules against each other, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import type { Tolerance } from '../statistics/noise-dose.ts';
import type { Rows } from './answers.ts';
import { conventionLines, runsList, subjectsFlow } from './subjects-flow.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['noise-dose']['answer']>;

/** The answer in words and tables. */
export function noiseDoseText(answer: Answer): string {
  const { asked, conventions, populations, results, rules } = answer;
  const keys = ['noise', 'score', 'tolerance', 'undefined', 'tuned', 'doses', 'subjects', 'tests'];
  return [
    [
      `Noise on the updates of ${rules.map(({ name }) => name).join(', ')}, ${runsList(populations)}.`,
      ...subjectsFlow(answer),
    ].join('\n'),
    conventionLines(conventions, keys),
    `Dose at which it is ${formatNumber(100 * asked.worse)} % worse, log10, over runs\n${renderTable(
      ['rule', 'of', 'runs', 'mean', 'sd', 'lower', 'upper', 'below', 'above'],
      results.flatMap((result) =>
        (['loss', 'error'] as const).map((of): Cell[] => {
          const { tolerance, below, above } = result[of];
          const { runs, mean, sd, lower, upper } = tolerance;
          return [result.rule, of, runs, mean, sd, lower, upper, below, above];
        }),
      ),
    )}`,
    `Decades of loss by which a dose is worse than none, over runs\n${renderTable(
      ['rule', 'dose', 'runs', 'mean', 'sd', 'lower', 'upper'],
      results.flatMap(({ rule, worsening }) =>
        worsening.map(({ dose, over }): Cell[] => [
          ...[rule, dose, over.runs, over.mean, over.sd, over.lower, over.upper],
        ]),
      ),
    )}`,
    ...comparisonTable(answer),
    renderTable(
      ['run', 'subjects', 'rule', 'loss', 'undefined', 'error', 'undefined'],
      populations.flatMap(({ run, subjects, rules: own }) =>
        own.map(({ rule, found }): Cell[] => [
          ...[run, subjects, rule, toleranceText(found.loss), found.undefined.loss],
          ...[toleranceText(found.error), found.undefined.error],
        ]),
      ),
    ),
    answer.caution,
  ].join('\n\n');
}

function comparisonTable({ comparisons }: Answer): string[] {
  if (comparisons.length === 0) return [];
  const table = renderTable(
    ['rules', 'runs', 'H-L', 'lower', 'upper', 'p', 'Holm'],
    comparisons.map(({ first, second, runs, wilcoxon, hodgesLehmann: centre, holm }): Cell[] => [
      ...[`${first} less ${second}`, runs, centre?.estimate ?? null, centre?.lower ?? null],
      ...[centre?.upper ?? null, wilcoxon?.exactP ?? null, holm],
    ]),
  );
  return [`Tolerance of the loss, log10, rule against rule over runs\n${table}`];
}

function toleranceText(tolerance: Tolerance | null): string | null {
  if (tolerance === null) return null;
  const dose = formatNumber(tolerance.dose);
  return tolerance.censored === null ? dose : `${tolerance.censored} ${dose}`;
}

/** One row for each subject, task, rule and dose. */
export const noiseDoseCsv = ({ curves, asked }: Answer): Rows => ({
  head: ['run', 'architecture', 'task', 'rule', 'rate_exponent', 'dose', 'score', 'error'],
  rows: curves.flatMap(({ run, architecture, task, rule, rate, scores, errors }) =>
    [0, ...asked.doses].map((dose, d): Cell[] => [
      ...[run, architecture, task, rule, rate, dose, scores[d]!, errors?.[d] ?? null],
    ]),
  ),
});
