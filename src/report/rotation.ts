/** The rotation assay for people: what was rotated, means over runs with limits and tests, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { alignmentMeasures } from '../statistics/rotation.ts';
import type { Rows } from './answers.ts';
import { conventionLines, runsList, subjectsFlow } from './subjects-flow.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['rotation']['answer']>;

const conventionsShown = [
  'alignment',
  'excess',
  'rotated',
  'score',
  'tuned',
  'undefined',
  'budget',
  'subjects',
  'tests',
];

/** The answer in words and tables. */
export function rotationText(answer: Answer): string {
  const { conventions, populations, results, rule, null: none } = answer;
  return [
    [
      `Axis-alignment advantage of ${rule.name}, with ${none.name} as its null, ${runsList(populations)}.`,
      ...subjectsFlow(answer, notes(answer)),
    ].join('\n'),
    conventionLines(conventions, conventionsShown),
    `Decades, over runs\n${renderTable(
      ['', 'runs', 'mean', 'sd', 'lower', 'upper', 'p'],
      alignmentMeasures.map((measure): Cell[] => {
        const over = results[measure];
        return over === null
          ? [measure, 0, null, null, null, null, null]
          : [measure, over.blocks, over.mean, over.sd, over.lower, over.upper, over.signFlip.p];
      }),
    )}`,
    renderTable(
      ['run', 'subjects', 'cells', 'undefined', ...alignmentMeasures],
      populations.map(({ run, subjects, means }): Cell[] => [
        ...[run, subjects, means.cells, means.undefined],
        ...alignmentMeasures.map((measure) => means[measure]),
      ]),
    ),
    answer.caution,
  ].join('\n\n');
}

function notes({ populations, alignments }: Answer): string[] {
  const total = (of: (population: Answer['populations'][number]) => number) =>
    populations.reduce((sum, each) => sum + of(each), 0);
  const [rotated, without] = [total((each) => each.rotated), total(({ means }) => means.undefined)];
  return [
    ...(rotated === 0 ? [] : [`${rotated} subjects have rotations of their own, which were taken off.`]),
    ...(without === 0
      ? []
      : [`Of ${alignments.length} subjects on tasks ${without} are too large to be trained when rotated.`]),
  ];
}

/** One row for each subject, task and rule. */
export const rotationCsv = ({ alignments, rule, null: none }: Answer): Rows => ({
  head: [
    'run',
    'architecture',
    'task',
    'rule',
    'is_null',
    'plain',
    'rotated',
    'plain_rate_exponent',
    'rotated_rate_exponent',
    'alignment',
  ],
  rows: alignments.flatMap(({ run, architecture, task, ...found }) =>
    (['rule', 'null'] as const).map((which): Cell[] => {
      const { plain, rotated, plainRate, rotatedRate, alignment } = found[which];
      return [
        ...[run, architecture, task, which === 'rule' ? rule.name : none.name, which === 'null' ? 1 : 0],
        ...[plain, rotated, plainRate, rotatedRate, alignment],
      ];
    }),
  ),
});
