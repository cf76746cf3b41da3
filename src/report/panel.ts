/** The panel assay for people: what was compared, means over runs with their limits, then run by run, then rule by rule. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { mean } from '../statistics/moments.ts';
import { panelMeasures } from '../statistics/panel.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['panel']['answer']>;

/** The answer in words and tables. */
export function panelText(answer: Answer): string {
  const { conventions: of, populations, results } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    ['regret', 'score', 'best', 'tuned', 'undefined', 'rate', 'rank', 'budget', 'subjects', 'runs']
      .map((key) => `${key}: ${of[key]!}.`)
      .join('\n'),
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
  `Regret of ${rule} against the best of ${panel.length} rule${panel.length === 1 ? '' : 's'}, ${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')}).`;

function flow({ asked, populations, regrets, cells, documents, unfinished, conventions }: Answer): string[] {
  const total = (of: 'living' | 'architectures' | 'subjects') =>
    populations.reduce((sum, each) => sum + each[of], 0);
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  const chosen =
    asked.sample === null
      ? `the best ${asked.top} of each run`
      : `${asked.sample} of each run at random (inclusion ${populations.map(({ inclusion }) => inclusion!.toPrecision(3)).join(', ')})`;
  const without = populations.reduce((sum, { means }) => sum + means.undefined, 0);
  return [
    `Living ${total('living')}, of ${total('architectures')} distinct architectures; ${chosen}, ${total('subjects')} in all, are subjects. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades. Engine ${conventions['engine']}.`,
    ...(without === 0
      ? []
      : [
          `Of ${regrets.length} subjects on tasks ${without} have no regret, as no rule of the panel gets anywhere.`,
        ]),
    ...(documents.length === 0 ? [] : [`The documents of the runs differ in ${documents.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
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
