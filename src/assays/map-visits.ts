/** Where runs have been on the grid, and in which cells they have an elite, read from the record. */
import { traitValues } from '../analysis/measured-traits.ts';
import type { AskContext } from '../analysis/question.ts';
import type { FailureReason } from '../evaluation/outcome.ts';
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import type { RunRow } from '../lineage/runs.ts';
import { namedTrait, type TraitValues } from '../lineage/trait-store.ts';
import { storedDocument } from '../search/closed-document.ts';
import { evaluationSettings } from '../search/setup.ts';
import type { Visits } from '../statistics/streetlight-map.ts';
import { type AxisName, axes } from './descriptor-grid.ts';

/** What was evaluated, in the order of births. */
interface Evaluated {
  readonly architecture: number;
  readonly rule: number;
  readonly fitness: number | null;
  readonly parameters: number;
  readonly costUnits: number;
  readonly reason: FailureReason | 'budget' | 'hurdle' | null;
}

/** A run on the grid. */
export interface VisitedRun extends Visits {
  readonly row: RunRow;
  /** Evaluations that were lost with a worker, and are in no count. */
  readonly lost: number;
  /** Cost units of all its evaluations. */
  readonly costUnits: number;
}

/** Runs on the grid, and what their elites were held against. */
export interface VisitedRuns {
  readonly runs: readonly VisitedRun[];
  /** Elites are of evaluations within so many cost units of each run: what the cheapest run spent. */
  readonly costUnits: number;
}

/**
 * An elite is at most `delta` of fitness below the best of all that was evaluated, by any of these runs, on the same tasks with the same budget, within the cost units that each run spent. What was stopped at a hurdle
 * has a fitness of another budget, and is none. @throws Interrupted with traits that were measured stored.
 */
export async function visitedRuns(
  lineage: Lineage,
  rows: readonly RunRow[],
  names: readonly AxisName[],
  delta: number,
  context: AskContext,
): Promise<VisitedRuns> {
  const all = rows.map((row) => evaluatedIn(lineage, row));
  const cellOf = await cells(lineage, all.flat(), names, context);
  const spent = all.map((evaluated) => evaluated.reduce((sum, each) => sum + each.costUnits, 0));
  const costUnits = Math.min(...spent);
  const affordable = all.map((evaluated) => withinCost(evaluated, costUnits));
  const bench = rows.map((row) => JSON.stringify([row.taskDigest, evaluationSettings(storedDocument(row))]));
  const best = new Map<string, number>();
  affordable.forEach((evaluated, i) => {
    for (const { fitness } of evaluated)
      if (fitness !== null) best.set(bench[i]!, Math.max(best.get(bench[i]!) ?? fitness, fitness));
  });
  const isElite = (i: number, { fitness }: Evaluated) =>
    fitness !== null && fitness >= best.get(bench[i]!)! - delta;
  return {
    costUnits,
    runs: rows.map((row, i) => {
      const counted = all[i]!.filter(({ reason }) => reason !== 'worker-lost');
      return {
        ...{ row, lost: all[i]!.length - counted.length, costUnits: spent[i]! },
        cells: counted.map(cellOf),
        elites: new Set(affordable[i]!.filter((each) => isElite(i, each)).map(cellOf)),
      };
    }),
  };
}

function evaluatedIn({ db }: Lineage, { run }: RunRow): Evaluated[] {
  return db
    .prepare<[number, number], Evaluated>(
      `SELECT i.architecture, i.rule, e.fitness, e.parameters, e.cost_units AS costUnits, e.reason
       FROM individual i JOIN evaluation e ON e.individual = i.id WHERE i.id >= ? AND i.id < ? ORDER BY i.id`,
    )
    .all(individualId(run, 0), individualId(run + 1, 0));
}

/** The first evaluations, up to the cost, that have a fitness of the whole budget. */
function withinCost(evaluated: readonly Evaluated[], most: number): Evaluated[] {
  let spent = 0;
  return evaluated.filter(({ costUnits, reason }) => {
    spent += costUnits;
    return spent <= most && reason !== 'hurdle';
  });
}

/** The cell of an evaluation: its value on each axis, as JSON. */
async function cells(
  lineage: Lineage,
  evaluated: readonly Evaluated[],
  names: readonly AxisName[],
  context: AskContext,
): Promise<(each: Evaluated) => string> {
  const read = new Map<string, TraitValues>();
  for (const name of names) {
    const { chromosome, traits } = axes[name];
    const blocks = new Set(evaluated.map((each) => each[chromosome]));
    for (const trait of traits)
      read.set(
        `${chromosome}.${trait}`,
        await traitValues(lineage, namedTrait(chromosome, trait), blocks, context),
      );
  }
  return ({ parameters, ...blocks }) => {
    const trait = (chromosome: Chromosome, name: string) =>
      read.get(`${chromosome}.${name}`)!.get(blocks[chromosome])!;
    return JSON.stringify(names.map((name) => axes[name].of({ parameters, trait })));
  };
}
