/** What an answer about survivorship says of curves that late entries have brought to 0. */
import { describe, expect, it } from 'vitest';
import { analysisAnswer } from '../../src/analysis/survivorship.ts';
import { analysisText } from '../../src/report/survivorship.ts';
import { survivorshipOf } from '../../src/statistics/survivorship.ts';

const usual = { confidence: 'log-log', rho: 0, ties: 'efron', stratifyByRun: false } as const;
const asked = { strata: null, rho: 0, ties: 'efron', descriptive: true } as const;

/** One life is under observation at age 1 and ends at 2; three others come later, and end at 5 and 7 or go on. */
const lives = { entry: [1, 3, 3, 4], exit: [2, 5, 7, 9], event: [1, 1, 1, 0] };

const answerOf = ({ entry, exit, event }: typeof lives) =>
  analysisAnswer(
    survivorshipOf(
      { entry, exit, event, groups: exit.map(() => 'all'), runs: exit.map(() => 1) },
      { ...usual, tau: 2 },
    ),
    asked,
  );

const textOf = (answer: ReturnType<typeof answerOf>) =>
  analysisText(answer, { by: 'group', units: 'taxa', rho: 0, isStratified: false }, false);

describe('a curve that is 0 while lives go on', () => {
  it('is pointed out, with how many were watched beyond', () => {
    const answer = answerOf(lives);
    expect(answer.groups[0]!.table.map(({ survival }) => survival)).toEqual([0, 0, 0, 0]);
    expect(answer.groups[0]!.earlyZero).toEqual({ age: 2, watchedBeyond: 3 });
    expect(textOf(answer)).toMatch(/curve of all is 0 from age 2 on.*3 taxa were watched beyond/);
  });

  it.each([
    ['all have ended', { entry: [0, 0, 0, 0], exit: [2, 5, 7, 9], event: [1, 1, 1, 1] }],
    ['it is not 0', { entry: [1, 1, 3, 4], exit: [2, 5, 7, 9], event: [1, 1, 1, 0] }],
  ])('and not where %s', (_, others) => {
    const answer = answerOf(others);
    expect(answer.groups[0]!.earlyZero).toBeNull();
    expect(textOf(answer)).not.toContain('watched beyond');
  });
});
