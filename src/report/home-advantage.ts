/** The home-advantage assay for people: what was compared, then effects with their limits, then tests, then block by block. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { type MeasureName, measureNames } from '../assays/home-advantage-answer.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['home-advantage']['answer']>;

const titles: Readonly<Record<MeasureName, string>> = {
  default: "the rules' own learning rates",
  tuned: 'tuned learning rates',
  'default ranks': 'own learning rates, by ranks',
  'tuned ranks': 'tuned learning rates, by ranks',
};

/** The answer in words and tables. */
export function homeAdvantageText(answer: Answer): string {
  const { conventions } = answer;
  return [
    [headline(answer), ...flow(answer), ...documents(answer)].join('\n'),
    `${sentence(conventions['advantage']!)} Scores: ${conventions['score']}. Subjects: ${conventions['subjects']}. Tuned: ${conventions['tuned']}. Ranks: ${conventions['ranks']}. Engine ${conventions['engine']}.`,
    `Over blocks. ${sentence(conventions['tests']!)}${fewBlocks(answer)}`,
    resultsTable(answer),
    renderTable(
      ['block', 'measure', ...scoreHeads(answer), 'H'],
      answer.blocks.flatMap((block) =>
        (['default', 'tuned'] as const).map((measure): Cell[] => {
          const { firstAtHome, firstAway, secondAtHome, secondAway } = block.scores[measure];
          const h = block.advantages[measure].advantage;
          return [block.seed, measure, firstAtHome, firstAway, secondAtHome, secondAway, h];
        }),
      ),
    ),
    answer.caution,
  ].join('\n\n');
}

const headline = ({ rules, blocks }: Answer) =>
  `Home advantage of architectures that evolved under ${rules[0].name} and under ${rules[1].name}, ${blocks.length} block${blocks.length === 1 ? '' : 's'} (runs ${blocks.map(({ first, second }) => `${first.run} and ${second.run}`).join(', ')}).`;

function flow({ asked, blocks, cells, leftOut, unfinished }: Answer): string[] {
  const total = (of: 'living' | 'architectures' | 'subjects') =>
    blocks.reduce((sum, { first, second }) => sum + first[of] + second[of], 0);
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  return [
    `Living ${total('living')}, of ${total('architectures')} distinct architectures; the best ${asked.top} of each population, ${total('subjects')} in all, are subjects. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades.`,
    ...leftOut.map(({ run, reason }) => `Run ${run} is left out: ${reason}.`),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

const documents = ({ documents: { between, inPart, within } }: Answer) => [
  ...(between.length === 0 ? [] : [`The documents of the two differ in ${between.join(', ')}.`]),
  ...(inPart.length === 0 ? [] : [`They differ in part in ${inPart.join(', ')}.`]),
  ...(within.length === 0 ? [] : [`Runs under one rule differ in ${within.join(', ')}.`]),
];

/** With n blocks no p can be below 2^-n. */
const fewBlocks = ({ blocks: { length } }: Answer) =>
  length > 5 ? '' : ` With ${length} block${length === 1 ? '' : 's'} no p can be below ${2 ** -length}.`;

function resultsTable({ rules: [one, other], results }: Answer): string {
  type Over = Answer['results']['fromRate'];
  const row = (what: string, { mean, sd, lower, upper, effect, signFlip }: Over): Cell[] => [
    ...[what, mean, sd, lower, upper, effect?.g ?? null, signFlip.p],
  ];
  return renderTable(
    ['', 'mean', 'sd', 'lower', 'upper', 'g', 'p'],
    [
      ...measureNames.flatMap((measure) => [
        row(`H, ${titles[measure]}`, results.advantage[measure]),
        row(`  under ${one.name} alone`, results.atFirst[measure]),
        row(`  under ${other.name} alone`, results.atSecond[measure]),
      ]),
      row('H that tuning takes away', results.fromRate),
    ],
  );
}

const scoreHeads = ({ rules: [{ name: one }, { name: other }] }: Answer) => [
  `${one} in ${one}`,
  `${one} in ${other}`,
  `${other} in ${other}`,
  `${other} in ${one}`,
];

/** One row for each block and measure. */
export const homeAdvantageCsv = ({ blocks }: Answer): Rows => ({
  head: [
    ...['block', 'first_run', 'second_run', 'measure', 'first_at_home', 'first_away', 'second_at_home'],
    ...['second_away', 'advantage', 'at_first', 'at_second'],
  ],
  rows: blocks.flatMap(({ seed, first, second, scores, advantages }) =>
    measureNames.map((measure): Cell[] => {
      const { firstAtHome, firstAway, secondAtHome, secondAway } = scores[measure];
      const { advantage, atFirst, atSecond } = advantages[measure];
      return [
        ...[seed, first.run, second.run, measure, firstAtHome, firstAway, secondAtHome, secondAway],
        ...[advantage, atFirst, atSecond],
      ];
    }),
  ),
});

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
