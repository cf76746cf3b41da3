/** The epistasis assay for people: what was stepped from, shares over runs with their limits, run by run with exact ones, and the pairs that cross a valley. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { pairKindNames, readings } from '../statistics/epistasis.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['epistasis']['answer']>;

const told = ['score', 'elite', 'steps', 'e', 'readings', 'valley', 'sign', 'silent', 'limits'];

/** The answer in words and tables. */
export function epistasisText(answer: Answer): string {
  const { conventions: of, results, populations } = answer;
  return [
    flow(answer).join('\n'),
    told.map((key) => `${key}: ${of[key]!}.`).join('\n'),
    `Over runs\n${renderTable(
      ['', 'reading', 'runs', 'mean', 'sd', 'lower', 'upper'],
      [
        ...pairKindNames.flatMap((kind) =>
          readings.map((reading) => overRuns([kind, reading], results.shares[reading][kind])),
        ),
        overRuns(['mean e, decades', null], results.meanEpistasis),
      ],
    )}`,
    renderTable(
      ['run', 'elite', 'score', 'pairs', 'silent', 'unchanged', 'architectures', 'rules', 'mean e'],
      populations.map(({ run, elite, score, pairs, silent, unchanged, distinct, meanEpistasis }): Cell[] => [
        ...[run, elite, score, pairs, silent, unchanged, distinct.architectures, distinct.rules],
        meanEpistasis,
      ]),
    ),
    renderTable(
      ['run', '', 'reading', 'pairs', 'of', 'share', 'lower', 'upper'],
      populations.flatMap(({ run, shares }) =>
        pairKindNames.flatMap((kind) =>
          readings.map((reading): Cell[] => {
            const { hits, of: all, share, lower, upper } = shares[reading][kind];
            return [run, kind, reading, hits, all, share, lower, upper];
          }),
        ),
      ),
    ),
    ...valleys(answer),
    answer.caution,
  ].join('\n\n');
}

const overRuns = (
  head: Cell[],
  { runs, mean, sd, lower, upper }: Answer['results']['meanEpistasis'],
): Cell[] => [...head, runs, mean, sd, lower, upper];

function flow({ asked, populations, pairs, cells, documents, unfinished, conventions }: Answer): string[] {
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  return [
    `Steps from the best of ${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')}): ${pairs.length} pairs of a step of the architecture and a step of the rule. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}; margin ${asked.margin}, cap ${asked.cap} decades. Engine ${conventions['engine']}.`,
    ...(documents.length === 0 ? [] : [`The documents of the runs differ in ${documents.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

function valleys({ pairs }: Answer): string[] {
  const crossed = pairs.filter(({ kinds }) => kinds.apparent.includes('valley'));
  if (crossed.length === 0) return [];
  return [
    `Pairs that improve though each step worsens (apparent)\n${renderTable(
      ['run', 'architecture step', 'rule step', 'parent', 'architecture', 'rule', 'both', 'certain'],
      crossed.map(({ run, architectureOperator, ruleOperator, scores, kinds }): Cell[] => [
        ...[run, architectureOperator, ruleOperator],
        ...[scores.parent, scores.architecture, scores.rule, scores.both],
        kinds.certain.includes('valley') ? 'yes' : 'no',
      ]),
    )}`,
  ];
}

/** One row for each pair. */
export const epistasisCsv = ({ pairs }: Answer): Rows => ({
  head: [
    ...['run', 'architecture_operator', 'rule_operator', 'parent', 'architecture', 'rule', 'both'],
    ...['architecture_effect', 'architecture_se', 'rule_effect', 'rule_se', 'both_effect', 'both_se'],
    ...['epistasis', 'epistasis_se', 'silent', 'apparent', 'certain'],
  ],
  rows: pairs.map(({ run, architectureOperator, ruleOperator, scores, isSilent, kinds, ...effects }) => [
    ...[run, architectureOperator, ruleOperator],
    ...[scores.parent, scores.architecture, scores.rule, scores.both],
    ...(['architecture', 'rule', 'both', 'epistasis'] as const).flatMap((of): Cell[] => [
      effects[of].mean,
      effects[of].se,
    ]),
    ...[isSilent ? 1 : 0, kinds.apparent.join('; '), kinds.certain.join('; ')],
  ]),
});
