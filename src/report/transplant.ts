/** The transplant assay for people: what was paired, how much better own pairs are, where the variance is, then pair by pair. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import type { Rows } from './answers.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['transplant']['answer']>;

const measures = ['decades', 'ranks'] as const;

/** The answer in words and tables. */
export function transplantText(answer: Answer): string {
  const { conventions, runs, pairs } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    `${sentence(conventions['delta']!)} Scores: ${conventions['score']}. Subjects: ${conventions['subjects']}. Tuned: ${conventions['tuned']}. Ranks: ${conventions['ranks']}. Engine ${conventions['engine']}.`,
    `Own pairs against all others. ${sentence(conventions['tests']!)}${fewRuns(answer)}`,
    pairingTable(answer),
    `Components of variance. ${sentence(conventions['variance']!)}`,
    varianceTable(answer),
    ...axes(answer),
    `Mean decades of the architectures of each run (rows) under the rules of each run (columns):`,
    renderTable(
      ['', ...runs.map((run) => `rules ${run}`)],
      runs.map((run): Cell[] => [
        `architectures ${run}`,
        ...pairs.filter(({ architectures }) => architectures === run).map(({ score }) => score),
      ]),
    ),
    answer.caution,
  ].join('\n\n');
}

const headline = ({ runs }: Answer) =>
  `Transplants between ${runs.length} runs (${runs.join(', ')}): the architectures of each under the rules of each.`;

function flow({ asked, cells, populations, unfinished, documentsDifferIn }: Answer): string[] {
  const total = (of: 'living' | 'genomes') => populations.reduce((sum, each) => sum + each[of], 0);
  const counts = (failed: Readonly<Record<string, number>>) =>
    Object.entries(failed)
      .map(([reason, count]) => `${count} ${reason}`)
      .join(', ') || 'none';
  const { judged } = cells;
  return [
    `Living ${total('living')}, of ${total('genomes')} distinct genomes; subjects: ${populations.map(({ subjects }) => subjects.map(({ individual }) => individual).join(' ')).join(', ')}. Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades.`,
    `${cells.trainings} trainings, failed ${counts(cells.failed)}. Of ${judged.trainings} that are judged, failed ${counts(judged.failed)} (they count as 0 decades), at the cap ${judged.capped}.`,
    ...(documentsDifferIn.length === 0 ? [] : [`The runs differ in ${documentsDifferIn.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

/** With n runs no p can be below 1 / n!. */
function fewRuns({ runs: { length } }: Answer): string {
  if (length > 4) return '';
  const pairings = [2, 3, 4].slice(0, length - 1).reduce((product, each) => product * each, 1);
  return ` With ${length} runs no p can be below 1/${pairings}.`;
}

const pairingTable = ({ results }: Answer): string =>
  renderTable(
    ['', 'delta', 'se', 'lower', 'upper', 'in sd of architectures', 'p', 'pairings'],
    measures.map((measure): Cell[] => {
      const { delta, se, lower, upper, inRowDeviations, permutation } = results[measure].pairing;
      return [measure, delta, se, lower, upper, inRowDeviations, permutation.p, permutation.arrangements];
    }),
  );

const varianceTable = ({ results }: Answer): string =>
  renderTable(
    ['', 'architectures', 'rules', 'pairs', 'error', 'share of pairs', 'lower', 'upper', 'F', 'p'],
    measures.map((measure): Cell[] => {
      const { variance, interactionShare } = results[measure];
      const { rows, columns, interaction, error } = variance.components;
      const { estimate, lower, upper } = interactionShare;
      const { f = null, p = null } = variance.interactionTest ?? {};
      return [measure, rows, columns, interaction, error, estimate, lower, upper, f, p];
    }),
  );

function axes({ runs, results }: Answer): string[] {
  const [first] = results.decades.ammi.axes;
  if (first?.share == null) return [];
  const scores = (values: readonly number[]) =>
    runs.map((run, i) => `${run}: ${formatNumber(values[i]!)}`).join(', ');
  return [
    `Which go together: the first product of scores (AMMI) has ${formatNumber(100 * first.share)} % of the interaction in decades. Architectures ${scores(first.rowScores)}; rules ${scores(first.columnScores)}.`,
  ];
}

/** One row for each pair. */
export const transplantCsv = ({ pairs, asked }: Answer): Rows => ({
  head: [
    ...['architectures_of', 'rules_of', 'score', 'rank', 'failed', 'capped', 'learning_rates'],
    ...Array.from({ length: asked.seeds }, (_, k) => `score_${k + 1}`),
  ],
  rows: pairs.map(({ architectures, rules, score, rank, failed, capped, learningRates, scores }): Cell[] => [
    ...[architectures, rules, score, rank, failed, capped, learningRates.join(' '), ...scores],
  ]),
});

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
