/**
 * The controller, pure: `breed` makes a birth and the plan of its evaluation from the state, `tell` makes the next state from an outcome. Aging evolution (Real et al. 2019),
 * other schemes and conditions, and their controls.
 *
 * Chance in birth b comes from the stream `streamNames.birth(seed, b)` alone, so a birth is a function of (settings, seed, b, state), and nothing else has to be saved.
 */
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import { type EvaluationPlan, plainPlan } from '../evaluation/plan.ts';
import { architectureHash, ruleHash } from '../genome/identity.ts';
import { type Random, stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { sampleFounder } from '../variation/founder.ts';
import { eliteBar, hurdleBars } from './bars.ts';
import type { Birth, Death } from './birth.ts';
import { conditions, type Draft, drawnRule } from './conditions.ts';
import { type ControllerState, memberOf } from './population.ts';
import { remember } from './remember.ts';
import type { ControllerSettings } from './settings.ts';
import { settle } from './survival.ts';

export type { ControllerSettings } from './settings.ts';

/** A birth, and how it is to be evaluated. */
export interface Bred {
  readonly birth: Birth;
  readonly plan: EvaluationPlan;
}

/** Breeds birth `birthIndex` from the state as it stood after birth `birthIndex - inFlight` was told. */
export function breed(settings: ControllerSettings, birthIndex: number, state: ControllerState): Bred {
  const random = stream(streamNames.birth(settings.seed, birthIndex));
  const { evolution } = settings;
  const { population } = state;
  const isFounder = birthIndex < evolution.population || population.length === 0;
  const child = isFounder
    ? null
    : conditions[evolution.condition].child({ settings, birthIndex, population, random });
  const { pairs, ...draft } = child ?? founder(settings, random);
  const birth: Birth = {
    birthIndex,
    ...draft,
    architectureHash: architectureHash(draft.genome.architecture),
    ruleHash: ruleHash(draft.genome.rule),
  };
  const { remembered } = state;
  return {
    birth,
    plan: {
      ...plainPlan(birthIndex, birth.genome),
      ...(pairs === undefined ? {} : { pairs }),
      bars: hurdleBars(settings, population),
      eliteBar: eliteBar(settings, population),
      duplicateOf: remembered.find(({ genotype }) => genotype === genotypeOf(birth))?.known ?? null,
      known: remembered.flatMap(({ known }) => (known.behaviour === null ? [] : [known])),
    },
  };
}

const genotypeOf = (birth: Pick<Birth, 'architectureHash' | 'ruleHash'>) =>
  birth.architectureHash + birth.ruleHash;

function founder(settings: ControllerSettings, random: Random): Draft {
  const { variation, founderMutations, evolution } = settings;
  const mutable = conditions[evolution.condition].founders;
  const sampled = sampleFounder(variation, founderMutations, mutable, random);
  return {
    ...(evolution.condition === 'rule-resampled' ? drawnRule({ settings, random }, sampled) : sampled),
    parent: null,
    otherParent: null,
    architectureFrom: null,
    ruleFrom: null,
    contestants: [],
  };
}

/** The state after an outcome is told, and who died of it. A child whose evaluation failed never joins, and nobody dies in its place. */
export function tell(
  settings: ControllerSettings,
  state: ControllerState,
  birth: Birth,
  outcome: EvaluationOutcome,
): { readonly state: ControllerState; readonly deaths: readonly Death[] } {
  const { birthIndex } = birth;
  const remembered = remember(settings, state.remembered, birth, outcome);
  if (outcome.status === 'failed') {
    return {
      state: { ...state, remembered },
      deaths: [{ birthIndex, cause: 'failed', at: birthIndex + 1 }],
    };
  }
  const { population, dead } = settle(settings, state.population, memberOf(settings, birth, outcome));
  return {
    state: { population, remembered },
    deaths: dead.map(({ member, cause }) => ({
      birthIndex: member.birthIndex,
      cause,
      // No life has length zero.
      at: member.birthIndex === birthIndex ? birthIndex + 1 : birthIndex,
    })),
  };
}
