import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { type Cell, renderTable } from '../../src/report/table.ts';

describe('a table', () => {
  it('has numbers to the right, words to the left, and nothing where there is no number', () => {
    expect(
      renderTable(
        ['rule', 'n', 'mean'],
        [
          ['adam', 12, 0.123456],
          ['heavy-ball', 5n, null],
        ],
      ),
    ).toBe('rule         n    mean\nadam        12  0.1235\nheavy-ball   5');
    expect(renderTable(['id', 'name'], [])).toBe('id  name');
  });

  it('gives a row as many lines as its longest cell has', () => {
    expect(
      renderTable(
        ['id', 'canon', 'by'],
        [
          [1, 'm = g\nu = -m', 'x'],
          [20, 'u = g', 'y\nz'],
        ],
      ),
    ).toBe('id  canon   by\n 1  m = g   x\n    u = -m\n20  u = g   y\n            z');
  });

  it('shows control characters and sends none to a terminal', () => {
    expect(renderTable(['name'], [['a\x1B[31mb\x00\r'], ['c\nd']])).toBe(
      'name\na\\u001b[31mb\\u0000\\u000d\nc\nd',
    );
  });

  it('begins every column of one width at one place, wide letters or not', () => {
    const cell = fc.oneof(
      fc.constantFrom<Cell>(null, 3, -0.5, 12n),
      fc.string({ unit: fc.constantFrom('a', '語', 'é', '-', '😀'), maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 12 }), (pairs) => {
        const rows = pairs.map(([a, b]): Cell[] => [a, b, '|']);
        const lines = renderTable(['a', 'b', '|'], rows).split('\n');
        expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
        expect(lines).toHaveLength(rows.length + 1);
      }),
    );
  });
});
