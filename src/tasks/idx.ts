/** IDX files, the format in which MNIST and Fashion-MNIST are published (LeCun): magic, sizes, bytes; gzipped or not. Nothing is allocated on the word of a header. */
import type { Shape } from '../genome/architecture/architecture.ts';
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { type Bytes, bytesOf, readIssue } from './bytes.ts';
import type { FileHead, Rows, Shares } from './deal.ts';
import { fileTask } from './file-task.ts';
import type { Task } from './task.ts';

/** Options of the task `idx`: see its schema. */
export interface IdxOptions extends Shares {
  readonly path: string;
  readonly labels: string;
  readonly test?: string | undefined;
  readonly testLabels?: string | undefined;
  readonly head: FileHead;
}

const maxBytes = 2_000_000_000;

interface Idx {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

/** What the first bytes of a file promise. */
interface Header {
  readonly sizes: readonly number[];
  readonly length: number;
  readonly expected: number;
}

type Refuse = (code: string, message: string, hint?: string) => Result<never>;

const refuseAt =
  (path: string): Refuse =>
  (code, message, hint) =>
    fail([{ code, path, message, ...(hint === undefined ? {} : { hint }) }]);

/** null where more bytes are needed. */
function readHeader(bytes: Uint8Array, refuse: Refuse): Result<Header> | null {
  const notIdx = () =>
    refuse(
      'idx-magic',
      'the file does not begin as an IDX file',
      'the first two bytes are 0; is it another format?',
    );
  if ((bytes.length > 0 && bytes[0] !== 0) || (bytes.length > 1 && bytes[1] !== 0)) return notIdx();
  if (bytes.length < 4) return null;
  if (bytes[2] !== 8)
    return refuse(
      'idx-type',
      `the file holds data of type 0x${bytes[2]!.toString(16)}`,
      'unsigned bytes (0x8) are read, as MNIST has them',
    );
  const rank = bytes[3]!;
  if (rank < 1 || rank > 4) return refuse('idx-rank', `the file has ${rank} dimensions, and 1 to 4 are read`);
  const length = 4 + 4 * rank;
  if (bytes.length < length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const sizes = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = sizes.reduce((a, b) => a * b, 1);
  return expected > maxBytes
    ? refuse('idx-too-large', `the header promises ${sizes.join(' x ')} bytes, and ${maxBytes} are read`)
    : ok({ sizes, length, expected });
}

/** Reading ends as soon as the file is seen to be wrong. */
export async function readIdx(bytes: Bytes, path: string): Promise<Result<Idx>> {
  const refuse = refuseAt(path);
  let header: Header | null = null;
  let pieces: Uint8Array[] = [];
  let found = 0;
  try {
    for await (const piece of bytes) {
      pieces.push(piece);
      found += piece.length;
      if (header === null) {
        pieces = [Buffer.concat(pieces)];
        const read = readHeader(pieces[0]!, refuse);
        if (read === null) continue;
        if (!read.ok) return read;
        header = read.value;
      }
      if (found > header.length + header.expected)
        return refuse(
          'idx-trailing',
          `the header promises ${header.sizes.join(' x ')} = ${header.expected} bytes and more follow`,
        );
    }
  } catch (error) {
    return fail([readIssue(error, path)]);
  }
  if (header === null) return refuse('idx-truncated', 'the file ends inside its header');
  const { sizes, length, expected } = header;
  return found === length + expected
    ? ok({ sizes, data: Buffer.concat(pieces).subarray(length) })
    : refuse(
        'idx-truncated',
        `the header promises ${sizes.join(' x ')} = ${expected} bytes and ${found - length} follow`,
      );
}

interface Labelled {
  readonly images: Idx;
  readonly labels: Uint8Array;
}

async function readLabelled(imagesPath: string, labelsPath: string): Promise<Result<Labelled>> {
  const [images, labels] = await Promise.all([
    readIdx(bytesOf(imagesPath), imagesPath),
    readIdx(bytesOf(labelsPath), labelsPath),
  ]);
  return joinLabels(images, labels, imagesPath, labelsPath);
}

/** Images and labels that belong together. */
function joinLabels(
  images: Result<Idx>,
  labels: Result<Idx>,
  imagesPath: string,
  labelsPath: string,
): Result<Labelled> {
  if (!images.ok || !labels.ok)
    return fail([...(images.ok ? [] : images.issues), ...(labels.ok ? [] : labels.issues)]);
  const [count, ...rest] = images.value.sizes;
  if (labels.value.sizes.length !== 1 || labels.value.sizes[0] !== count)
    return refuseAt(labelsPath)(
      'idx-mismatch',
      `${labels.value.sizes.join(' x ')} labels for ${count} examples`,
      'do both files belong together?',
    );
  if (count === 0 || rest.some((size) => size === 0))
    return refuseAt(imagesPath)('idx-empty', 'the file holds no data');
  return ok({ images: images.value, labels: labels.value.data });
}

/**
 * Values scaled to [0, 1]. Images are [height, width, 1]; vectors [1, 1, n]. Classes are the labels that occur, in ascending order. Test files, where given, are `final`.
 * Issues: all that `readIdx` and `fileTask` refuse; files that do not belong together; labels of which there is one only, or that only the test files have.
 */
export async function openIdx(options: IdxOptions): Promise<Result<Task>> {
  const { path, labels, test, testLabels } = options;
  if ((test === undefined) !== (testLabels === undefined))
    return refuseAt(path)('idx-test', 'test and testLabels go together: one of them is missing');
  const [own, held] = await Promise.all([
    readLabelled(path, labels),
    test === undefined ? null : readLabelled(test, testLabels!),
  ]);
  if (!own.ok || (held !== null && !held.ok))
    return fail([...(own.ok ? [] : own.issues), ...(held === null || held.ok ? [] : held.issues)]);
  const [, ...shape] = own.value.images.sizes;
  const classes = [...new Set(own.value.labels)].sort((a, b) => a - b);
  const issues: Issue[] = [];
  if (classes.length < 2)
    issues.push({
      code: 'idx-classes',
      path: labels,
      message: `all labels are ${classes[0]}: there is nothing to tell apart`,
    });
  if (held !== null) {
    const [, ...heldShape] = held.value.images.sizes;
    if (heldShape.join() !== shape.join())
      issues.push({
        code: 'idx-shape',
        path: test!,
        message: `test examples are ${heldShape.join(' x ')} and training examples ${shape.join(' x ')}`,
      });
    issues.push(...unknownLabels(held.value.labels, classes, testLabels!));
  }
  if (issues.length > 0) return fail(issues);
  return fileTask({
    name: 'idx',
    ...{ path, test, options },
    own: rowsOfIdx(own.value, classes),
    held: held === null ? null : rowsOfIdx(held.value, classes),
    input: imageShape(shape),
    target: { kind: 'classification', classes: classes.length },
    notes: questionedLabels(own.value.labels, classes, labels),
  });
}

function unknownLabels(labels: Uint8Array, classes: readonly number[], path: string): Issue[] {
  const known = new Set(classes);
  const strangers = [...new Set(labels)].filter((label) => !known.has(label)).sort((a, b) => a - b);
  return strangers.slice(0, 20).map((label) => ({
    code: 'idx-unknown-label',
    path,
    message: `label ${label} does not occur in training, and first in example ${labels.indexOf(label) + 1} here`,
    hint: `labels there are ${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ' ...' : ''}`,
  }));
}

/** Labels that may be no classes: larger than there are examples, or 255 where no other comes near, as marks for "no label" are. */
function questionedLabels(labels: Uint8Array, classes: readonly number[], path: string): Issue[] {
  const before = classes.at(-2)!;
  return classes
    .filter((label) => label >= labels.length || (label === 255 && before < 254))
    .map((label) => {
      const count = labels.reduce((sum, each) => sum + (each === label ? 1 : 0), 0);
      return {
        code: 'idx-label-questioned',
        path,
        message: `label ${label} stands at ${count} of ${labels.length} examples, first at ${labels.indexOf(label) + 1}, and is read as a class`,
        hint: 'if it marks examples without a label, leave these out',
      };
    });
}

function imageShape(sizes: readonly number[]): Shape {
  if (sizes.length === 2) return [sizes[0]!, sizes[1]!, 1];
  return sizes.length === 3 ? [sizes[0]!, sizes[1]!, sizes[2]!] : [1, 1, sizes.reduce((a, b) => a * b, 1)];
}

function rowsOfIdx({ images, labels }: Labelled, classes: readonly number[]): Rows {
  const inputs = images.data.length / labels.length;
  const classOf = Uint8Array.from({ length: 256 }, (_, label) => Math.max(0, classes.indexOf(label)));
  return {
    count: labels.length,
    width: { inputs, targets: 1 },
    copy(row, input, target) {
      for (let j = 0; j < inputs; j++) input[j] = images.data[row * inputs + j]! / 255;
      target[0] = classOf[labels[row]!]!;
    },
  };
}
