/**
 * How much of a grid of cells groups of searches visited, and in how many cells they found something good: coverage, missed keys, evenness, at equal numbers of evaluations (rarefaction), with Chao's lower bound
 * of how many cells there are to visit. Coverage over descriptors as quality-diversity search has it (Mouret and Clune 2015), statistics as ecologists count species.
 */
import { hillNumber } from './hill.ts';
import { type Chao1, chao1, rarefiedRichness, unionCoverage } from './richness.ts';

/** Where one run has been. */
export interface Visits {
  /** The cell of each evaluation. */
  readonly cells: readonly string[];
  /** Cells in which it has an elite. */
  readonly elites: ReadonlySet<string>;
}

/** What a run, or a group of runs together, made of the grid. */
export interface MapNumbers {
  readonly evaluations: number;
  /** Cells. */
  readonly visited: number;
  /** Cells expected among as many evaluations as the least of those that it is compared with. */
  readonly rarefied: number;
  /** Share of all cells that anybody visited. */
  readonly coverage: number;
  /** Effective number of cells (the exponential of Shannon's entropy) over cells: 1 where all were visited equally often. */
  readonly evenness: number;
  /** Cells there are to visit in this way, seen or not: a lower bound. */
  readonly chao1: Chao1;
  readonly elites: number;
  /** Share of the cells with anybody's elite in which it has none; null where nobody has one. */
  readonly missed: number | null;
}

/** A group: its runs together, and each. */
export interface GroupMap extends MapNumbers {
  /** Cells, and cells with elites, of no other group. */
  readonly unique: number;
  readonly uniqueElites: number;
  readonly runs: readonly MapNumbers[];
}

/** The whole map. */
export interface StreetlightMap {
  /** Cells that anybody visited, and in which anybody has an elite. */
  readonly union: number;
  readonly eliteUnion: number;
  /** Of all evaluations together: the lower bound of cells that these searches could visit. */
  readonly chao1: Chao1;
  /** Evaluations that groups, and runs, are rarefied to. */
  readonly rarefiedTo: { readonly group: number; readonly run: number };
  readonly groups: readonly GroupMap[];
}

/** @throws RangeError for no group, or a run without evaluations. */
export function streetlightMap(groups: readonly (readonly Visits[])[]): StreetlightMap {
  const runs = groups.flat();
  if (groups.length === 0 || groups.some((group) => group.length === 0))
    throw new RangeError('there must be runs in every group');
  if (runs.some(({ cells }) => cells.length === 0))
    throw new RangeError('a run without evaluations has no map');
  const pooled = groups.map(together);
  const all = together(runs);
  const rarefiedTo = { group: fewest(pooled), run: fewest(runs) };
  const [union, eliteUnion] = [new Set(all.cells).size, all.elites.size];
  const whole = { union, eliteUnion };
  const visited = unionCoverage(pooled.map(({ cells }) => new Set(cells)));
  const good = unionCoverage(pooled.map(({ elites }) => elites));
  return {
    ...{ union, eliteUnion, chao1: chao1(countsOf(all.cells)), rarefiedTo },
    groups: groups.map((members, g) => ({
      ...numbersOf(pooled[g]!, rarefiedTo.group, whole),
      ...{ unique: visited.each[g]!.unique, uniqueElites: good.each[g]!.unique },
      runs: members.map((run) => numbersOf(run, rarefiedTo.run, whole)),
    })),
  };
}

const together = (runs: readonly Visits[]): Visits => ({
  cells: runs.flatMap(({ cells }) => cells),
  elites: new Set(runs.flatMap(({ elites }) => [...elites])),
});

const fewest = (visits: readonly Visits[]) => Math.min(...visits.map(({ cells }) => cells.length));

function countsOf(cells: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts.values()];
}

function numbersOf(
  { cells, elites }: Visits,
  size: number,
  { union, eliteUnion }: { readonly union: number; readonly eliteUnion: number },
): MapNumbers {
  const counts = countsOf(cells);
  return {
    ...{ evaluations: cells.length, visited: counts.length, rarefied: rarefiedRichness(counts, size) },
    ...{ coverage: counts.length / union, evenness: hillNumber(counts, 1) / counts.length },
    ...{ chao1: chao1(counts), elites: elites.size },
    missed: eliteUnion === 0 ? null : 1 - elites.size / eliteUnion,
  };
}

/** Numbers of runs by which groups are compared. Names stand in output: permanent. */
export const mapMeasures = [
  'rarefied',
  'coverage',
  'evenness',
  'missed',
] as const satisfies readonly (keyof MapNumbers)[];
