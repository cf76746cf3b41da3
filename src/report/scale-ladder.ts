/** The scale-ladder assay for people: what was compared, agreement of ranks and slopes of regret over runs, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { type LadderAxis, ladderAxes } from '../assays/ladder-rungs.ts';
import { ladderSettings } from '../statistics/scale-ladder.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['scale-ladder']['answer']>;

const axisText = { examples: 'training examples', width: 'units of every layer' } as const satisfies Record<
  LadderAxis,
  string
>;
const growing = { examples: 'examples', width: 'parameters' } as const satisfies Record<LadderAxis, string>;

/** The answer in words and tables. */
export function scaleLadderText(answer: Answer): string {
  const { conventions: of } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    ['rungs', 'score', 'regret', 'tau', 'lost', 'slope', 'limits', 'subjects', 'runs']
      .map((key) => `${key}: ${of[key]!}.`)
      .join('\n'),
    ...ladderAxes.flatMap((axis) => axisTables(answer, axis)),
    answer.caution,
  ].join('\n\n');
}

const headline = ({ rule, panel, populations }: Answer) =>
  `Ranks of ${panel.length} rule${panel.length === 1 ? '' : 's'} and regret of ${rule} at several sizes, ${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')}).`;

function flow({ asked, populations, cells, documents, unfinished, conventions }: Answer): string[] {
  const total = (of: 'living' | 'architectures' | 'subjects' | 'unscalable') =>
    populations.reduce((sum, each) => sum + each[of], 0);
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  return [
    `Living ${total('living')}, of ${total('architectures')} distinct architectures; the best ${asked.top} of each run that come in every width, ${total('subjects')} in all, are subjects. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades. Engine ${conventions['engine']}.`,
    ...(total('unscalable') === 0
      ? []
      : [
          `${total('unscalable')} better architectures are no subjects: they do not fit their task at some width, or have as many parameters at two.`,
        ]),
    ...populations
      .filter(({ subjects }) => subjects === 0)
      .map(({ run }) => `Run ${run} has no architecture that comes in every width, and is in no number.`),
    ...(documents.length === 0 ? [] : [`The documents of the runs differ in ${documents.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

function axisTables({ results, populations }: Answer, axis: LadderAxis): string[] {
  const found = results[axis];
  if (found === null) return [];
  const over = ['runs', 'mean', 'sd', 'lower', 'upper'] as const;
  return [
    `Times the ${axisText[axis]}: agreement of ranks, over runs\n${renderTable(
      ['from', 'to', 'rates', 'runs', 'tau', 'sd', 'lower', 'upper', 'lost', 'lower', 'upper'],
      found.agreements.flatMap(({ from, to, tau, lost }) =>
        ladderSettings.map((setting): Cell[] => [
          ...[from, to, setting, ...over.map((key) => tau[setting][key])],
          ...(from === to
            ? [null, null, null]
            : [lost[setting].mean, lost[setting].lower, lost[setting].upper]),
        ]),
      ),
    )}`,
    `Regret for ten times the ${growing[axis]}, over runs\n${renderTable(
      ['rates', ...over],
      ladderSettings.map((setting) => [setting, ...over.map((key) => found.slopes[setting][key])]),
    )}`,
    `The same, run by run\n${renderTable(
      ['run', 'subjects', 'default', 'tuned'],
      populations.map(({ run, subjects, ladders }) => [
        ...[run, subjects],
        ...ladderSettings.map((setting) => ladders[axis]?.slopes[setting] ?? null),
      ]),
    )}`,
  ];
}

/** One row for each subject, task, rung and rule. */
export const scaleLadderCsv = ({ steps, rule: of }: Answer): Rows => ({
  head: [
    ...['run', 'architecture', 'task', 'examples_factor', 'width_factor', 'examples', 'parameters'],
    ...['rule', 'default', 'tuned', 'rate_exponent', 'is_best', 'is_reference'],
    ...['best', 'regret_default', 'regret_tuned'],
  ],
  rows: steps.flatMap(({ run, architecture, task, bestRule, rules, ...step }) =>
    rules.map(({ rule, default: own, tuned, rate }): Cell[] => [
      ...[run, architecture, task, step.examplesFactor, step.widthFactor, step.examples, step.parameters],
      ...[rule, own, tuned, rate, rule === bestRule ? 1 : 0, rule === of ? 1 : 0],
      ...[step.best, step.default, step.tuned],
    ]),
  ),
});
