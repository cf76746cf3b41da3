/** Which evaluations may be used again, against the rule read off its words: the last so many told births that were trained themselves and have a fitness. */
import { describe, expect, it } from 'vitest';
import type { EvaluationDetails, EvaluationOutcome, Training } from '../../src/evaluation/outcome.ts';
import type { Birth } from '../../src/evolution/birth.ts';
import type { Remembered } from '../../src/evolution/population.ts';
import { oldestRemembered, remember } from '../../src/evolution/remember.ts';
import { completed, failed, settingsOf } from './support.ts';

const plain = settingsOf({});
const caching = settingsOf({}, { evaluation: { cache: { remember: 3 } } });
const born = (birthIndex: number) =>
  ({ birthIndex, architectureHash: `a${birthIndex}`, ruleHash: `r${birthIndex}` }) as Birth;

const nothing: EvaluationDetails = {
  ...{ trainings: [], rungs: [], reevaluation: null, behaviour: null, reuse: null },
};
const training = (trial: number, counts: boolean): Training => ({
  ...{ purpose: 'search', task: 0, replicate: 0, trial, partner: null, counts, outcome: completed(0) },
});

const rememberedAfter = (outcomes: readonly EvaluationOutcome[], settings = caching) =>
  outcomes.reduce<readonly Remembered[]>(
    (before, outcome, birthIndex) => remember(settings, before, born(birthIndex), outcome),
    [],
  );
const indices = (remembered: readonly Remembered[]) => remembered.map(({ known }) => known.birthIndex);

describe('remembered evaluations', () => {
  it('are none without a cache', () => {
    expect(rememberedAfter([completed(1)], plain)).toEqual([]);
    expect(oldestRemembered(plain, 7)).toBe(8);
  });

  it('are those of the last told births, without failures and what was taken over', () => {
    const again = {
      ...completed(2),
      details: { ...nothing, reuse: { source: 0, by: 'duplicate' } as const },
    };
    const outcomes = [completed(0), completed(1), failed, again, completed(4), completed(5)];
    expect(oldestRemembered(caching, 5)).toBe(3);
    expect([1, 2, 3, 4, 5, 6].map((n) => indices(rememberedAfter(outcomes.slice(0, n))))).toEqual([
      ...[[0], [0, 1], [0, 1], [1], [4], [4, 5]],
    ]);
  });

  it('know genotype, chosen learning rate, behaviour and how it ended', () => {
    const behaviour = { probe: 'p', opening: 'o' };
    const details = { ...nothing, behaviour, trainings: [training(-2, false), training(3, true)] };
    const stopped = { ...completed(0.5), status: 'stopped', reason: 'hurdle' } as const;
    const outcomes = [{ ...completed(0.25), details }, stopped];
    expect(rememberedAfter(outcomes)).toEqual([
      {
        genotype: 'a0r0',
        known: {
          ...{ birthIndex: 0, behaviour, trial: 3 },
          ending: { status: 'completed', fitness: 0.25, search: { loss: 0.75, accuracy: null } },
        },
      },
      {
        genotype: 'a1r1',
        known: {
          ...{ birthIndex: 1, behaviour: null, trial: caching.evaluation.learningRates[0] },
          ending: {
            ...{ status: 'stopped', reason: 'hurdle', fitness: 0.5 },
            search: { loss: 0.5, accuracy: null },
          },
        },
      },
    ]);
  });
});
