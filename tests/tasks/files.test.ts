import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    ['same.csv', 'a,b\n1,x\n2,x\n', 'target-classes'],
  ])('%s is refused as it deserves', async (name, content, code) => {
    const path = content === null ? join(folder, name) : file(name, content);
    const task = await openTask({ name: 'csv', path });
    expect(!task.ok && task.issues[0]!.code).toBe(code);
  });

  it('numbers classes alike in whatever order they come', async () => {
    // Taken in pairs, some of these would be compared as numbers and some as words.
    const rows = ['10', '9', '1a'].flatMap((name, k) => new Array<string>(15 - 5 * k).fill(`1,${name}`));
    const sizes = async (name: string, lines: readonly string[]) => {
      const task = await openTask({ name: 'csv', path: file(name, ['a,y', ...lines].join('\n')) });
      if (!task.ok) throw new Error(JSON.stringify(task.issues));
      const targets = Object.values(task.value.splits).flatMap((split) => [...split.targets]);
      return [0, 1, 2].map((label) => targets.filter((y) => y === label).length);
    };
    const sorted = await sizes('sorted.csv', rows);
    expect([...sorted].sort()).toEqual([10, 15, 5]);
    expect(await sizes('reversed.csv', rows.toReversed())).toEqual(sorted);
  });

  it('names the column that was meant', async () => {
    const task = await openTask({ name: 'csv', path: file('columns.csv', table), target: 'kin' });
    expect(!task.ok && task.issues[0]!.hint).toContain('kind');
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
});

describe('test files', () => {
  it('of csv are the final split, and rows of the other file go to the others', async () => {
    const path = file('train.csv', table);
    const test = file('test.csv', 'a,b,kind\n1,2,odd\n3,4,even\n');
    const task = await openTask({ name: 'csv', path, test });
    if (!task.ok) throw new Error(JSON.stringify(task.issues));
    const { train, search, select, final } = task.value.splits;
    expect([train, search, select, final].map(({ count }) => count)).toEqual([30, 6, 4, 2]);
    expect([...final.targets]).toEqual([1, 0]);
    const other = await openTask({ name: 'csv', path, test: file('other.csv', 'a,c,kind\n1,2,odd\n') });
    expect(!other.ok && other.issues[0]!.code).toBe('csv-columns');
  });

  it('of idx are the final split', async () => {
    const own = { path: file('own.i', images), labels: file('own.l', labels) };
    const open = (testImages: Uint8Array, testLabels: Uint8Array) =>
      openTask({
        name: 'idx',
        ...own,
        test: file('test.i', testImages),
        testLabels: file('test.l', testLabels),
      });
    const task = await open(idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]), idx([2], [3, 0]));
    if (!task.ok) throw new Error(JSON.stringify(task.issues));
    const { train, search, select, final } = task.value.splits;
    expect([train, search, select, final].map(({ count }) => count)).toEqual([15, 3, 2, 2]);
    expect(final.inputs[11]).toBe(1);
    const wrong = await open(idx([1, 3, 2], [1, 2, 3, 4, 5, 6]), idx([1], [9]));
    expect(!wrong.ok && wrong.issues.map(({ code }) => code)).toEqual(['idx-shape', 'idx-unknown-label']);
    const half = await openTask({ name: 'idx', ...own, test: join(folder, 'test.i') });
    expect(!half.ok && half.issues[0]!.code).toBe('idx-test');
  });
});

describe('libsvm', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? '+1' : '-1'} 1:${i} 3:0.5 # row ${i}`);

  it('reads sparse rows, gzipped or not', async () => {
    const open = (path: string) => openTask({ name: 'libsvm', path, kind: 'binary', head: 'unbiased' });
    const plain = await open(file('good.svm', lines.join('\n')));
    const zipped = await open(file('good.svm.gz', gzipSync(lines.join('\r\n'))));
    if (!plain.ok || !zipped.ok) throw new Error('a good file was refused');
    expect(plain.value.signature).toEqual({
      input: [1, 1, 3],
      target: { kind: 'binary' },
      head: { kind: 'linear', bias: false, init: 'torch' },
    });
    expect(digestTask(plain.value)).toBe(digestTask(zipped.value));
    const { inputs, targets, count } = plain.value.splits.train;
    for (let i = 0; i < count; i++) {
      expect([...inputs.subarray(3 * i + 1, 3 * i + 3)]).toEqual([0, 0.5]);
      expect(targets[i]).toBe(inputs[3 * i]! % 2 === 0 ? 1 : 0);
    }
  });

  it('reports every bad line', async () => {
    const path = file('bad.svm', '1 1:2\nx 1:1\n1 2:1 1:1\n1 a:1\n-1 1:\n1 0:3\n');
    const task = await openTask({ name: 'libsvm', path });
    expect(!task.ok && task.issues.map(({ code, line }) => [code, line])).toEqual([
      ['libsvm-label', 2],
      ['libsvm-order', 3],
      ['libsvm-pair', 4],
      ['libsvm-pair', 5],
      ['libsvm-pair', 6],
    ]);
  });

  it('does not unfold a few bytes into a huge table', async () => {
    const path = file('wide.svm', '1 1:1\n-1 999999999:1\n');
    const task = await openTask({ name: 'libsvm', path });
    expect(!task.ok && task.issues[0]!.code).toBe('libsvm-too-wide');
  });

  it('gives kernel features of the training rows', async () => {
    const path = file('kernel.svm', lines.join('\n'));
    const task = await openTask({ name: 'kernel', path, sigma: 2, search: 4, select: 4 });
    if (!task.ok) throw new Error(JSON.stringify(task.issues));
    const { train, search, select, final } = task.value.splits;
    expect([train, search, select, final].map(({ count }) => count)).toEqual([24, 4, 4, 8]);
    expect(task.value.signature.input).toEqual([1, 1, 24]);
    expect(train.inputs[0]).toBe(1);
    expect(train.inputs[24 * 3 + 5]).toBeCloseTo(Math.exp(-4 / 8), 12);
    // Row 32 is the first of the last fifth.
    expect(final.inputs[23]).toBeCloseTo(Math.exp(-81 / 8), 12);
  });
});

describe('cifar10', () => {
  const record = (label: number, seed: number) => [
    label,
    ...Array.from({ length: 3072 }, (_, i) => (seed + i) % 256),
  ];
  const batch = (...recordLabels: readonly number[]) => Uint8Array.from(recordLabels.flatMap(record));
  const archive = (name: string, files: Readonly<Record<string, Uint8Array>>) => {
    mkdirSync(join(folder, name));
    for (const [own, bytes] of Object.entries(files)) file(join(name, own), bytes);
    return join(folder, name);
  };

  it('reads the published archive: batches train, the test batch is final', async () => {
    const path = archive('cifar', {
      'data_batch_1.bin': batch(0, 1, 2, 3),
      'data_batch_2.bin': batch(4, 5, 6, 7),
      'test_batch.bin': batch(9, 8),
    });
    const task = await openTask({ name: 'cifar10', path });
    if (!task.ok) throw new Error(JSON.stringify(task.issues));
    const { train, final } = task.value.splits;
    expect(task.value.signature.input).toEqual([32, 32, 3]);
    expect([...final.targets]).toEqual([9, 8]);
    expect(train.count).toBe(7);
    // Pixel 1 of the second test image, green: plane 1 begins at byte 1024.
    expect(final.inputs[3072 + 3 + 1]).toBeCloseTo(((1 + 1024 + 1) % 256) / 255, 14);
  });

  it.each([
    ['a broken record', { 'data_batch_1.bin': batch(1, 2).subarray(0, 6000) }, 'cifar-size'],
    ['a label of 10', { 'data_batch_1.bin': batch(1, 10) }, 'cifar-label'],
    ['no batches', { 'readme.html': Uint8Array.of(1) }, 'cifar-folder'],
  ])('refuses %s', async (name, files, code) => {
    const path = archive(name, files as unknown as Record<string, Uint8Array>);
    const task = await openTask({ name: 'cifar10', path });
    expect(!task.ok && task.issues[0]!.code).toBe(code);
  });

  it('wants a folder', async () => {
    const task = await openTask({ name: 'cifar10', path: file('cifar.bin', batch(1)) });
    expect(!task.ok && task.issues[0]!.code).toBe('cifar-folder');
    const missing = await openTask({ name: 'cifar10', path: join(folder, 'nowhere') });
    expect(!missing.ok && missing.issues[0]!.code).toBe('file-missing');
  });
});

describe('zipped files', () => {
  it('end in a value or in issues, whatever happened to them', async () => {
    const zipped = gzipSync(images);
    file('labels', labels);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(zipped.length - 1),
        fc.nat(255),
        fc.nat(zipped.length),
        async (at, byte, end) => {
          const bytes = zipped.slice(0, Math.max(2, end));
          if (at > 1) bytes[at] = byte;
          const task = await openTask({
            name: 'idx',
            path: file('fuzz.gz', bytes),
            labels: join(folder, 'labels'),
          });
          expect(task.ok || task.issues.length > 0).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that are broken, or unfold without end, are refused', async () => {
    const open = (name: string, bytes: Uint8Array) =>
      openTask({ name: 'idx', path: file(name, bytes), labels: file('labels', labels) });
    const broken = await open('broken.gz', gzipSync(images).subarray(0, 40));
    expect(!broken.ok && broken.issues[0]!.code).toBe('file-unreadable');
    // 100 MB of zeros behind a header that promises 120 bytes: reading stops at the first byte too many.
    const bomb = gzipSync(Buffer.concat([images, Buffer.alloc(100_000_000)]));
    const before = process.memoryUsage().arrayBuffers;
    const refused = await open('bomb.gz', bomb);
    expect(!refused.ok && refused.issues[0]!.code).toBe('idx-trailing');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});
