/** Readers of files on 10,000 inputs each: random bytes and valid files with some bytes changed, cut off or put in, in pieces of any size. Each ends in a value or in issues. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/notation/issue.ts';
import type { Bytes } from '../../src/tasks/bytes.ts';
import { readRecords } from '../../src/tasks/cifar.ts';
import { readCsv } from '../../src/tasks/csv-table.ts';
import { readIdx } from '../../src/tasks/idx.ts';
import { denseIssue, readLibsvm } from '../../src/tasks/libsvm.ts';

const numRuns = 10_000;

async function* inPieces(bytes: Uint8Array, size: number): Bytes {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Valid bytes with a few changes, or any bytes at all. */
const mutated = (
  valid: Uint8Array,
  alphabet: fc.Arbitrary<number> = fc.nat(255),
): fc.Arbitrary<Uint8Array> => {
  const place = fc.nat(valid.length - 1);
  const change = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: place, byte: alphabet }),
    fc.record({ kind: fc.constant('insert' as const), at: place, byte: alphabet }),
    fc.record({ kind: fc.constant('cut' as const), at: place, byte: fc.constant(0) }),
    fc.record({ kind: fc.constant('drop' as const), at: place, byte: fc.constant(0) }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(change, { maxLength: 4 }).map((changes) => apply(valid, changes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 120 }) },
    { weight: 1, arbitrary: fc.array(alphabet, { maxLength: 120 }).map((bytes) => Uint8Array.from(bytes)) },
  );
};

function apply(
  valid: Uint8Array,
  changes: readonly {
    readonly kind: 'set' | 'insert' | 'cut' | 'drop';
    readonly at: number;
    readonly byte: number;
  }[],
): Uint8Array {
  let bytes = [...valid];
  for (const { kind, at, byte } of changes) {
    if (kind === 'set' && at < bytes.length) bytes[at] = byte;
    else if (kind === 'insert') bytes.splice(at, 0, byte);
    else if (kind === 'drop') bytes.splice(at, 1);
    else if (kind === 'cut') bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

/** Runs a reader on everything; `check` looks at what was accepted. Both endings must occur. */
async function fuzz<T>(
  inputs: fc.Arbitrary<Uint8Array>,
  read: (bytes: Bytes) => Promise<Result<T>>,
  check: (value: T, bytes: Uint8Array) => void,
): Promise<void> {
  let [accepted, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(inputs, fc.integer({ min: 1, max: 200 }), async (bytes, size) => {
      const result = await read(inPieces(bytes, size));
      if (result.ok) {
        accepted += 1;
        check(result.value, bytes);
      } else {
        refused += 1;
        expect(result.issues.length).toBeGreaterThan(0);
        for (const { code, message } of result.issues) expect(code !== '' && message !== '').toBe(true);
      }
    }),
    { numRuns },
  );
  expect(accepted).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
}

const text = (value: string) => new TextEncoder().encode(value);
const characters = (set: string) => fc.constantFrom(...text(set));

describe('whatever the bytes', () => {
  it('idx', async () => {
    const valid = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 3, ...new Array(24).fill(7)]);
    await fuzz(
      mutated(valid, fc.oneof(fc.nat(8), fc.nat(255))),
      (bytes) => readIdx(bytes, 'f'),
      ({ sizes, data }, bytes) => {
        expect(sizes.reduce((a, b) => a * b, 1)).toBe(data.length);
        expect(data.length).toBeLessThanOrEqual(bytes.length);
      },
    );
  }, 60_000);

  it('libsvm', async () => {
    const valid = text('+1 1:0.5 3:2\n-1 2:1e-3 7:-4 # note\n+1 1:1\n');
    await fuzz(
      mutated(valid, characters('0123456789:+-.e# \n\tx')),
      (bytes) => readLibsvm(bytes, 'f'),
      (sparse, bytes) => {
        const { labels, starts, indices, values, features } = sparse;
        expect(starts).toHaveLength(labels.length + 1);
        expect(indices.length).toBe(values.length);
        expect(values.every((x) => Number.isFinite(x))).toBe(true);
        expect(indices.every((index) => index >= 0 && index < features)).toBe(true);
        // What is written out in full is bounded by the file's size.
        if (denseIssue(sparse, features, 'f') === null)
          expect(labels.length * features).toBeLessThanOrEqual(2 ** 20 + 64 * (bytes.length + 1));
      },
    );
  }, 60_000);

  it('csv', async () => {
    const valid = text('a,b,kind\n1,2,x\n3,4.5,y\n-1e3,"0",x\n');
    await fuzz(
      mutated(valid, characters('0123456789,.-e"\n\rxy ')),
      (bytes) => readCsv(bytes, 'f', { target: undefined, kind: 'classification' }),
      ({ columns, inputs, targets }, bytes) => {
        expect(inputs.length).toBe(targets.length * (columns.length - 1));
        expect(inputs.every((x) => Number.isFinite(x))).toBe(true);
        expect(inputs.length).toBeLessThanOrEqual(bytes.length);
      },
    );
  }, 120_000);

  it('cifar10', async () => {
    const records = Uint8Array.from({ length: 2 * 3073 }, (_, i) => i % 10);
    const change = fc.record({
      at: fc.nat(records.length - 1),
      byte: fc.nat(255),
      keep: fc.constantFrom(3073, 6146, 6146, 6146, 100),
    });
    const inputs = fc.oneof(
      {
        weight: 4,
        arbitrary: change.map(({ at, byte, keep }) => {
          const bytes = records.slice(0, keep);
          bytes[at % 2 === 0 ? 3073 : at] = byte;
          return bytes;
        }),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
    );
    await fuzz(
      inputs,
      (bytes) => readRecords(bytes, 'f'),
      (data, bytes) => {
        expect(data.length).toBe(bytes.length);
        expect(data[0]! < 10 && (data.length === 3073 || data[3073]! < 10)).toBe(true);
      },
    );
  }, 60_000);
});
