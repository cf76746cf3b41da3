/** The panel assay for people: what was compared, means over runs with their limits, then run by run, then rule by rule. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { mean } from '../statistics/moments.ts';
import { panelMeasures } from '../statistics/panel.ts';
import type { Rows } from './answers.ts';
import { conventionLines, runsList, subjectsFlow } from './subjects-flow.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['panel']['answer']>;

/** The answer in words and tables. */
export function panelText(answer: Answer): string {
  const { conventions: of, populations, results } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    conventionLines(of, [
      'regret',
      'score',
      'best',
      'tuned',
      'undefined',
      'rate',
      'rank',
      'budget',
      'subjects',
      'runs',
    ]),
    `Over runs\n${renderTable(
      ['', 'runs', 'mean', 'sd', 'lower', 'upper'],
      panelMeasures.map((measure) => {
        const { runs, mean: centre, sd, lower, upper } = results[measure];
        return [measure, runs, centre, sd, lower, upper];
      }),
    )}`,
    renderTable(
      ['run', 'subjects', 'cells', 'undefined', ...panelMeasures],
      populations.map(({ run, subjects, means }) => [
        ...[run, subjects, means.cells, means.undefined],
        ...panelMeasures.map((measure) => means[measure]),
      ]),
    ),
    `Rules, over all subjects and tasks\n${rulesTable(answer)}`,
    answer.caution,
  ].join('\n\n');
}

const headline = ({ rule, panel, populations }: Answer) =>
  `Regret of ${rule} against the best of ${panel.length} rule${panel.length === 1 ? '' : 's'}, ${runsList(populations)}.`;

function flow(answer: Answer): string[] {
  const without = answer.populations.reduce((sum, { means }) => sum + means.undefined, 0);
  return subjectsFlow(
    answer,
    without === 0
      ? []
      : [
          `Of ${answer.regrets.length} subjects on tasks ${without} have no regret, as no rule of the panel gets anywhere.`,
        ],
  );
}

function rulesTable({ panel, regrets }: Answer): string {
  const over = (values: readonly number[]) => (values.length === 0 ? null : mean(values));
  return renderTable(
    ['rule', 'own rate', 'tuned', 'log10 of rate / own', 'best', 'defaults'],
    panel.map(({ name, defaults }): Cell[] => {
      const own = regrets.map(({ rules }) => rules.find(({ rule }) => rule === name)!);
      return [
        name,
        over(own.map((each) => each.default)),
        over(own.map(({ tuned }) => tuned)),
        over(own.map(({ rate }) => rate / 2)),
        regrets.filter(({ bestRule }) => bestRule === name).length,
        defaults,
      ];
    }),
  );
}

/** One row for each subject, task and rule. */
export const panelCsv = ({ regrets, rule: of }: Answer): Rows => ({
  head: [
    ...[
      'run',
      'architecture',
      'task',
      'rule',
      'default',
      'tuned',
      'rate_exponent',
      'is_best',
      'is_reference',
    ],
    ...['best', 'regret_default', 'regret_tuned', 'rate_share', 'rank'],
  ],
  rows: regrets.flatMap(({ run, architecture, task, bestRule, rules, ...regret }) =>
    rules.map(({ rule, default: own, tuned, rate }): Cell[] => [
      ...[run, architecture, task, rule, own, tuned, rate, rule === bestRule ? 1 : 0, rule === of ? 1 : 0],
      ...[regret.best, regret.default, regret.tuned, regret.rateShare, regret.rank],
    ]),
  ),
});
