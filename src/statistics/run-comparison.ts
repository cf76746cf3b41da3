/**
 * Two conditions compared over runs, each run one unit: effects with intervals first, then p-values. Where each run of one has a partner of the other (the same
 * seed), differences within pairs count, and all changes of their signs are the null; otherwise all ways to deal runs to conditions are.
 */
import type { Random } from '../random/stream.ts';
import { forkNames } from '../random/stream-names.ts';
import { type BootstrapInterval, bootstrapInterval } from './bootstrap.ts';
import { type EffectSize, hedgesG, hedgesGPaired } from './effect-size.ts';
import { type MeanInterval, meanInterval } from './mean-interval.ts';
import { mean, pairedTest, type StudentTest, welchTest } from './moments.ts';
import { type PermutationTest, permutationTest, signFlipTest } from './permutation.ts';
import { type PooledEffect, pooledEffect } from './pooling.ts';
import { type Power, replicatesNeeded, simulatedPower } from './power.ts';

/** One number of one run; `se` where the run itself says how sure it is. */
export interface RunValue {
  readonly value: number;
  readonly se?: number;
}

/** Two conditions compared by one number a run. */
export interface RunComparison {
  readonly isPaired: boolean;
  /** Runs of each; of pairs both numbers are those of pairs. */
  readonly runs: readonly [number, number];
  readonly means: readonly [MeanInterval | null, MeanInterval | null];
  /** First less second, with BCa limits. */
  readonly difference: BootstrapInterval;
  /** By Student's t, of Welch or of pairs. */
  readonly student: StudentTest;
  /** Null where nothing varies, and for fewer than three pairs. */
  readonly effect: EffectSize | null;
  readonly permutation: PermutationTest;
  /** Means weighted by the runs' own errors (Hartung and Knapp), and of pairs their difference; null without errors. */
  readonly pooled: {
    readonly arms: readonly [PooledEffect | null, PooledEffect | null];
    readonly difference: PooledEffect | null;
  } | null;
}

/** @throws RangeError for fewer than two runs of either, unequal numbers of pairs, or values not finite. */
export function compareRuns(
  first: readonly RunValue[],
  second: readonly RunValue[],
  { isPaired, random }: { readonly isPaired: boolean; readonly random: Random },
): RunComparison {
  if (first.length < 2 || second.length < 2)
    throw new RangeError('a comparison needs at least two runs of each');
  if (isPaired && first.length !== second.length) throw new RangeError('pairs need a partner each');
  const [a, b] = [valuesOf(first), valuesOf(second)];
  const differences = isPaired ? a.map((value, i) => value - b[i]!) : [];
  const draw = random.fork(forkNames.bootstrap());
  const scale = [...a, ...b].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const settled = (difference: number) => (Math.abs(difference) < rounding * scale ? 0 : difference);
  return {
    isPaired,
    runs: [a.length, b.length],
    means: [meanInterval(a), meanInterval(b)],
    difference: isPaired
      ? bootstrapInterval([differences], ([each]) => settled(mean(each!)), draw)
      : bootstrapInterval([a, b], ([x, y]) => settled(mean(x!) - mean(y!)), draw),
    student: isPaired ? pairedTest(differences) : welchTest(a, b),
    effect: !isPaired ? hedgesG(a, b) : differences.length < 3 ? null : hedgesGPaired(differences),
    permutation: isPaired
      ? signFlipTest(differences, random.fork(forkNames.signFlips()))
      : permutationTest(a, b, random.fork(forkNames.permutation())),
    pooled: pooledOf(first, second, isPaired),
  };
}

/** Relative to the largest value: what is left of equal means by the order in which they were added up. */
const rounding = 1e-13;

const valuesOf = (runs: readonly RunValue[]): number[] => runs.map(({ value }) => value);

/** Of the runs that have an error above 0; null for fewer than two. */
function pooledMean(runs: readonly RunValue[]): PooledEffect | null {
  const sure = runs.filter(({ se }) => se !== undefined && se > 0);
  return sure.length < 2
    ? null
    : pooledEffect(
        valuesOf(sure),
        sure.map(({ se }) => se!),
      );
}

function pooledOf(
  first: readonly RunValue[],
  second: readonly RunValue[],
  isPaired: boolean,
): RunComparison['pooled'] {
  if (![...first, ...second].some(({ se }) => se !== undefined)) return null;
  const pairs = isPaired
    ? first.map((each, i): RunValue => {
        const [s, t] = [each.se, second[i]!.se];
        const value = each.value - second[i]!.value;
        return s === undefined || t === undefined ? { value } : { value, se: Math.sqrt(s * s + t * t) };
      })
    : [];
  return { arms: [pooledMean(first), pooledMean(second)], difference: pooledMean(pairs) };
}

/** Standardised differences for which power is told: medium, large and one standard deviation (Cohen 1988). */
export const plannedEffects = [0.5, 0.8, 1] as const;

/** What the next experiment would take. */
export interface Plan {
  /** Power of Student's test at 5 %, with these runs, for each planned effect. */
  readonly power: readonly { readonly effect: number; readonly power: Power }[];
  /** Runs per condition (or pairs) for 80 % power if the true effect were the one found; null where that is none, or more than `mostRuns`. */
  readonly runsNeeded: number | null;
}

/** More runs per condition than this are not planned for. */
export const mostRuns = 200;

/** By simulation from normal distributions of equal spread; of pairs, of their differences. For planning the next experiment: it says nothing about this one. */
export function planFor(
  { isPaired, runs, effect }: Pick<RunComparison, 'isPaired' | 'runs' | 'effect'>,
  random: Random,
  simulations = 400,
): Plan {
  const experiment = (n: number, m: number, shift: number) => (draw: Random) => {
    const sample = (size: number, by: number) => Array.from({ length: size }, () => draw.normal() + by);
    return isPaired ? pairedTest(sample(n, shift)).p : welchTest(sample(n, shift), sample(m, 0)).p;
  };
  const g = effect === null ? 0 : Math.abs(effect.g);
  return {
    power: plannedEffects.map((each) => ({
      effect: each,
      power: simulatedPower(experiment(runs[0], runs[1], each), random.fork(forkNames.plannedEffect(each)), {
        simulations,
      }),
    })),
    // Below this even `mostRuns` are too few, by a wide margin.
    runsNeeded:
      g < 0.15
        ? null
        : replicatesNeeded((n, draw) => experiment(n, n, g)(draw), random.fork(forkNames.plannedSize()), {
            most: mostRuns,
            simulations,
          }).replicates,
  };
}
