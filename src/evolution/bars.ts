/** Bars: what a candidate must reach at a hurdle, and above what it counts as an elite. Quantiles over the living, hence functions of told births alone. */
import { quantile } from '../evaluation/aggregate.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Population } from './population.ts';
import type { ControllerSettings } from './settings.ts';

type ByTaskAndRung = readonly (readonly (number | null)[])[];

/** What an individual had at each rung of each task: the mean over its trainings there, at the best learning rate on trial. */
export function rungFitness(
  { evaluation, taskCount }: Pick<ControllerSettings, 'evaluation' | 'taskCount'>,
  { details }: EvaluationOutcome,
): ByTaskAndRung {
  const steps = evaluation.hurdles?.rungs ?? [];
  if (steps.length === 0) return [];
  return Array.from({ length: taskCount }, (_, task) =>
    steps.map((step) => {
      const byTrial = new Map<number, number[]>();
      for (const rung of details?.rungs ?? []) {
        const training = details?.trainings[rung.training];
        if (rung.step !== step || (training?.task ?? 0) !== task) continue;
        const trial = training?.trial ?? 0;
        byTrial.set(trial, [...(byTrial.get(trial) ?? []), rung.fitness]);
      }
      const means = [...byTrial.values()].map((all) => all.reduce((sum, each) => sum + each, 0) / all.length);
      return means.length === 0 ? null : means.reduce((best, each) => Math.max(best, each));
    }),
  );
}

/** By task and by rung: the quantile of what the living had there; null while fewer than `hurdles.atLeast` were measured. Empty without hurdles. */
export function hurdleBars(
  { evaluation, taskCount }: ControllerSettings,
  population: Population,
): ByTaskAndRung {
  const { hurdles } = evaluation;
  if (hurdles === undefined) return [];
  return Array.from({ length: taskCount }, (_, task) =>
    hurdles.rungs.map((_, rung) => {
      const measured = population.flatMap(({ rungs }) => rungs[task]?.[rung] ?? []);
      return measured.length < hurdles.atLeast ? null : quantile(measured, hurdles.quantile);
    }),
  );
}

/** Null where there is no gate, or too few are alive. */
export function eliteBar({ evolution }: ControllerSettings, population: Population): number | null {
  const { gate } = evolution;
  if (gate === undefined || population.length < gate.atLeast) return null;
  return quantile(
    population.map(({ fitness }) => fitness),
    gate.quantile,
  );
}
