/** The ablation assay for people: what was left out, differences over runs with their tests, task by task, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import type { Rows } from './answers.ts';
import { conventionLines, runsList, subjectsFlow } from './subjects-flow.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['ablation']['answer']>;

/** The answer in words and tables. */
export function ablationText(answer: Answer): string {
  const { ablations, asked, conventions, populations, results } = answer;
  const keys = ['difference', 'score', 'rates', 'subjects', 'tests', 'equivalence', 'interaction'];
  return [
    [
      `Adam and ${ablations.length} ablation${ablations.length === 1 ? '' : 's'} of it, ${runsList(populations)}.`,
      ...subjectsFlow(answer),
    ].join('\n'),
    conventionLines(conventions, keys),
    renderTable(
      ['without, or with', 'what differs'],
      ablations.map(({ name, summary }) => [name, summary]),
    ),
    `Adam less the ablation, decades, over runs (equivalent within ${asked.margin})\n${renderTable(
      [
        '',
        'rate',
        'runs',
        'mean',
        'lower',
        'upper',
        'H-L',
        'lower',
        'upper',
        'p',
        'Holm',
        'equivalent, p',
        '',
      ],
      results.map(({ ablation, rate, effect, holm }): Cell[] => {
        const { difference: over, hodgesLehmann: centre, wilcoxon, equivalence } = effect;
        return [
          ...[ablation, rate, over.runs, over.mean, over.lower, over.upper],
          ...[centre.estimate, centre.lower, centre.upper, wilcoxon.exactP, holm],
          ...[equivalence?.p ?? null, equivalence?.isShown === true ? 'shown' : ''],
        ];
      }),
    )}`,
    `Task by task\n${tasksTable(answer)}`,
    renderTable(
      ['run', 'subjects', 'rate', ...ablations.map(({ name }) => name)],
      populations.flatMap(({ run, subjects, differences }) =>
        (['default', 'tuned'] as const).map((rate): Cell[] => [
          ...[run, subjects, rate],
          ...differences.map((each) => each[rate]),
        ]),
      ),
    ),
    answer.caution,
  ].join('\n\n');
}

const tasksTable = ({ results }: Answer): string =>
  renderTable(
    ['', 'rate', ...(results[0]?.effect.tasks ?? []).map(({ task }) => task), 'interaction, p'],
    results.map(({ ablation, rate, effect: { tasks, interaction } }): Cell[] => [
      ...[ablation, rate, ...tasks.map(({ difference }) => difference.mean)],
      interaction?.p ?? null,
    ]),
  );

/** One row for each subject, task and ablation. */
export const ablationCsv = ({ scores }: Answer): Rows => ({
  head: [
    ...['run', 'architecture', 'task', 'ablation', 'adam_default', 'adam_tuned', 'adam_rate_exponent'],
    ...['default', 'tuned', 'rate_exponent', 'difference_default', 'difference_tuned'],
  ],
  rows: scores.flatMap(({ run, architecture, task, adam, ablations }) =>
    ablations.map((each): Cell[] => [
      ...[run, architecture, task, each.ablation, adam.default, adam.tuned, adam.rate],
      ...[each.default, each.tuned, each.rate, adam.default - each.default, adam.tuned - each.tuned],
    ]),
  ),
});
