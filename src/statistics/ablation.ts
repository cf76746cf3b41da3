/** What an ingredient of a rule is worth: paired differences of the whole rule and the rule without it, one for each run; and whether that is the same on every task. */
import type { Random } from '../random/stream.ts';
import { type EquivalenceTest, equivalenceTest } from './equivalence.ts';
import { type FriedmanTest, friedmanTest } from './friedman.ts';
import { type MeanOverRuns, meanOverRuns } from './mean-over-runs.ts';
import { mean } from './moments.ts';
import { type HodgesLehmann, hodgesLehmann, type SignedRankTest, signedRankTest } from './wilcoxon.ts';

/** Differences of one run on each of its tasks: means over architectures, in decades. Above 0: the whole rule is better. */
export interface RunDifferences {
  readonly tasks: Readonly<Record<string, number>>;
}

/** One task over the runs that have it. */
export interface TaskDifference {
  readonly task: string;
  readonly difference: MeanOverRuns;
}

/** What runs show together. */
export interface AblationEffect {
  /** Means over tasks, over runs. */
  readonly difference: MeanOverRuns;
  readonly wilcoxon: SignedRankTest;
  readonly hodgesLehmann: HodgesLehmann;
  /** Of a mean within the margin, by two one-sided t tests at 0.05; null for a single run. */
  readonly equivalence: EquivalenceTest | null;
  /** In the order in which runs name them. */
  readonly tasks: readonly TaskDifference[];
  /** Do the tasks rank alike in every run? Null where they are fewer than two, or not the same in all runs. */
  readonly interaction: FriedmanTest | null;
}

/** @throws RangeError for no run, a run without tasks, or a margin that is not above 0. */
export function ablationEffect(
  runs: readonly RunDifferences[],
  margin: number,
  random: (of: string) => Random,
): AblationEffect {
  const own = runs.map(({ tasks }) => mean(Object.values(tasks)));
  const names = [...new Set(runs.flatMap(({ tasks }) => Object.keys(tasks)))];
  const areShared = runs.every(({ tasks }) => Object.keys(tasks).length === names.length);
  return {
    difference: meanOverRuns(own, random('runs')),
    wilcoxon: signedRankTest(own),
    hodgesLehmann: hodgesLehmann(own),
    equivalence: own.length < 2 ? null : equivalenceTest(own, margin),
    tasks: names.map((task) => ({
      task,
      difference: meanOverRuns(
        runs.map(({ tasks }) => tasks[task] ?? null),
        random(task),
      ),
    })),
    interaction:
      areShared && names.length >= 2
        ? friedmanTest(runs.map(({ tasks }) => names.map((task) => tasks[task]!)))
        : null,
  };
}
