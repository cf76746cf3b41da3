/** Rules on chosen architectures, task by task: each at its own learning rate and at the one that other seeds choose, judged by fresh seeds. */
import type { RuleScores } from '../statistics/panel.ts';
import { bestRate, grouped, type Stages, scoresBySeed } from './scores.ts';
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
}

/** Of each place the rules in their order; `rules`: rows in `block`. @throws Interrupted, with what was trained stored. */
export async function ruleScores(
  stages: Stages,
  places: readonly Place[],
  rules: readonly number[],
  { seeds, tuningSeeds }: { readonly seeds: number; readonly tuningSeeds: number },
): Promise<TriedRule[][]> {
  const trials = places.flatMap((each) => rules.map((rule) => ({ ...each, rule })));
  const tried = await triedRates(stages, trials, tuningSeeds);
  const judged = await scoresBySeed(
    stages,
    'judgement',
    'final',
    trials.flatMap((each, i) =>
      [0, bestRate(tried[i]!)].map((learningRate) => ({ ...each, learningRate, seeds })),
    ),
  );
  return grouped(
    trials.map((_, i) => ({
      // One training for each seed, of the one task of the trial.
      ...{ default: judged[2 * i]!.flat(), tuned: judged[2 * i + 1]!.flat() },
      ...{ rate: bestRate(tried[i]!), tried: Math.max(...tried[i]!) },
    })),
    places.map(() => rules.length),
  );
}
