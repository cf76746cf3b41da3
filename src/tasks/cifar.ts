/** CIFAR-10 in its binary version (Krizhevsky 2009): records of a label and 3 x 32 x 32 bytes, red before green before blue. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, bytesOf, readIssue } from './bytes.ts';
import type { FileHead, Rows, Shares } from './deal.ts';
import { fileTask } from './file-task.ts';
import type { Task } from './task.ts';

/** Options of the task `cifar10`: see its schema. */
export interface CifarOptions extends Shares {
  readonly path: string;
  readonly head: FileHead;
}

const side = 32;
const channels = 3;
const pixels = side * side;
const recordBytes = 1 + channels * pixels;
const classes = 10;
const maxBytes = 2_000_000_000;
const maxIssues = 20;

/** Whole records, labels checked. */
export async function readRecords(bytes: Bytes, path: string): Promise<Result<Uint8Array>> {
  const pieces: Uint8Array[] = [];
  let found = 0;
  try {
    for await (const piece of bytes) {
      pieces.push(piece);
      found += piece.length;
      if (found > maxBytes)
        return fail([
          { code: 'cifar-too-large', path, message: `the file is larger than ${maxBytes} bytes` },
        ]);
    }
  } catch (error) {
    return fail([readIssue(error, path)]);
  }
  if (found === 0 || found % recordBytes !== 0)
    return fail([
      {
        code: 'cifar-size',
        path,
        message: `${found} bytes are not a whole number of records of ${recordBytes} bytes`,
        hint: 'is it the binary version? The files for Python and Matlab have another form',
      },
    ]);
  const data = Buffer.concat(pieces);
  const wrong: Issue[] = [];
  for (let at = 0; at < data.length && wrong.length < maxIssues; at += recordBytes)
    if (data[at]! >= classes)
      wrong.push({
        code: 'cifar-label',
        path,
        message: `record ${at / recordBytes + 1} has label ${data[at]}, and labels are 0 to ${classes - 1}`,
        hint: 'is it the binary version of CIFAR-10? CIFAR-100 has two labels in each record',
      });
  return wrong.length > 0 ? fail(wrong) : ok(data);
}

/** What stands in a folder both as it is and zipped would be read twice. */
const twiceIssues = (names: readonly string[], path: string): Issue[] =>
  names
    .filter((name) => names.includes(`${name}.gz`))
    .map((name) => ({
      code: 'cifar-twice',
      path,
      message: `the folder holds ${name} and ${name}.gz: the same data twice`,
      hint: 'take one of them away',
    }));

const trainFiles = /^data_batch_\d+\.bin(\.gz)?$/;
const testFile = /^test_batch\.bin(\.gz)?$/;

/** `path` is the folder of the published archive: `data_batch_*.bin` are dealt to the other splits, and `test_batch.bin` is `final`. Values are scaled to [0, 1]. */
export async function openCifar(options: CifarOptions): Promise<Result<Task>> {
  const { path } = options;
  let names: string[];
  try {
    names = (await readdir(path)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const issue = readIssue(error, path);
    return fail([
      code === 'ENOTDIR'
        ? {
            ...issue,
            code: 'cifar-folder',
            message: 'this is not a folder',
            hint: 'name the folder that holds data_batch_1.bin',
          }
        : { ...issue, hint: 'name the folder that holds data_batch_1.bin' },
    ]);
  }
  const [own, test] = [trainFiles, testFile].map((pattern) =>
    names.filter((name) => pattern.test(name)).map((name) => join(path, name)),
  );
  if (own!.length === 0)
    return fail([{ code: 'cifar-folder', path, message: 'the folder holds no data_batch_*.bin' }]);
  const twice = twiceIssues(
    names.filter((name) => trainFiles.test(name) || testFile.test(name)),
    path,
  );
  if (twice.length > 0) return fail(twice);
  const read = async (files: readonly string[]) =>
    Promise.all(files.map((file) => readRecords(bytesOf(file), file)));
  const [ownData, testData] = [await read(own!), await read(test!)];
  const issues: readonly Issue[] = [...ownData, ...testData].flatMap((data) => (data.ok ? [] : data.issues));
  if (issues.length > 0) return fail(issues);
  const rows = (data: readonly Result<Uint8Array>[]) =>
    rowsOfRecords(data.flatMap((part) => (part.ok ? [part.value] : [])));
  return fileTask({
    name: 'cifar10',
    ...{ path, options },
    test: test![0],
    own: rows(ownData),
    held: testData.length === 0 ? null : rows(testData),
    input: [side, side, channels],
    target: { kind: 'classification', classes },
    notes: [],
  });
}

/** Planes become channels of pixels. */
function rowsOfRecords(parts: readonly Uint8Array[]): Rows {
  const starts = parts.flatMap((part) =>
    Array.from({ length: part.length / recordBytes }, (_, i) => part.subarray(i * recordBytes)),
  );
  return {
    count: starts.length,
    width: { inputs: channels * pixels, targets: 1 },
    copy(row, input, target) {
      const record = starts[row]!;
      target[0] = record[0]!;
      for (let c = 0; c < channels; c++)
        for (let p = 0; p < pixels; p++) input[p * channels + c] = record[1 + c * pixels + p]! / 255;
    },
  };
}
