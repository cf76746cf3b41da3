/** The event hash: a rolling SHA-256 over whole told births. Equal hashes mean equal lineages, to the bit of every fitness. */
import { hash as digest } from 'node:crypto';
import type { EvaluationDetails, EvaluationOutcome, TrainingOutcome } from '../evaluation/outcome.ts';
import type { ToldBirth } from './birth.ts';

/** Before the first birth. */
export const initialEventHash = '0'.repeat(64);

const bits = new DataView(new ArrayBuffer(8));

/** The 64 bits of a number in hex; -0 is 0. */
function hex(value: number): string {
  bits.setFloat64(0, value + 0);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

function outcomeText(outcome: TrainingOutcome): readonly unknown[] {
  const spent = [outcome.stepsDone, outcome.costUnits, outcome.parameters];
  if (outcome.status === 'failed') return ['failed', outcome.reason, ...spent];
  const reason = outcome.status === 'stopped' ? outcome.reason : '';
  return [
    outcome.status,
    reason,
    ...spent,
    hex(outcome.fitness),
    hex(outcome.search.loss),
    outcome.search.accuracy === null ? '' : hex(outcome.search.accuracy),
  ];
}

const maybeHex = (value: number | null) => (value === null ? '' : hex(value));

function detailsText({
  trainings,
  rungs,
  reevaluation,
  behaviour,
  reuse,
}: EvaluationDetails): readonly unknown[] {
  return [
    trainings.map(({ purpose, task, replicate, trial, partner, counts, outcome }) => [
      purpose,
      task,
      replicate,
      trial,
      partner,
      counts,
      outcomeText(outcome),
    ]),
    rungs.map(({ training, step, fitness, bar }) => [training, step, hex(fitness), maybeHex(bar)]),
    reevaluation === null
      ? null
      : [hex(reevaluation.bar), maybeHex(reevaluation.fitness), reevaluation.confirmed],
    behaviour === null ? null : [behaviour.probe, behaviour.opening],
    reuse === null ? null : [reuse.source, reuse.by],
  ];
}

const detailsOf = ({ details }: EvaluationOutcome) => (details === undefined ? [] : [detailsText(details)]);

/** Curves are left out: they are for people, and follow from the rest. */
export function nextEventHash(previous: string, { birth, outcome, deaths }: ToldBirth): string {
  const text = JSON.stringify([
    previous,
    birth.birthIndex,
    birth.architectureHash,
    birth.ruleHash,
    birth.parent,
    birth.otherParent,
    birth.architectureFrom,
    birth.ruleFrom,
    birth.mutations.map(({ operator, target, locus, before, after }) => [
      operator,
      target,
      locus,
      before,
      after,
    ]),
    birth.contestants,
    outcomeText(outcome),
    deaths.map(({ birthIndex, cause, at }) => [birthIndex, cause, at]),
    ...detailsOf(outcome),
  ]);
  return digest('sha256', text);
}
