/** One outcome from several trainings. */
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { TrainingOutcome } from './outcome.ts';

/** Linear interpolation between order statistics (R's type 7). `values` must not be empty. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const aggregates = {
  mean,
  'low-quantile': quantile,
} as const satisfies Record<
  EvaluationProtocol['aggregate'],
  (values: readonly number[], quantile: number) => number
>;

/**
 * Where one training failed all have: the genome does not do what was asked of it. One that was stopped makes the whole stopped. Steps and cost are those of the trainings
 * given.
 */
export function aggregate(
  outcomes: readonly TrainingOutcome[],
  protocol: Pick<EvaluationProtocol, 'aggregate' | 'quantile'>,
): TrainingOutcome {
  if (outcomes.length === 1) return outcomes[0]!;
  const sum = (of: (outcome: TrainingOutcome) => number) =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const spent = {
    stepsDone: sum((outcome) => outcome.stepsDone),
    costUnits: sum((outcome) => outcome.costUnits),
    parameters: outcomes.reduce((most, { parameters }) => Math.max(most, parameters), 0),
    curve: meanCurve(outcomes.map(({ curve }) => curve)),
  };
  const ended: Exclude<TrainingOutcome, { status: 'failed' }>[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'failed') return { status: 'failed', reason: outcome.reason, ...spent };
    ended.push(outcome);
  }
  const accuracies = ended.flatMap(({ search }) => (search.accuracy === null ? [] : [search.accuracy]));
  const measured = {
    fitness: aggregates[protocol.aggregate](
      ended.map(({ fitness }) => fitness),
      protocol.quantile,
    ),
    search: {
      loss: mean(ended.map(({ search }) => search.loss)),
      accuracy: accuracies.length === ended.length ? mean(accuracies) : null,
    },
  };
  const stops = ended.flatMap((outcome) => (outcome.status === 'stopped' ? [outcome.reason] : []));
  if (stops.length === 0) return { status: 'completed', ...measured, ...spent };
  return {
    status: 'stopped',
    reason: stops.includes('hurdle') ? 'hurdle' : 'budget',
    ...measured,
    ...spent,
  };
}

/** Point by point, as far as all of them go. */
function meanCurve(curves: readonly Float32Array[]): Float32Array {
  const length = curves.reduce((least, curve) => Math.min(least, curve.length), Number.POSITIVE_INFINITY);
  return Float32Array.from({ length }, (_, i) => mean(curves.map((curve) => curve[i]!)));
}
