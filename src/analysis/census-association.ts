/** Which architectures go with which rules: association of two traits among the living at each census, averaged within runs, and tested between runs. */
import { type Census, censuses } from '../lineage/census.ts';
import type { History } from '../lineage/history.ts';
import { numberOf } from '../lineage/trait-values.ts';
import type { Random } from '../random/stream.ts';
import { forkNames } from '../random/stream-names.ts';
import { alleleTable } from '../statistics/alleles.ts';
import { type Contingency, contingency } from '../statistics/contingency.ts';
import {
  type AverageCorrelation,
  averageCorrelation,
  correlation,
  rankCorrelation,
} from '../statistics/correlation.ts';
import {
  type LinkageDisequilibrium,
  linkageDisequilibrium,
  multiallelicDPrime,
} from '../statistics/linkage.ts';
import { type MeanInterval, meanInterval } from '../statistics/mean-interval.ts';
import { mean } from '../statistics/moments.ts';
import { type Information, mutualInformation } from '../statistics/mutual-information.ts';
import { type PermutationTest, relabellingTest, signFlipTest } from '../statistics/permutation.ts';

/** The values of a trait by block id; null where a block has none. */
export type ReadTrait = (block: number) => string | null;

/** Which architectures go with which rules among those who lived at one time. */
export interface CensusAssociation {
  readonly time: number;
  /** The living of whom both traits are known, and the others. */
  readonly n: number;
  readonly leftOut: number;
  /** Different values of each trait. */
  readonly alleles: readonly [number, number];
  /** Null for more than two values, or one; what follows is null where nobody is counted. */
  readonly linkage: LinkageDisequilibrium | null;
  readonly dPrime: number | null;
  readonly contingency: Contingency | null;
  readonly information: Information | null;
  /** Null where a trait is no number or does not vary. */
  readonly pearson: number | null;
  readonly spearman: number | null;
  /** Of mutual information, rules dealt anew to architectures: descriptive. Null where one trait has a single value. */
  readonly test: PermutationTest | null;
}

/** The censuses of a run, and their average as the number of the run. */
export interface RunAssociation {
  readonly run: number;
  readonly censuses: readonly CensusAssociation[];
  readonly pearson: AverageCorrelation;
  readonly spearman: AverageCorrelation;
  /** Means over the censuses that have the number: D' where both traits vary, information wherever somebody is counted; null for none. */
  readonly dPrime: number | null;
  readonly correctedInformation: number | null;
}

/** Association of two traits over the censuses of one run. */
export function runAssociation(
  run: number,
  history: History,
  times: readonly number[],
  traits: { readonly architecture: ReadTrait; readonly rule: ReadTrait },
  random: Random,
  draws = 999,
): RunAssociation {
  const each = Array.from(censuses(history, times), (census) =>
    censusAssociation(history, census, traits, random.fork(forkNames.census(census.time)), draws),
  );
  const over = (pick: (each: CensusAssociation) => number | null) => {
    const values = each.map(pick).filter((value) => value !== null);
    return values.length === 0 ? null : mean(values);
  };
  return {
    run,
    censuses: each,
    pearson: averageCorrelation(each.map(({ pearson }) => pearson)),
    spearman: averageCorrelation(each.map(({ spearman }) => spearman)),
    dPrime: over(({ dPrime }) => dPrime),
    correctedInformation: over(({ information }) => information?.corrected ?? null),
  };
}

function censusAssociation(
  { block }: History,
  { time, living }: Census,
  traits: { readonly architecture: ReadTrait; readonly rule: ReadTrait },
  random: Random,
  draws: number,
): CensusAssociation {
  const [first, second]: [string[], string[]] = [[], []];
  for (const i of living) {
    const a = traits.architecture(block.architecture[i]!);
    const r = traits.rule(block.rule[i]!);
    if (a === null || r === null) continue;
    first.push(a);
    second.push(r);
  }
  const n = first.length;
  const alleles = [new Set(first).size, new Set(second).size] as const;
  const isVarying = alleles[0] > 1 && alleles[1] > 1;
  const table = alleleTable(first, second);
  const numbers = [numbersOf(first), numbersOf(second)] as const;
  const isNumeric = numbers[0] !== null && numbers[1] !== null;
  return {
    ...{ time, n, leftOut: living.length - n, alleles },
    linkage: isVarying && alleles[0] === 2 && alleles[1] === 2 ? linkageDisequilibrium(table) : null,
    dPrime: n === 0 ? null : multiallelicDPrime(table),
    contingency: n === 0 ? null : contingency(table),
    information: n === 0 ? null : mutualInformation(table),
    pearson: isNumeric ? correlation(numbers[0]!, numbers[1]!) : null,
    spearman: isNumeric ? rankCorrelation(numbers[0]!, numbers[1]!) : null,
    test: isVarying
      ? relabellingTest(
          n,
          (from) =>
            mutualInformation(
              alleleTable(
                first,
                Array.from(from, (i) => second[i]!),
              ),
            ).mutual,
          random,
          { draws },
        )
      : null,
  };
}

/** Null unless all are numbers. */
function numbersOf(values: readonly string[]): Float64Array | null {
  const numbers = values.map(numberOf);
  return numbers.every((each) => each !== null) ? Float64Array.from(numbers) : null;
}

/** One statistic over runs, each run one unit. */
export interface OverRuns {
  readonly statistic: 'pearson' | 'spearman';
  /** Mean Fisher z over runs with its t interval; null for fewer than two runs that have one. */
  readonly z: MeanInterval | null;
  readonly signFlip: PermutationTest | null;
}

/** Runs as the units of a test that the mean association is 0: Student's interval and sign flips of Fisher's z. */
export function overRuns(runs: readonly RunAssociation[], random: Random): OverRuns[] {
  return (['pearson', 'spearman'] as const).map((statistic) => {
    const values = runs.flatMap((run) => run[statistic].z ?? []);
    return {
      statistic,
      z: meanInterval(values),
      signFlip: values.length < 2 ? null : signFlipTest(values, random.fork(forkNames.statistic(statistic))),
    };
  });
}
