/** Rules on chosen architectures, task by task: each at its own learning rate and at the one that other seeds choose, judged by fresh seeds. */
import { mean } from '../statistics/moments.ts';
import type { RuleScores } from '../statistics/panel.ts';
import { bestRate, grouped, type Stages, scoresBySeed, type Trial } from './scores.ts';
import type { JudgedHome } from './subjects.ts';
import { triedRates, type Untuned } from './tuning.ts';

/** An architecture on one task of the workbench where it is judged. */
export type Place = Omit<Untuned, 'rule'> & { readonly task: number };

/** Of each home its subjects on every task, tasks innermost. */
export const placesOf = (homes: readonly JudgedHome[], subjects: readonly (readonly number[])[]): Place[][] =>
  homes.map(({ block, judged: workbench }, i) =>
    subjects[i]!.flatMap((architecture) =>
      workbench.tasks.map((_, task) => ({ block, workbench, architecture, task })),
    ),
  );

/** A rule at one place, with its scores by seed at its own learning rate and at the one that was chosen. */
export interface TriedRule extends RuleScores {
  /** j of that rate: the own one times 10^(j/2). */
  readonly rate: number;
  /** The score by which it was chosen. */
  readonly tried: number;
  /** The tuned scores where seeds in even places and those in odd places have nothing in common: each half at the rate that the same half of the tuning seeds chooses. Null where it was not asked for. */
  readonly halves: readonly number[] | null;
}

/** How much is trained at a place. `byHalves`: needs two tuning seeds or more. */
export interface RuleEffort {
  readonly seeds: number;
  readonly tuningSeeds: number;
  readonly byHalves?: boolean;
}

/** Of each place the rules in their order; `rules`: rows in `block`. @throws Interrupted, with what was trained stored. */
export async function ruleScores(
  stages: Stages,
  places: readonly Place[],
  rules: readonly number[],
  { seeds, tuningSeeds, byHalves = false }: RuleEffort,
): Promise<TriedRule[][]> {
  const trials = places.flatMap((each) => rules.map((rule) => ({ ...each, rule })));
  // One training for each seed, of the one task of the trial.
  const tried = (await triedRates(stages, trials, tuningSeeds)).map((rates) =>
    rates.map((own) => own.flat()),
  );
  const judgements = trials.map((each, i): Trial[] => [
    ...[0, bestRate(tried[i]!.map(mean))].map((learningRate) => ({ ...each, learningRate, seeds })),
    ...(byHalves ? halfRates(tried[i]!).map((rate) => ({ ...each, ...rate, seeds })) : []),
  ]);
  const judged = grouped(
    (await scoresBySeed(stages, 'judgement', 'final', judgements.flat())).map((own) => own.flat()),
    judgements.map(({ length }) => length),
  );
  return grouped(
    judged.map(([atOwn, tuned, even, odd], i) => ({
      ...{ default: atOwn!, tuned: tuned! },
      ...{ rate: judgements[i]![1]!.learningRate, tried: Math.max(...tried[i]!.map(mean)) },
      halves:
        even === undefined ? null : tuned!.map((_, k) => (k % 2 === 0 ? even[k / 2]! : odd![(k - 1) / 2]!)),
    })),
    places.map(() => rules.length),
  );
}

/** `tried`: of each rate the scores by seed. */
const halfRates = (tried: readonly (readonly number[])[]) =>
  ([0, 1] as const).map((half) => ({
    ...{ half },
    learningRate: bestRate(tried.map((own) => mean(own.filter((_, k) => k % 2 === half)))),
  }));
