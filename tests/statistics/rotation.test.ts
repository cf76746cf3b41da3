import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignment, alignmentMeans } from '../../src/statistics/rotation.ts';

const score = fc.double({ min: 0, max: 6, noNaN: true });
const seeds = fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 6 });
const cell = fc.record({ rule: fc.option(score), null: fc.option(score) });

describe('the axis-alignment advantage', () => {
  it('is the mean over rotations of log10 loss, less that of the plain one', () => {
    // Losses 0.1 and 0.2 plain, 0.4 and 0.8 rotated, of an untrained one of 3.
    const decades = (loss: number) => Math.log10(3 / loss);
    const found = alignment({ plain: [0.1, 0.2].map(decades), rotated: [0.4, 0.8].map(decades) });
    expect(found).toBeCloseTo(Math.log10(4), 12);
  });

  it('changes its sign with the coordinates, and does not see what is added to both', () => {
    fc.assert(
      fc.property(seeds, score, (pairs, more) => {
        const [plain, rotated] = [0, 1].map((i) => pairs.map((pair) => pair[i]!)) as [number[], number[]];
        const own = alignment({ plain, rotated });
        expect(alignment({ plain: rotated, rotated: plain })).toBeCloseTo(-own, 12);
        const shifted = [plain, rotated].map((scores) => scores.map((each) => each + more));
        expect(alignment({ plain: shifted[0]!, rotated: shifted[1]! })).toBeCloseTo(own, 10);
      }),
    );
    expect(() => alignment({ plain: [1], rotated: [1, 2] })).toThrow(RangeError);
  });

  it('of a population leaves out what could not be rotated, and its excess is the difference of its means', () => {
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 8 }), (cells) => {
        const found = alignmentMeans(cells);
        const whole = cells.filter((each) => each.rule !== null && each.null !== null);
        expect([found.cells, found.undefined]).toEqual([cells.length, cells.length - whole.length]);
        if (whole.length === 0) expect(found.alignment).toBeNull();
        else {
          expect(found['excess alignment']).toBeCloseTo(found.alignment! - found['null alignment']!, 10);
          expect(alignmentMeans(whole)).toMatchObject({ alignment: found.alignment, undefined: 0 });
        }
      }),
    );
  });
});
