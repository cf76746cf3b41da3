/**
 * The streetlight map: how much of the space of architectures and rules searches visited, in how many of its cells they found something as good as anybody, and which such cells they missed. It trains nothing: the
 * record has all that was evaluated.
 */
import { z } from 'zod';
import {
  type ComparedCondition,
  conditionOf,
  documentDifferences,
  pairingsOf,
  requireApart,
} from '../analysis/conditions.ts';
import { param, question } from '../analysis/question.ts';
import { evolutionOf } from '../analysis/settings.ts';
import { flowOf } from '../lineage/flow.ts';
import { listRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { meanOverRuns } from '../statistics/mean-over-runs.ts';
import { compareRuns } from '../statistics/run-comparison.ts';
import {
  type GroupMap,
  type MapNumbers,
  mapMeasures,
  streetlightMap,
} from '../statistics/streetlight-map.ts';
import { axes, axesOf, gridVersion } from './descriptor-grid.ts';
import { type VisitedRun, visitedRuns } from './map-visits.ts';
import { grouped } from './scores.ts';
import { type StreetlightMapAnswer, streetlightMapAnswer } from './streetlight-map-answer.ts';

const name = 'streetlight-map';

const mapParams = z.strictObject({
  conditions: param(z.array(z.string()).min(1, 'Name at least one.'), {
    summary:
      'one or more: run numbers such as 1,2,3, or the name of a document, condition or scheme; each is compared with the first',
    isPositional: true,
  }),
  axes: param(z.enum(['architecture', 'rule', 'both']).default('both'), {
    summary: 'of which chromosome cells are; of conditions that hold one fixed, of the other',
    value: 'chromosome',
  }),
  delta: param(z.number().min(0, 'It must not be below 0.').default(0.1), {
    summary: 'fitness below the best that still makes an elite',
    value: 'fitness',
  }),
});

/** How its numbers are to be read. */
const conventions = {
  cell: 'a combination of values on the axes of the grid, whose version is told; a birth visits the cell of its genome, whether or not its evaluation failed. Births that were lost with a worker are in no count',
  elite:
    'a cell holds an elite of a run where the run evaluated something there whose fitness is at most delta below the best of all runs on the same tasks with the same budget, within the cost units of the cheapest run. Fitness is as selection saw it, so that luck makes some of them; what a hurdle stopped is none',
  coverage:
    'visited cells over all that any of these runs visited: a share of what is known, and it grows with evaluations. Rarefied: cells expected among as many evaluations, drawn without replacement, as the smallest group (or run) has (Hurlbert 1971)',
  missed:
    'missed keys: of the cells with anybody’s elite the share in which there is none of this group (or run)',
  evenness: 'exp(Shannon entropy of the visits) / visited cells',
  chao1:
    'lower bound of the cells that there are to visit, bias-corrected (Chao 2005), limits on the scale of the logarithm. Evaluations of a search descend from each other and are no random draws, so that it is a rough one',
  runs: 'groups are all evaluations of their runs together; between groups the run is the unit: means with BCa limits, 95 %, and differences as `compare` has them, of pairs of one seed where all runs have a partner',
} as const;

/** Which part of a grid searches saw. */
export const streetlightMapAssay = question({
  name,
  version: 1,
  summary: 'how much of the space did searches visit, and which cells with good genomes did they miss?',
  params: mapParams,
  answer: streetlightMapAnswer,
  async ask(lineage, { conditions: texts, ...asked }, context) {
    const all = listRuns(lineage);
    const conditions = texts.map((text) => conditionOf(text, all));
    requireApart(conditions);
    refuseEmpty(conditions);
    const names = axesOf(asked.axes);
    const rows = conditions.flatMap(({ runs }) => runs);
    const visited = await visitedRuns(lineage, rows, names, asked.delta, context);
    const groups = grouped(
      visited.runs,
      conditions.map(({ runs }) => runs.length),
    );
    const { groups: maps, ...whole } = streetlightMap(groups);
    const pairing = pairingsOf(conditions, true);
    return {
      conditions: conditions.map(({ name: called, runs, leftOut }) => ({
        name: called,
        runs: runs.map(({ run, seed }) => ({ run, seed })),
        leftOut: [...leftOut],
      })),
      pairing: [...pairing],
      documentsDifferIn: documentDifferences(conditions.map(({ runs }) => runs)),
      flow: Object.fromEntries(
        conditions.map(({ name: called, runs }) => [
          called,
          flowOf(
            lineage,
            runs.map(({ run }) => run),
          ),
        ]),
      ),
      asked,
      grid: {
        version: gridVersion,
        axes: names.map((axis) => ({ name: axis, meaning: axes[axis].meaning })),
      },
      conventions,
      ...{ costUnits: visited.costUnits, ...whole },
      groups: maps.map((map, g) => groupAnswer(conditions[g]!, groups[g]!, map)),
      contrasts: pairing.map(({ of, less, pairs }, k) => ({
        ...{ of, less },
        results: byMeasure((measure) =>
          contrast(maps[k + 1]!, maps[0]!, pairs > 0, measure, `${of} ${less}`),
        ),
      })),
      cells: cellsOf(groups),
      caution: cautionOf(conditions, asked.axes),
    };
  },
});

function refuseEmpty(conditions: readonly ComparedCondition[]): void {
  const empty = conditions.flatMap(({ runs }) => runs).filter(({ lastTold }) => lastTold < 0);
  if (empty.length === 0) return;
  throw new UserError(
    empty.map(({ run }) => ({
      code: 'nothing-visited',
      message: `nobody was born in run ${run}`,
      hint: 'leave it out',
    })),
  );
}

const byMeasure = <T>(of: (measure: (typeof mapMeasures)[number]) => T) =>
  Object.fromEntries(mapMeasures.map((measure) => [measure, of(measure)])) as Record<
    (typeof mapMeasures)[number],
    T
  >;

function groupAnswer(
  { name: called }: ComparedCondition,
  visited: readonly VisitedRun[],
  { runs, ...group }: GroupMap,
): StreetlightMapAnswer['groups'][number] {
  return {
    ...{ name: called, ...group },
    runs: runs.map((numbers, i) => {
      const { row, lost, costUnits } = visited[i]!;
      return { run: row.run, seed: row.seed, ...numbers, lost, costUnits };
    }),
    results: byMeasure((measure) =>
      meanOverRuns(
        runs.map((numbers) => numbers[measure]),
        stream(streamNames.assayed(name, `${measure} of ${called}`)),
      ),
    ),
  };
}

function contrast(
  { runs: first }: GroupMap,
  { runs: second }: GroupMap,
  isPaired: boolean,
  measure: (typeof mapMeasures)[number],
  between: string,
) {
  const valuesOf = (runs: readonly MapNumbers[]) =>
    runs.flatMap((numbers) => (numbers[measure] === null ? [] : [{ value: numbers[measure] }]));
  const [a, b] = [valuesOf(first), valuesOf(second)];
  if (a.length < first.length || b.length < second.length) return null;
  const random = stream(streamNames.assayed(name, `${measure} ${between}`));
  return compareRuns(a, b, { isPaired, random });
}

/** In the order of the cells' values. */
function cellsOf(groups: readonly (readonly VisitedRun[])[]): StreetlightMapAnswer['cells'] {
  const none = () => groups.map(() => 0);
  const found = new Map<string, { readonly visits: number[]; readonly elites: number[] }>();
  const of = (cell: string) => {
    const counts = found.get(cell) ?? { visits: none(), elites: none() };
    found.set(cell, counts);
    return counts;
  };
  groups.forEach((runs, g) => {
    for (const { cells, elites } of runs) {
      for (const cell of cells) of(cell).visits[g]! += 1;
      for (const cell of elites) of(cell).elites[g]! += 1;
    }
  });
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([cell, counts]) => ({ cell: JSON.parse(cell) as string[], ...counts }));
}

const fixes = { 'rule-fixed': 'rule', 'architecture-fixed': 'architecture' } as const;

function cautionOf(conditions: readonly ComparedCondition[], of: 'architecture' | 'rule' | 'both'): string {
  const general =
    'Cells are of a grid that somebody chose, and a search that mutates one chromosome less often visits less of it: compare conditions with the same mutations.';
  const held = conditions.flatMap(({ name: called, runs }) => {
    const condition = runs.map((row) => evolutionOf(row)?.condition);
    const fixed = condition.every((each) => each === condition[0]) ? condition[0] : undefined;
    const chromosome = fixes[fixed as keyof typeof fixes];
    return chromosome === undefined || (of !== 'both' && of !== chromosome)
      ? []
      : [`${called} (its ${chromosome})`];
  });
  if (held.length === 0) return general;
  return `${general} These conditions hold a chromosome fixed that cells are of, and cover less by construction: ${held.join(', ')}. Look at the other one (--axes).`;
}
