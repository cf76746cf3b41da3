/** Tables that are easily read wrong: each is refused or told with its place, and none gets a class that nobody wrote. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import type { TaskInput } from '../../src/search-space/task-schema.ts';
import { digestTask, openTask } from '../../src/tasks/open.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const fixture = (name: string) => join(packageRoot(), 'tests/fixtures/tables', name);

type Options = Omit<Extract<TaskInput, { name: 'csv' }>, 'name' | 'path'>;
const csv = (path: string, options: Options = {}) => openTask({ name: 'csv', path, ...options });

/** What a refusal says: code, line and both texts. */
async function refused(opening: ReturnType<typeof openTask>) {
  const task = await opening;
  if (task.ok) throw new Error('this was read');
  return task.issues;
}

async function opened(opening: ReturnType<typeof openTask>) {
  const task = await opening;
  if (!task.ok) throw new Error(JSON.stringify(task.issues));
  return { ...task.value, notes: task.value.notes ?? [] };
}

const points = (label: (i: number) => string, count = 40) =>
  Array.from({ length: count }, (_, i) => `${i},${(i * 7) % 11},${label(i)}`);
const table = (label: (i: number) => string, count?: number) =>
  ['a,b,label', ...points(label, count)].join('\n');
const parity = (i: number) => (i % 2 === 0 ? '0' : '1');

describe('the first line', () => {
  it('is refused where it is a row, and read as one with header: false', async () => {
    const [issue] = await refused(csv(fixture('nohead.csv')));
    expect(issue).toMatchObject({ code: 'csv-no-header', line: 1 });
    expect(issue!.hint).toContain('header: false');
    const { splits } = await opened(csv(fixture('nohead.csv'), { header: false }));
    const counts = Object.values(splits).map(({ count }) => count);
    expect(counts.reduce((a, b) => a + b)).toBe(60);
  });

  it('is a row too where its last cell is a label that occurs below', async () => {
    const [issue] = await refused(
      csv(file('iris.csv', points((i) => (i < 20 ? 'setosa' : 'other')).join('\n'))),
    );
    expect(issue).toMatchObject({ code: 'csv-no-header', line: 1 });
  });

  it('may have numbers for names where that is said, or where the target has a name', async () => {
    const rows = points(parity).join('\n');
    await opened(csv(file('numbers.csv', `0,1,2\n${rows}`), { header: true }));
    await opened(csv(file('again.csv', `7,5,1\n${rows}\n7,5,1`), { header: true }));
    await opened(csv(file('pixels.csv', `0,1,label\n${rows}`)));
    const { signature } = await opened(csv(file('c.csv', rows), { header: false, target: 'c3' }));
    expect(signature.target).toEqual({ kind: 'classification', classes: 2 });
  });

  it.each([
    ['a;b;label\n1,5;2,5;0\n', 'csv-separator', 1, 'semicolons'],
    ['a\tb\tlabel\n1\t2\t0\n', 'csv-separator', 1, 'tabs'],
    ['a|b|label\n1|2|0\n', 'csv-separator', 1, 'bars'],
    ['a b label\n1 2 0\n', 'csv-separator', 1, 'blanks'],
    [`,a,label\n${points(parity).join('\n')}`, 'csv-unnamed', 1, 'has no name'],
    [`a,a,label\n${points(parity).join('\n')}`, 'csv-twice', 1, '`a`'],
  ])('%j is refused', async (text, code, line, message) => {
    const [issue, ...more] = await refused(csv(file('first.csv', text)));
    expect(more).toEqual([]);
    expect(issue).toMatchObject({ code, line });
    expect(issue!.message).toContain(message);
  });

  it('comes after comments, or is one itself', async () => {
    const plain = await opened(csv(file('plain.csv', table(parity))));
    for (const text of [`# "exported\n# by me, on a day, here\n${table(parity)}`, `# ${table(parity)}`]) {
      const task = await opened(csv(file('comment.csv', text)));
      expect(digestTask(task)).toBe(digestTask(plain));
      expect(task.notes.map(({ code }) => code)).toEqual(text.startsWith('# "') ? ['csv-comment'] : []);
    }
  });
});

describe('cells', () => {
  it.each([
    ['"1,234"', 'thousands'],
    ['"1,5"', 'point'],
    ['1 234', 'thousands'],
    ['nan', 'gaps'],
    ['', 'gaps'],
    ['inf', 'infinite'],
    ['1e400', 'too large'],
    ['1e-400', 'too close to 0'],
    ['0x1F', 'decimals'],
    ['True', '1 and 0'],
    ['\u22121', 'minus'],
    ['red', 'encode'],
  ])('%s is no number, and the hint says why', async (cell, hint) => {
    const issues = await refused(csv(file('cell.csv', `a,b,label\n1,2,0\n${cell},3,1\n`)));
    expect(issues).toMatchObject([{ code: 'csv-not-a-number', line: 3 }]);
    expect(issues[0]!.hint).toContain(hint);
  });

  it.each([
    ['1,2,0,\n', '4 cells', 'a comma too many'],
    ['1,234,5,0\n', '4 cells', 'commas within numbers'],
    ['1,2\n', '2 cells', 'cut short'],
    ['# note\n', '1 cell,', 'comments'],
    ['a,b,label\n', 'once more', 'two files'],
    ['1,"2"x,0\n', 'the quote that opens here closes before `x,0`', 'twice'],
    ['1,2" pipe,0\n', 'a quote within the cell `2" pipe`', 'whole cell'],
  ])('%j is a row that cannot be read, and those behind it are', async (row, message, hint) => {
    const issues = await refused(csv(file('row.csv', `a,b,label\n${row}1,2,0\n${row}`)));
    expect(issues).toMatchObject([
      { code: expect.stringMatching(/^csv-(malformed|header-again)$/), line: 2 },
      { code: expect.any(String), line: 4 },
    ]);
    expect(issues[0]!.message).toContain(message);
    expect(issues[0]!.hint).toContain(hint);
  });

  it('in a quote that is never closed are reported where it opens', async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${i},${i % 2}`).join('\n');
    const issues = await refused(csv(file('unclosed.csv', `a,b,label\n1,2,0\n"3,4,1\n${rows}\n`)));
    expect(issues).toMatchObject([{ code: 'csv-malformed', line: 3 }]);
    expect(issues[0]!.message).toContain('not closed');
    const short = await refused(csv(file('unclosed.csv', 'a,b,label\n1,2,0\n1,"3,4,1\n5,6,0\n')));
    expect(short).toMatchObject([{ code: 'csv-malformed', line: 3 }]);
  });

  it('are read from rows of more than a mebibyte', async () => {
    const columns = 60_000;
    const names = Array.from({ length: columns }, (_, i) => `g${i}`).join(',');
    const row = (i: number) => `${new Array(columns).fill(`0.123456789012345${i}`).join(',')},${i % 2}\n`;
    const text = `${names},label\n${Array.from({ length: 10 }, (_, i) => row(i)).join('')}`;
    const { signature } = await opened(csv(file('wide.csv', text)));
    expect(signature.input).toEqual([1, 1, columns]);
  });

  it('are the same whatever the line ends, quotes, blanks and empty lines', async () => {
    const plain = digestTask(await opened(csv(file('plain.csv', table(parity)))));
    const lines = table(parity).split('\n');
    const variants = {
      windows: lines.join('\r\n'),
      mac: `${lines.join('\r')}\r`,
      blank: `\n${lines.join('\n\n')}\n \n\n`,
      mark: `\uFEFF${lines.join('\n')}`,
      quoted: lines
        .map((line) =>
          line
            .split(',')
            .map((cell) => ` "${cell}" `)
            .join(','),
        )
        .join('\n'),
      utf16: Buffer.from(`\uFEFF${lines.join('\r\n')}`, 'utf16le'),
      utf16be: Buffer.from(`\uFEFF${lines.join('\r\n')}`, 'utf16le').swap16(),
      gzip: gzipSync(lines.join('\n')),
    };
    for (const [name, content] of Object.entries(variants))
      expect(digestTask(await opened(csv(file(`${name}.csv`, content)))), name).toBe(plain);
    const { notes, ...task } = await opened(csv(file('hollow.csv', `${table(parity)}\n,,\n,,\n`)));
    expect(digestTask(task)).toBe(plain);
    expect(notes).toMatchObject([{ code: 'csv-empty-rows' }]);
  });

  it.each([
    ['Latin-1', Buffer.from('a,b,label\n1,2,x\n1,3,na\xefve\n', 'latin1'), 'text-encoding', 3, 'iconv'],
    ['UTF-16 without a mark', Buffer.from('a,b,label\n1,2,x\n', 'utf16le'), 'text-encoding', 1, 'UTF-16LE'],
    ['a byte 0', 'a,b,label\n1,2,x\n1,\0,x\n', 'text-encoding', 3, 'binary'],
    ['a spreadsheet', 'PK\x03\x04 and what follows it', 'text-format', undefined, 'as CSV'],
    ['xz', Buffer.from('\xfd7zXZ\0 and what follows it', 'latin1'), 'text-format', undefined, 'unpack'],
  ])('in %s are refused', async (_, content, code, line, hint) => {
    for (const opening of [
      csv(file('odd', content)),
      openTask({ name: 'libsvm', path: file('odd', content) }),
    ]) {
      const [issue] = (await refused(opening)).slice(-1);
      if (code === 'text-encoding' && line === 3 && issue!.code === 'libsvm-label') continue;
      expect([issue!.code, issue!.line]).toEqual([code, line]);
      expect(issue!.hint).toContain(hint);
    }
  });
});

describe('labels', () => {
  it('that are missing are refused with their lines', async () => {
    expect(await refused(csv(fixture('gaps.csv')))).toMatchObject([
      { code: 'csv-no-label', line: 42 },
      { code: 'csv-no-label', line: 43 },
    ]);
    for (const word of ['nan', 'NA', 'None', '?'])
      expect(
        await refused(
          csv(
            file(
              'word.csv',
              table((i) => (i === 5 ? word : parity(i))),
            ),
          ),
        ),
        word,
      ).toMatchObject([{ code: 'target-missing', line: 7 }]);
  });

  it('that may be words are told', async () => {
    const { notes } = await opened(
      csv(
        file(
          'word.csv',
          table((i) => ['none', 'mild', 'Mild'][i % 3]!),
        ),
      ),
    );
    expect(notes.map(({ code, line }) => [code, line])).toEqual([
      ['target-alike', 4],
      ['target-word', 2],
    ]);
  });

  it('that are equal numbers are one class, and that is told', async () => {
    const spellings = ['0', '0.0', '+0e5', '-0', '.0'];
    const { signature, notes, splits } = await opened(
      csv(
        file(
          'spelled.csv',
          table((i) => (i % 2 === 1 ? '1e0' : spellings[(i / 2) % 5]!)),
        ),
      ),
    );
    expect(signature.target).toEqual({ kind: 'classification', classes: 2 });
    expect(notes).toMatchObject([{ code: 'target-spellings', line: 2 }]);
    const plain = await opened(csv(file('plain.csv', table(parity))));
    expect(splits).toEqual(plain.splits);
    // Beyond what a float64 tells apart.
    const long = (i: number) => `1234567890123456789${i % 2}`;
    expect((await opened(csv(file('long.csv', table(long))))).signature.target).toEqual({
      kind: 'classification',
      classes: 2,
    });
  });

  it('of a test file are those of the training file, or refused with their lines', async () => {
    const path = fixture('train.csv');
    const { signature, splits } = await opened(csv(path, { test: fixture('test-float.csv') }));
    expect(signature.target).toEqual({ kind: 'classification', classes: 2 });
    expect(new Set(splits.final.targets)).toEqual(new Set([0, 1]));
    expect(await refused(csv(path, { test: fixture('test-new.csv') }))).toMatchObject([
      { code: 'target-unknown-label', line: 2, path: fixture('test-new.csv') },
    ]);
    const svm = (labels: readonly string[]) =>
      labels.map((label, i) => `${label} 1:${i} 2:${i % 7}`).join('\n');
    const train = svm(Array.from({ length: 40 }, (_, i) => parity(i)));
    const libsvm = (test: string) =>
      openTask({ name: 'libsvm', path: file('train.svm', train), test: file('test.svm', test) });
    expect((await opened(libsvm(svm(['1.0', '+0', '1'])))).signature.target).toEqual({
      kind: 'classification',
      classes: 2,
    });
    expect(await refused(libsvm(svm(['1', '5', '7', '5'])))).toMatchObject([
      { code: 'target-unknown-label', line: 2 },
      { code: 'target-unknown-label', line: 3 },
    ]);
  });

  it('that look like numbers to predict, or like row numbers, are refused', async () => {
    const [issue] = await refused(csv(fixture('continuous.csv')));
    expect(issue!.code).toBe('target-continuous');
    expect(issue!.hint).toContain('regression');
    await opened(csv(fixture('continuous.csv'), { kind: 'regression' }));
    expect(
      await refused(
        csv(
          file(
            'ids.csv',
            table((i) => `id${i}`),
          ),
        ),
      ),
    ).toMatchObject([{ code: 'target-distinct' }]);
    const few = await refused(
      csv(
        file(
          'few.csv',
          table((i) => `${i / 7}`, 12),
        ),
      ),
    );
    expect(few).toMatchObject([{ code: 'target-continuous' }]);
    const ages = await opened(
      csv(
        file(
          'ages.csv',
          table((i) => `${20 + (i % 30)}`, 90),
        ),
      ),
    );
    expect(ages.notes[0]).toMatchObject({ code: 'target-numbers' });
    const halves = await opened(
      csv(
        file(
          'halves.csv',
          table((i) => `${(i % 10) / 2}`),
        ),
      ),
    );
    expect(halves.signature.target).toEqual({ kind: 'classification', classes: 10 });
  });

  it('of a class that is all held out are told', async () => {
    const rare = await opened(
      csv(
        file(
          'rare.csv',
          table((i) => (i === 3 ? 'rare' : parity(i))),
        ),
      ),
    );
    expect(rare.notes[0]).toMatchObject({ code: 'target-single', line: 5 });
    const seeds = Array.from({ length: 20 }, (_, i) => `${i}`);
    const told = await Promise.all(
      seeds.map(async (splitSeed) => {
        const task = await opened(csv(join(folder, 'rare.csv'), { splitSeed }));
        // `rare` is the last class by name.
        return [
          task.splits.train.targets.includes(2),
          task.notes.some(({ code }) => code === 'target-untrained'),
        ];
      }),
    );
    for (const [isTrained, isTold] of told) expect(isTold).toBe(!isTrained);
    expect(new Set(told.map(([isTrained]) => isTrained)).size).toBe(2);
  });
});

describe('numbers to predict', () => {
  it.each([
    ['constant', () => '0.1', 'target-constant'],
    ['huge', (i: number) => `${i}e30`, 'target-units'],
    ['tiny', (i: number) => `${i}e-9`, 'target-units'],
  ])('that are %s are refused, by libsvm as well', async (_, label, code) => {
    const of = { kind: 'regression' } as const;
    expect(await refused(csv(file('target.csv', table(label)), of))).toMatchObject([{ code }]);
    const svm = Array.from({ length: 40 }, (__, i) => `${label(i)} 1:${i}`).join('\n');
    expect(await refused(openTask({ name: 'libsvm', path: file('target.svm', svm), ...of }))).toMatchObject([
      { code },
    ]);
  });

  it('that are constant end a search before it begins', async () => {
    const document = file(
      'constant.yaml',
      `name: constant\ntask: {name: csv, path: ${fixture('constant.csv')}, kind: regression}\nevaluation: {steps: 20, batchSize: 8}\n`,
    );
    const { code, noted } = await streetlight('search', document, '--db', join(folder, 'never.db'));
    expect(code).toBe(2);
    expect(noted).toContain('the target is 2 in every row');
  });
});

describe('standardising', () => {
  it('gives the same features in every unit', async () => {
    const [unit, pico, huge] = await Promise.all(
      ['unit.csv', 'pico.csv', 'huge.csv'].map((name) => opened(csv(fixture(name)))),
    );
    for (const other of [pico!, huge!]) {
      expect(other.notes.filter(({ code }) => code === 'csv-constant')).toEqual([]);
      for (const split of ['train', 'search', 'select', 'final'] as const)
        other.splits[split].inputs.forEach((x, i) => {
          expect(x).toBeCloseTo(unit!.splits[split].inputs[i]!, 12);
        });
    }
  });

  it('has mean 0 and deviation 1 beside a large offset, and leaves out what is constant but for rounding', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) =>
        `${1e12 + (i % 7) / 1024},${0.1 + (i % 3 === 0 ? 1e-17 : 0)},1e10,${i % 2 ? 0.1 + 0.2 : 0.3},${i},${i % 2}`,
    );
    const { splits, notes } = await opened(csv(file('offset.csv', `time,a,b,c,d,label\n${rows.join('\n')}`)));
    expect(notes.map(({ message }) => message)).toMatchObject([
      '`a`, `b`, `c`: one value in all rows that are trained on, so left out (0 everywhere)',
    ]);
    const { inputs, count } = splits.train;
    const column = (j: number) => [...inputs].filter((_, i) => i % 5 === j);
    for (const j of [1, 2, 3]) expect(column(j).every((x) => x === 0 || Object.is(x, -0))).toBe(true);
    for (const j of [0, 4]) {
      const x = column(j);
      expect(x.reduce((a, b) => a + b) / count).toBeCloseTo(0, 12);
      expect(x.reduce((a, b) => a + b * b, 0) / count).toBeCloseTo(1, 12);
    }
    expect(new Set(column(0).map((x) => x.toFixed(9))).size).toBe(7);
  });

  it('refuses held-out values that no engine can compute with', async () => {
    const test = file('far.csv', 'a,b,label\n1e300,2,0\n');
    const issues = await refused(csv(file('near.csv', table(parity)), { test }));
    expect(issues).toMatchObject([{ code: 'csv-beyond' }]);
    expect(issues[0]!.message).toContain('`a`');
  });

  it('has not changed for tables that were read right before', async () => {
    // Digests by release 0.1.0: runs are stored with them.
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i},${(i * i * 0.1).toFixed(3)},0.1,${i % 2 === 0 ? 'even' : 'odd'}`,
    );
    const text = ['a,b,c,kind', ...rows].join('\n');
    expect(digestTask(await opened(csv(file('digest.csv', text))))).toBe(
      '873f19742482ddd8bf6e06773fe14413cb6f4e3b57c8ce71468a4afc1dd974cc',
    );
    const numbers = text.replace('kind', 'k').replaceAll('even', '1.5').replaceAll('odd', '-2e0');
    expect(digestTask(await opened(csv(file('digest2.csv', numbers), { kind: 'regression' })))).toBe(
      '29112534102fd3d0b46dd00422a5866ab6377a5681fd7d636ecbeaf62f911df5',
    );
    const svm = Array.from({ length: 40 }, (_, i) => `${i % 2 === 0 ? '+1' : '-1'} 1:${i} 3:0.5 # row ${i}`);
    const libsvm = {
      name: 'libsvm',
      path: file('digest.svm', svm.join('\n')),
      kind: 'binary',
      head: 'unbiased',
    } as const;
    expect(digestTask(await opened(openTask(libsvm)))).toBe(
      '457e746470496fda8a670f1ad3c69a205eb5adaeade427093e35290cbe06d621',
    );
    expect(digestTask(await opened(openTask({ name: 'mnist1d-pair' })))).toBe(
      '753274941490c7c1c0e6e001b9512df88811d289647965c15515c5fa04403583',
    );
  });
});

describe('the same data twice', () => {
  const text = table(parity);
  it('as a test file are refused, whatever the file is called and the order of its rows', async () => {
    const path = file('data.csv', text);
    const [head, ...rows] = text.split('\n');
    for (const test of [
      path,
      file('data.csv.gz', gzipSync(text)),
      file('turned.csv', [head, ...rows.toReversed()].join('\r\n')),
    ])
      expect(await refused(csv(path, { test }))).toMatchObject([{ code: 'task-same-data', path: test }]);
    const svm = file(
      'data.svm',
      points(parity)
        .map((_, i) => `${i % 2} 1:${i}`)
        .join('\n'),
    );
    expect(await refused(openTask({ name: 'libsvm', path: svm, test: svm }))).toMatchObject([
      { code: 'task-same-data' },
    ]);
    const [images, labels] = [fixture('images-from-1'), fixture('labels-from-1')];
    expect(
      await refused(openTask({ name: 'idx', path: images, labels, test: images, testLabels: labels })),
    ).toMatchObject([{ code: 'task-same-data' }]);
  });

  it('in part are counted, split by split', async () => {
    const [head, ...rows] = text.split('\n');
    const test = file('part.csv', [head, ...rows.slice(0, 3), '99,98,1'].join('\n'));
    const { notes } = await opened(csv(file('data.csv', text), { test }));
    expect(notes).toMatchObject([{ code: 'task-rows-twice', path: test }]);
    expect(notes[0]!.message).toMatch(/^3 of the 4 rows of final stand in train, search or select/);
    // A naive count, row by row in words.
    const { splits, notes: found } = await opened(
      csv(file('doubled.csv', [head, ...rows, ...rows.slice(0, 25)].join('\n'))),
    );
    const words = (split: keyof typeof splits) =>
      Array.from({ length: splits[split].count }, (_, i) =>
        [...splits[split].inputs.subarray(2 * i, 2 * i + 2), splits[split].targets[i]].join(),
      );
    const seen = {
      search: words('train'),
      select: words('train'),
      final: [...words('train'), ...words('search'), ...words('select')],
    };
    const expected = (['search', 'select', 'final'] as const).flatMap((split) => {
      const count = words(split).filter((row) => seen[split].includes(row)).length;
      return count === 0 ? [] : [`${count} of the ${splits[split].count} rows of ${split}`];
    });
    expect(expected.length).toBeGreaterThan(1);
    expect(found.map(({ message }) => message.replace(/ stand in .*/, ''))).toEqual(expected);
  });

  it('as they are and zipped side by side are refused by cifar10', async () => {
    const path = join(folder, 'cifar');
    mkdirSync(path);
    const batch = Uint8Array.from([0, 1, 2, 3].flatMap((label) => [label, ...new Array(3072).fill(label)]));
    file('cifar/data_batch_1.bin', batch);
    file('cifar/data_batch_1.bin.gz', gzipSync(batch));
    const issues = await refused(openTask({ name: 'cifar10', path }));
    expect(issues).toMatchObject([{ code: 'cifar-twice' }]);
    expect(issues[0]!.message).toContain('data_batch_1.bin.gz');
  });
});

describe('labels of idx', () => {
  const idx = (labels: readonly number[]) => {
    const bytes = (sizes: readonly number[], data: readonly number[]) =>
      Uint8Array.from([
        0,
        0,
        8,
        sizes.length,
        ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255]),
        ...data,
      ]);
    return {
      path: file(
        'images',
        bytes(
          [labels.length, 2],
          labels.flatMap((_, i) => [i, 2 * i]),
        ),
      ),
      labels: file('labels', bytes([labels.length], labels)),
    };
  };
  const forty = (label: (i: number) => number) => Array.from({ length: 40 }, (_, i) => label(i));

  it('are classes only where they occur', async () => {
    const { signature, untrainedLoss, splits } = await opened(
      openTask({ name: 'idx', path: fixture('images-from-1'), labels: fixture('labels-from-1') }),
    );
    expect(signature.target).toEqual({ kind: 'classification', classes: 10 });
    expect(untrainedLoss).toBeCloseTo(Math.log(10), 14);
    expect(new Set(Object.values(splits).flatMap(({ targets }) => [...targets]))).toEqual(
      new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    );
    const gap = await opened(openTask({ name: 'idx', ...idx(forty((i) => [2, 30][i % 2]!)) }));
    expect(gap.signature.target).toEqual({ kind: 'classification', classes: 2 });
    expect(gap.notes).toEqual([]);
  });

  it('are questioned where they look like a mark', async () => {
    const { notes } = await opened(openTask({ name: 'idx', ...idx(forty((i) => (i === 5 ? 255 : i % 3))) }));
    expect(notes[0]).toMatchObject({ code: 'idx-label-questioned' });
    expect(notes[0]!.message).toContain('label 255 stands at 1 of 40 examples, first at 6');
    expect(await refused(openTask({ name: 'idx', ...idx(forty(() => 7)) }))).toMatchObject([
      { code: 'idx-classes', message: 'all labels are 7: there is nothing to tell apart' },
    ]);
  });
});

describe('notes', () => {
  it('are printed by tasks, train and search, and no part of the digest', async () => {
    const rows = points(parity).map((row) => `5,${row}`);
    const path = file('noted.csv', `same,a,b,label\n${rows.join('\n')}`);
    const set = ['--set', `task.path=${path}`];
    const page = await streetlight('tasks', 'csv', ...set);
    expect(page.printed).toContain(`note: ${path}: \`same\`: one value in all rows`);
    const json = JSON.parse((await streetlight('tasks', 'csv', ...set, '--json')).printed);
    expect(json.opened.notes).toMatchObject([{ code: 'csv-constant', path }]);
    const trained = await streetlight(
      'train',
      'linear',
      '--task',
      'csv',
      ...set,
      '--steps',
      '2',
      '--batch-size',
      '4',
      '--json',
    );
    expect(trained.noted).toContain('note: ');
    expect(JSON.parse(trained.printed)).not.toHaveProperty('notes');
    const document = file(
      'noted.yaml',
      `name: noted\ntask: {name: csv, path: ${path}}\nevaluation: {steps: 2, batchSize: 4}\nevolution: {population: 2, tournament: 2, births: 4, inFlight: 1}\n`,
    );
    const db = join(folder, 'noted.db');
    const searched = await streetlight('search', document, '--db', db, '--workers', '1');
    expect(searched.code).toBe(0);
    expect(searched.noted).toContain('`same`: one value');
  });
});
