/** The winner's-curse assay for people: what was evaluated again, gaps over runs with and without the gate, then run by run. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['winners-curse']['answer']>;

const gateText = (gate: boolean) => (gate ? 'with' : 'without');

/** The answer in words and tables. */
export function winnersCurseText(answer: Answer): string {
  const { conventions: of, results, populations } = answer;
  return [
    flow(answer).join('\n'),
    ['reported', 'gate', 'again', 'failed', 'gap', 'tests'].map((key) => `${key}: ${of[key]!}.`).join('\n'),
    `Gap, over runs\n${renderTable(
      ['gate', 'split', 'best', 'runs', 'gap', 'sd', 'lower', 'upper', 'p'],
      results.map(({ gate, split, k, gap }): Cell[] => [
        ...[gateText(gate), split, k, gap.blocks, gap.mean, gap.sd, gap.lower, gap.upper, gap.signFlip.p],
      ]),
    )}`,
    renderTable(
      ['run', 'gate', 'candidates', 'withheld', 'split', 'best', 'reported', 'again', 'gap'],
      populations.flatMap(({ run, gate, candidates, withheld, gaps }) =>
        gaps.map(({ split, k, reported, again, gap }): Cell[] => [
          ...[run, gateText(gate), candidates, withheld, split, k, reported, again, gap],
        ]),
      ),
    ),
    answer.caution,
  ].join('\n\n');
}

function flow({ asked, populations, winners, cells, documents, unfinished, conventions }: Answer): string[] {
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  const { between, inPart, within } = documents;
  const most = asked.best.at(-1)!;
  const short = populations.filter(({ candidates }) => candidates < most);
  return [
    `Winner's curse in ${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')}): the best ${asked.best.join(', ')} of each, ${winners.length} genomes in all, were evaluated again ${asked.seeds} times.`,
    `${cells.trainings} trainings, failed ${failed.join(', ') || 'none'}. Engine ${conventions['engine']}.`,
    ...short.map(({ run, candidates }) => `Run ${run} has ${candidates} of the ${most} that were asked for.`),
    ...(between.length + inPart.length === 0
      ? []
      : [`Runs with and without the gate differ in ${[...between, ...inPart].join(', ')}.`]),
    ...(within.length === 0 ? [] : [`Runs that are taken together differ in ${within.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

/** One row for each run, split and k. */
export const winnersCurseCsv = ({ populations }: Answer): Rows => ({
  head: ['run', 'seed', 'gate', 'candidates', 'withheld', 'split', 'k', 'reported', 'again', 'gap'],
  rows: populations.flatMap(({ run, seed, gate, candidates, withheld, gaps }) =>
    gaps.map(({ split, k, reported, again, gap }): Cell[] => [
      ...[run, seed, gate ? 1 : 0, candidates, withheld, split, k, reported, again, gap],
    ]),
  ),
});
