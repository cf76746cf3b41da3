/** Lines, rows and decimals of text files, each against a second statement. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, TextError } from '../../src/tasks/bytes.ts';
import { csvRows } from '../../src/tasks/csv-rows.ts';
import { canonicalDecimal, decimalValue } from '../../src/tasks/decimal.ts';
import { linesOf } from '../../src/tasks/text-lines.ts';

async function* inPieces(bytes: Uint8Array, size: number): Bytes {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const pieces = fc.integer({ min: 1, max: 40 });

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}

describe('lines', () => {
  it('are those that were written, whatever ends them and however they come', async () => {
    const word = fc.constantFrom('a', 'b c', '\u00fc', '\u{1f333}', '', ' ');
    const words = fc.array(word, { minLength: 1, maxLength: 30 });
    const end = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(words, end, pieces, fc.boolean(), async (lines, between, size, isWide) => {
        const text = lines.join(between);
        const bytes = isWide ? Buffer.from(`\uFEFF${text}`, 'utf16le') : Buffer.from(text);
        const expected = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
        expect(await all(linesOf(inPieces(bytes, size), 1000))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('may be of any length up to the limit, and cost their length', async () => {
    const long = Buffer.alloc(20_000_000, 'x');
    // Joined anew at each piece, this line would be copied 200,000 times.
    const [line] = await all(linesOf(inPieces(long, 100), long.length));
    expect(line!.length).toBe(long.length);
    const refused = all(linesOf(inPieces(Buffer.from('short\nfar too long\n'), 5), 6));
    await expect(refused).rejects.toMatchObject({ issue: { code: 'text-long-line', line: 2 } });
    await expect(refused).rejects.toBeInstanceOf(TextError);
  });
});

describe('rows of CSV', () => {
  const rows = (text: string, size: number, innerQuotes: 'refuse' | 'keep' = 'refuse') =>
    all(csvRows(inPieces(Buffer.from(text), size), { separator: ',', innerQuotes }));

  it('hold the cells that were written', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '1', '#'), maxLength: 6 });
    const cells = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(cells, pieces, async (written, size) => {
        const quoted = (each: string) => `"${each.replaceAll('"', '""')}"`;
        const found = await rows(written.map((row) => row.map(quoted).join(',')).join('\n'), size);
        expect(found.map((row) => ('cells' in row ? row.cells : row))).toEqual(
          written.map((row) => row.map((each) => each.trim())),
        );
        let line = 1;
        for (const [i, row] of found.entries()) {
          expect(row.line).toBe(line);
          line += written[i]!.join().split('\n').length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are those of csv-parse, where both read them', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '1', ',', ',', '\n', '"', '"', ' '), maxLength: 40 });
    const isEmpty = (cells: readonly string[]) => cells.length === 1 && cells[0] === '';
    let both = 0;
    await fc.assert(
      fc.asyncProperty(text, pieces, async (source, size) => {
        const found = await rows(source, size);
        if (found.some((row) => 'problem' in row)) return;
        let expected: string[][];
        try {
          expected = parse(source, { trim: true, skip_empty_lines: true, relax_column_count: true });
        } catch {
          return;
        }
        both += 1;
        const theirs = expected.map((cells) => cells.map((each) => each.trim()));
        const ours = found.map((row) => ('cells' in row ? row.cells : []));
        expect(ours.filter((cells) => !isEmpty(cells))).toEqual(theirs.filter((cells) => !isEmpty(cells)));
      }),
      { numRuns: 5000 },
    );
    expect(both).toBeGreaterThan(1000);
  });

  it('keep quotes within cells where that is asked for', async () => {
    expect(await rows('1,["a"],2\n3,"x" y,4\n', 3, 'keep')).toEqual([
      { line: 1, cells: ['1', '["a"]', '2'] },
      { line: 2, cells: ['3', '"x" y', '4'] },
    ]);
  });
});

describe('decimals', () => {
  const digits = fc.stringMatching(/^\d{0,3}$/);
  const written = fc
    .tuple(fc.constantFrom('', '+', '-'), digits, digits, fc.integer({ min: -4, max: 4 }))
    .filter(([, whole, fraction]) => whole + fraction !== '')
    .map(([sign, whole, fraction, exponent]) => ({
      text: `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent === 0 ? '' : `e${exponent}`}`,
      // In units of 10^-7, the finest that these have.
      value: BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(7 + exponent - fraction.length),
    }));

  it('are one text exactly where they are one number', () => {
    fc.assert(
      fc.property(written, written, (a, b) => {
        expect(canonicalDecimal(a.text) === canonicalDecimal(b.text)).toBe(a.value === b.value);
        expect(decimalValue(a.text)).toBeCloseTo(Number(a.value) / 1e7, 6);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['', '.', '-', 'e5', '1e', '0x10', '0b1', 'Infinity', 'NaN', '1_000', '1,5', '1 2', '--1'])(
    '%j is none',
    (text) => {
      expect(canonicalDecimal(text)).toBe(null);
      expect(decimalValue(text)).toBeNaN();
    },
  );
});
