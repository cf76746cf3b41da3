/** The linear-rate assay for people: what was trained, means over runs, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['linear-rate']['answer']>;

const rows = {
  linear: 'share of linear curves',
  slope: 'decades for 1,000 cost units',
  reached: 'log10 of what is left',
} as const;
const measures = Object.keys(rows) as (keyof typeof rows)[];

/** The answer in words and tables. */
export function linearRateText(answer: Answer): string {
  const { conventions: of, results, populations } = answer;
  return [
    flow(answer).join('\n'),
    ['curve', 'slope', 'linear', 'failed', 'too fast', 'subjects', 'runs']
      .map((key) => `${key}: ${of[key]!}.`)
      .join('\n'),
    `Over runs\n${renderTable(
      ['', 'runs', 'mean', 'sd', 'lower', 'upper'],
      measures.map((measure): Cell[] => {
        const { runs, mean, sd, lower, upper } = results[measure];
        return [rows[measure], runs, mean, sd, lower, upper];
      }),
    )}`,
    renderTable(
      ['run', 'subjects', 'curves', 'failed', 'too fast', ...measures.map((measure) => rows[measure])],
      populations.map((each): Cell[] => [
        ...[each.run, each.subjects, each.curves, each.failed, each.tooFast],
        ...measures.map((measure) => each[measure]),
      ]),
    ),
    answer.caution,
  ].join('\n\n');
}

function flow({ rule, asked, populations, cells, documents, unfinished, conventions }: Answer): string[] {
  const total = (of: 'living' | 'architectures' | 'subjects' | 'curves' | 'failed' | 'tooFast') =>
    populations.reduce((sum, each) => sum + each[of], 0);
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  return [
    `Rates of ${rule} on full batches, ${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')}).`,
    `Living ${total('living')}, of ${total('architectures')} distinct architectures; the best ${asked.top} of each run, ${total('subjects')} in all, are subjects. ${total('curves')} curves of ${asked.points} points up to ${asked.units} cost units; ${total('failed')} failed, ${total('tooFast')} too fast to tell. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'}. Engine ${conventions['engine']}.`,
    ...(documents.length === 0 ? [] : [`The documents of the runs differ in ${documents.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

/** One row for each point of each curve. */
export const linearRateCsv = ({ curves }: Answer): Rows => ({
  head: ['run', 'architecture', 'task', 'seed', 'parameters', 'examples', 'cost_units', 'loss', 'is_linear'],
  rows: curves.flatMap(({ run, architecture, task, seed, parameters, examples, rate, points }) =>
    points.map(({ costUnits, loss }): Cell[] => [
      ...[run, architecture, task, seed, parameters, examples, costUnits, loss],
      rate.isLinear === null ? null : Number(rate.isLinear),
    ]),
  ),
});
