/** The streetlight map for people: groups side by side, then over runs, differences from the first group, run by run, and the cells in which somebody found something good. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { mapMeasures } from '../statistics/streetlight-map.ts';
import type { Rows } from './answers.ts';
import { conditionLines } from './compare.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['streetlight-map']['answer']>;

const told = ['cell', 'elite', 'coverage', 'missed', 'evenness', 'chao1', 'runs'];

/** The answer in words and tables. */
export function streetlightMapText(answer: Answer): string {
  const { conventions: of, groups, rarefiedTo, cells } = answer;
  const withElites = cells.filter(({ elites }) => elites.some((count) => count > 0));
  return [
    [headline(answer), ...conditionLines(answer)].join('\n'),
    told.map((key) => `${key}: ${of[key]!}.`).join('\n'),
    renderTable(
      ['axis', 'meaning'],
      answer.grid.axes.map(({ name, meaning }) => [name, meaning]),
    ),
    `Groups, rarefied to ${rarefiedTo.group} evaluations\n${renderTable(
      [...['group', ...heads], 'unique', 'elites', 'unique elites', 'missed'],
      groups.map((group): Cell[] => [
        ...[group.name, ...numbersOf(group)],
        ...[group.unique, group.elites, group.uniqueElites, group.missed],
      ]),
    )}`,
    `Over runs, rarefied to ${rarefiedTo.run} evaluations\n${renderTable(
      ['group', '', 'runs', 'mean', 'sd', 'lower', 'upper'],
      groups.flatMap(({ name, results }) =>
        mapMeasures.map((measure): Cell[] => {
          const { runs, mean, sd, lower, upper } = results[measure];
          return [name, measure, runs, mean, sd, lower, upper];
        }),
      ),
    )}`,
    ...contrasts(answer),
    renderTable(
      [...['group', 'run', ...heads], 'elites', 'missed', 'cost units'],
      groups.flatMap(({ name, runs }) =>
        runs.map((run): Cell[] => [
          ...[name, run.run, ...numbersOf(run)],
          ...[run.elites, run.missed, run.costUnits],
        ]),
      ),
    ),
    `Cells with elites: evaluations of each group, and runs that have one there\n${cellsTable(answer, withElites)}`,
    answer.caution,
  ].join('\n\n');
}

const headline = ({ groups, union, eliteUnion, chao1, asked, grid, costUnits }: Answer) => {
  const runs = groups.reduce((sum, group) => sum + group.runs.length, 0);
  return `${runs} runs visited ${union} cells (of ${asked.axes === 'both' ? 'architectures and rules' : `${asked.axes}s`}, grid version ${grid.version}), ${eliteUnion} of them with elites (at most ${asked.delta} below the best, within ${costUnits} cost units of each run). There are at least ${chao1.estimate.toFixed(0)} to visit (${chao1.lower.toFixed(0)} to ${chao1.upper.toFixed(0)}).`;
};

const heads = ['evaluations', 'visited', 'rarefied', 'coverage', 'evenness', 'chao1', 'lower', 'upper'];

const numbersOf = (of: Answer['groups'][number] | Answer['groups'][number]['runs'][number]): Cell[] => [
  ...[of.evaluations, of.visited, of.rarefied, of.coverage, of.evenness],
  ...[of.chao1.estimate, of.chao1.lower, of.chao1.upper],
];

function contrasts({ contrasts: all }: Answer): string[] {
  if (all.length === 0) return [];
  return [
    `Differences over runs\n${renderTable(
      ['', '', 'difference', 'lower', 'upper', 'g', 'p'],
      all.flatMap(({ of, less, results }) =>
        mapMeasures.map((measure): Cell[] => {
          const found = results[measure];
          const between = [`${of} less ${less}`, measure];
          if (found === null) return [...between, null, null, null, null, null];
          const { estimate, lower, upper } = found.difference;
          return [...between, estimate, lower, upper, found.effect?.g ?? null, found.permutation.p];
        }),
      ),
    )}`,
  ];
}

const cellHeads = ({ grid, groups }: Answer): string[] => [
  ...grid.axes.map(({ name }) => name),
  ...groups.flatMap(({ name }) => [`${name} visits`, `${name} elites`]),
];

const cellRow = ({ cell, visits, elites }: Answer['cells'][number]): Cell[] => [
  ...cell,
  ...visits.flatMap((count, g) => [count, elites[g]!]),
];

const cellsTable = (answer: Answer, cells: Answer['cells']) =>
  renderTable(cellHeads(answer), cells.map(cellRow));

/** One row for each cell that anybody visited. */
export const streetlightMapCsv = (answer: Answer): Rows => ({
  head: cellHeads(answer),
  rows: answer.cells.map(cellRow),
});
