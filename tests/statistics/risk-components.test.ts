import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedWith } from '../../src/statistics/risk-components.ts';

const lives = fc.array(
  fc.record({
    entry: fc.nat(6),
    length: fc.integer({ min: 1, max: 5 }),
    event: fc.constantFrom(0, 1),
    group: fc.constantFrom('a', 'b', 'c', 'd'),
    run: fc.constantFrom(1, 2),
  }),
  { minLength: 1, maxLength: 14 },
);

describe('groups that can be compared', () => {
  it('are those joined by shared risk sets, as the definition has it', () => {
    fc.assert(
      fc.property(lives, (each) => {
        const at = (life: (typeof each)[number], run: number, time: number) =>
          life.run === run && life.entry < time && time <= life.entry + life.length;
        const found = joinedWith(
          {
            entry: each.map(({ entry }) => entry),
            exit: each.map(({ entry, length }) => entry + length),
            event: each.map(({ event }) => event),
          },
          each.map(({ group }) => group),
          each[0]!.group,
          each.map(({ run }) => run),
        );
        const expected = new Set([each[0]!.group]);
        // As many rounds as there could be groups between two.
        for (let round = 0; round < 4; round++)
          for (const { run, entry, length, event } of each) {
            const atRisk = each.filter((life) => at(life, run, entry + length)).map(({ group }) => group);
            if (event === 1 && atRisk.some((group) => expected.has(group)))
              for (const group of atRisk) expected.add(group);
          }
        expect(found).toEqual(expected);
      }),
    );
  });

  it('a group that enters after the reference has ended is apart, and one in between joins them', () => {
    const early = { entry: [0, 0, 5, 5], exit: [2, 3, 8, 9], event: [1, 1, 1, 1] };
    const groups = ['a', 'a', 'b', 'b'];
    expect([...joinedWith(early, groups, 'a')]).toEqual(['a']);
    const bridged = {
      entry: [...early.entry, 1],
      exit: [...early.exit, 9],
      event: [...early.event, 0],
    };
    expect([...joinedWith(bridged, [...groups, 'c'], 'a')]).toEqual(['a', 'b', 'c']);
  });
});
