import { describe, expect, it } from 'vitest';
import { chosenLives, membersOf } from '../../src/statistics/lives.ts';
import { nelsonAalen } from '../../src/statistics/nelson-aalen.ts';
import data from '../fixtures/survival.json' with { type: 'json' };
import oracle from '../fixtures/survival-tests.json' with { type: 'json' };
import { expectAllClose, expectClose } from '../support/close.ts';

describe('cumulative hazard', () => {
  it.each([
    ['aalen', oracle.aml.aalen],
    ['fleming-harrington', oracle.aml.flemingHarrington],
  ] as const)('is that of R for aml, %s', (type, expected) => {
    const tables = new Map(
      [...membersOf(data.aml.group)].map(([g, rows]) => [g, nelsonAalen(chosenLives(data.aml, rows), type)]),
    );
    for (const [group, time, hazard, se] of expected as [string, number, number, number][]) {
      const row = tables.get(group)!.find((each) => each.time === time)!;
      expectClose(row.hazard, hazard);
      expectClose(row.se, se);
    }
  });

  it('is that of R with many ties, and with delayed entry', () => {
    const { exit } = oracle.hazard;
    const lives = { exit, event: oracle.data.veteran.event };
    const aalen = nelsonAalen(lives);
    expectAllClose(
      aalen.map((row) => row.time),
      oracle.hazard.time,
    );
    expectAllClose(
      aalen.map((row) => row.hazard),
      oracle.hazard.aalen,
    );
    expectAllClose(
      aalen.map((row) => row.se),
      oracle.hazard.aalenSe,
    );
    const corrected = nelsonAalen(lives, 'fleming-harrington');
    expectAllClose(
      corrected.map((row) => row.hazard),
      oracle.hazard.fh,
    );
    expectAllClose(
      corrected.map((row) => row.se),
      oracle.hazard.fhSe,
    );
    const delayed = nelsonAalen(oracle.data.heart);
    expectAllClose(
      delayed.map((row) => row.hazard),
      oracle.hazardHeart.aalen,
    );
    expectAllClose(
      delayed.map((row) => row.se),
      oracle.hazardHeart.aalenSe,
    );
  });

  it('is 0 with no width before the first event, and empty for nobody', () => {
    expect(nelsonAalen({ exit: [1, 2], event: [0, 0] })[1]).toMatchObject({
      hazard: 0,
      se: 0,
      lower: 0,
      upper: 0,
    });
    expect(nelsonAalen({ exit: [], event: [] })).toEqual([]);
  });
});
