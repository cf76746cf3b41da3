/** The time-shift assay for people: who was sampled, what runs show together, then each run as a map of times. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { type ShiftName, shiftNames } from '../assays/time-shift-answer.ts';
import type { Rows } from './answers.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['time-shift']['answer']>;
type Run = Answer['runs'][number];

const titles: Readonly<Record<ShiftName, string>> = {
  contrast: 'own time less past and future',
  slope: 'slope over d',
  ruleTrend: 'rule trend',
  architectureTrend: 'architecture trend',
};

/** The answer in words and tables. */
export function timeShiftText(answer: Answer): string {
  const { conventions } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    `Contrast: ${conventions['contrast']}. Slope: ${conventions['slope']}. Pairs: ${conventions['pairs']}. Scores: ${conventions['score']}. Samples: ${conventions['subjects']}. Tuned: ${conventions['tuned']}. Ranks: ${conventions['ranks']}. Engine ${conventions['engine']}.`,
    `Over runs. ${sentence(conventions['tests']!)}${fewRuns(answer)}`,
    resultsTable(answer),
    ...answer.runs.map(runText),
    answer.caution,
  ].join('\n\n');
}

const headline = ({ runs, asked }: Answer) =>
  `Shifts in time within ${runs.length === 1 ? 'run' : 'runs'} ${runs.map(({ run }) => run).join(', ')}: architectures of ${asked.censuses} times under rules of the same times.`;

function flow({ asked, cells, runs, unfinished, documentsDifferIn }: Answer): string[] {
  const counts = (failed: Readonly<Record<string, number>>) =>
    Object.entries(failed)
      .map(([reason, count]) => `${count} ${reason}`)
      .join(', ') || 'none';
  const chances = runs.flatMap(({ censuses }) =>
    censuses.map(({ inclusionProbability }) => inclusionProbability),
  );
  const [least, most] = [Math.min(...chances), Math.max(...chances)].map(formatNumber);
  const { judged } = cells;
  return [
    `At each time up to ${asked.sample} of the living, each with probability ${least === most ? least : `${least} to ${most}`}. Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades.`,
    `${cells.trainings} trainings, failed ${counts(cells.failed)}. Of ${judged.trainings} that are judged, failed ${counts(judged.failed)} (they count as 0 decades), at the cap ${judged.capped}.`,
    ...(documentsDifferIn.length === 0 ? [] : [`The runs differ in ${documentsDifferIn.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

/** With n runs no two-sided p can be below 2 / 2^n. */
const fewRuns = ({ runs: { length } }: Answer) =>
  length > 5 ? '' : ` With ${length} run${length === 1 ? '' : 's'} no p can be below ${2 ** (1 - length)}.`;

const resultsTable = ({ results }: Answer): string =>
  renderTable(
    ['', 'runs', 'mean', 'se', 'lower', 'upper', 'p'],
    (['decades', 'ranks'] as const).flatMap((measure) =>
      shiftNames.map((what): Cell[] => {
        const { runs, mean, signFlip } = results[measure][what];
        const { se = null, lower = null, upper = null } = mean ?? {};
        const title = measure === 'decades' ? titles[what] : `${titles[what]}, by ranks`;
        return [title, runs, signFlip?.observed ?? null, se, lower, upper, signFlip?.p ?? null];
      }),
    ),
  );

function runText({ run, seed, censuses, pairs, decades }: Run): string {
  const { contemporaneous, past, future } = decades;
  const shown = (value: number | null) => (value === null ? 'not defined' : formatNumber(value));
  return [
    `Run ${run} (seed ${seed}): own time ${shown(contemporaneous)}, past ${shown(past)}, future ${shown(future)}. Mean decades of architectures (rows) under rules (columns) of those who lived after a birth:`,
    renderTable(
      ['', ...censuses.map(({ time }) => `rules ${time}`)],
      censuses.map(({ time }): Cell[] => [
        `architectures ${time}`,
        ...pairs.filter(({ architectureTime }) => architectureTime === time).map(({ score }) => score),
      ]),
    ),
  ].join('\n');
}

/** One row for each run and pair of times. */
export const timeShiftCsv = ({ runs }: Answer): Rows => ({
  head: ['run', 'seed', 'architecture_time', 'rule_time', 'shift', 'score', 'rank', 'failed', 'capped'],
  rows: runs.flatMap(({ run, seed, pairs }) =>
    pairs.map(({ architectureTime, ruleTime, score, rank, failed, capped }): Cell[] => [
      ...[run, seed, architectureTime, ruleTime, ruleTime - architectureTime, score, rank, failed, capped],
    ]),
  ),
});

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
