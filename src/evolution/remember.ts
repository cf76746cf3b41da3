/** The evaluations that may be used again: those of the last `cache.remember` told births that were trained themselves and have a fitness. */
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Known } from '../evaluation/plan.ts';
import type { Birth } from './birth.ts';
import type { Remembered } from './population.ts';
import type { ControllerSettings } from './settings.ts';

/** First birth that is still remembered right after birth `told` was told. */
export const oldestRemembered = ({ evaluation }: ControllerSettings, told: number): number =>
  evaluation.cache === undefined ? told + 1 : told + 1 - evaluation.cache.remember;

/** What is remembered once a birth is told. Nothing without a cache. */
export function remember(
  settings: ControllerSettings,
  before: readonly Remembered[],
  birth: Birth,
  outcome: EvaluationOutcome,
): readonly Remembered[] {
  if (settings.evaluation.cache === undefined) return before;
  const from = oldestRemembered(settings, birth.birthIndex);
  const kept = before.filter(({ known }) => known.birthIndex >= from);
  const { details } = outcome;
  if (outcome.status === 'failed' || details?.reuse != null) return kept;
  const { fitness, search } = outcome;
  const known: Known = {
    birthIndex: birth.birthIndex,
    behaviour: details?.behaviour ?? null,
    trial: details?.trainings.find(({ counts }) => counts)?.trial ?? settings.evaluation.learningRates[0],
    ending:
      outcome.status === 'completed'
        ? { status: 'completed', fitness, search }
        : { status: 'stopped', reason: outcome.reason, fitness, search },
  };
  return [...kept, { genotype: birth.architectureHash + birth.ruleHash, known }];
}
