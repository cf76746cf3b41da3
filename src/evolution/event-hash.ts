/** The event hash: a rolling SHA-256 over whole told births. Equal hashes mean equal lineages, to the bit of every fitness. */
import { createHash } from 'node:crypto';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { ToldBirth } from './birth.ts';

/** Before the first birth. */
export const initialEventHash = '0'.repeat(64);

const bits = new DataView(new ArrayBuffer(8));

/** The 64 bits of a number in hex; -0 is 0. */
function hex(value: number): string {
  bits.setFloat64(0, value + 0);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

function outcomeText(outcome: EvaluationOutcome): readonly unknown[] {
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
  ]);
  return createHash('sha256').update(text).digest('hex');
}
