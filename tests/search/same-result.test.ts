/** When an evaluation done again counts as the same: by bits, or within what the engine promises. */
import { describe, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { ToldBirth } from '../../src/evolution/birth.ts';
import { isSameResult } from '../../src/search/replay.ts';

const spent = { stepsDone: 10, costUnits: 30, parameters: 7, curve: new Float32Array(0) };
const completed = (loss: number): EvaluationOutcome => ({
  status: 'completed',
  fitness: -loss,
  search: { loss, accuracy: null },
  ...spent,
});
const failed = (reason: 'diverged' | 'too-large'): EvaluationOutcome => ({
  status: 'failed',
  reason,
  ...spent,
});
const stopped = (loss: number): EvaluationOutcome => ({
  status: 'stopped',
  reason: 'budget',
  fitness: -loss,
  search: { loss, accuracy: null },
  ...spent,
});
const event = (outcome: EvaluationOutcome) =>
  ({ birth: { mutations: [] }, outcome, deaths: [] }) as unknown as ToldBirth;
const bits = { bits: true } as const;
const about = { bits: false, loss: 0.02, why: '' } as const;

describe('an evaluation done again', () => {
  it.each([
    [bits, completed(1), completed(1), true],
    [bits, completed(1), completed(1 + 2 ** -50), false],
    [bits, failed('diverged'), failed('diverged'), true],
    [about, completed(1), completed(1.015), true],
    [about, completed(1), completed(1.03), false],
    [about, completed(100), completed(101.5), true],
    [about, completed(0.001), completed(0.015), true],
    [about, completed(1), stopped(1), false],
    [about, stopped(1), stopped(1.015), true],
    [about, stopped(1), failed('diverged'), false],
    [about, completed(1), failed('diverged'), false],
    [about, failed('diverged'), completed(1), false],
    [about, failed('diverged'), failed('diverged'), true],
    [about, failed('diverged'), failed('too-large'), false],
  ])('%o: %o and %o', (reproducible, stored, again, same) => {
    expect(isSameResult(reproducible, event(stored), again)).toBe(same);
  });
});
