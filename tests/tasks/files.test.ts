import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { digestTask, openTask, shareTask } from '../../src/tasks/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-tasks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const table = [
  'a,b,kind',
  ...Array.from({ length: 40 }, (_, i) => `${i},${i * i},${i % 2 === 0 ? 'even' : 'odd'}`),
].join('\n');

function idx(sizes: readonly number[], data: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 + 4 * sizes.length + data.length);
  bytes[2] = 8;
  bytes[3] = sizes.length;
  sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  bytes.set(data, 4 + 4 * sizes.length);
  return bytes;
}

const images = idx(
  [20, 2, 3],
  Array.from({ length: 120 }, (_, i) => i),
);
const labels = idx(
  [20],
  Array.from({ length: 20 }, (_, i) => i % 4),
);

describe('csv', () => {
  it('gives every row to one split, standardised by the training rows', async () => {
    const task = await openTask({ name: 'csv', path: file('good.csv', table) });
    if (!task.ok) throw new Error(JSON.stringify(task.issues));
    const { train, search, select, final } = task.value.splits;
    expect([train, search, select, final].map(({ count }) => count)).toEqual([24, 6, 4, 6]);
    expect(task.value.signature).toEqual({
      input: [1, 1, 2],
      target: { kind: 'classification', classes: 2 },
    });
    const first = train.inputs.filter((_, i) => i % 2 === 0);
    expect(first.reduce((a, b) => a + b)).toBeCloseTo(0, 10);
    expect(first.reduce((a, x) => a + x * x, 0) / train.count).toBeCloseTo(1, 10);
    const again = await openTask({ name: 'csv', path: join(folder, 'good.csv') });
    expect(again.ok && digestTask(again.value)).toBe(digestTask(shareTask(task.value)));
  });

  it('reports every bad cell with its line', async () => {
    const path = file('bad.csv', 'a,b\n1,x\nnope,y\n,x\n4,y\n');
    const task = await openTask({ name: 'csv', path });
    expect(!task.ok && task.issues.map(({ code, line }) => [code, line])).toEqual([
      ['csv-not-a-number', 3],
      ['csv-not-a-number', 4],
    ]);
  });

  it.each([
    ['missing.csv', null, 'file-missing'],
    ['ragged.csv', 'a,b\n1,2\n1,2,3\n', 'csv-malformed'],
    ['header.csv', 'a,b\n', 'csv-empty'],
    ['one.csv', 'a\n1\n', 'csv-no-features'],
    ['same.csv', 'a,b\n1,x\n2,x\n', 'csv-classes'],
  ])('%s is refused as it deserves', async (name, content, code) => {
    const path = content === null ? join(folder, name) : file(name, content);
    const task = await openTask({ name: 'csv', path });
    expect(!task.ok && task.issues[0]!.code).toBe(code);
  });

  it('names the column that was meant', async () => {
    const task = await openTask({ name: 'csv', path: file('columns.csv', table), target: 'kin' });
    expect(!task.ok && task.issues[0]!.hint).toContain('kind');
  });

  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await openTask({ name: 'csv', path: file('fuzz.csv', bytes) });
      }),
      { numRuns: 200 },
    );
  });
});

describe('idx', () => {
  it('reads images, gzipped or not', async () => {
    const plain = await openTask({
      name: 'idx',
      path: file('images', images),
      labels: file('labels', labels),
    });
    const zipped = await openTask({
      name: 'idx',
      path: file('images.gz', gzipSync(images)),
      labels: file('labels.gz', gzipSync(labels)),
    });
    if (!plain.ok || !zipped.ok) throw new Error('a good file was refused');
    expect(plain.value.signature).toEqual({
      input: [2, 3, 1],
      target: { kind: 'classification', classes: 4 },
    });
    expect(digestTask(plain.value)).toBe(digestTask(zipped.value));
    expect(Math.max(...plain.value.splits.train.inputs)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['truncated', images.subarray(0, 90), labels, 'idx-truncated'],
    ['trailing', Buffer.concat([images, Buffer.of(1)]), labels, 'idx-trailing'],
    ['text', Buffer.from('hello world'), labels, 'idx-magic'],
    ['mismatched', images, idx([3], [1, 2, 3]), 'idx-mismatch'],
  ])('refuses %s files', async (name, inputs, targets, code) => {
    const task = await openTask({
      name: 'idx',
      path: file(`${name}.i`, inputs),
      labels: file(`${name}.l`, targets),
    });
    expect(!task.ok && task.issues[0]!.code).toBe(code);
  });

  it('never throws, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(40), async (bytes, cut) => {
        await openTask({
          name: 'idx',
          path: file('fuzz.i', Buffer.concat([images.subarray(0, cut), bytes])),
          labels: join(folder, 'labels'),
        });
      }),
      { numRuns: 300 },
    );
  });
});
