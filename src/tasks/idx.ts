/** IDX files, the format in which MNIST is published (LeCun): magic, sizes, bytes; gzipped or not. Sizes are checked before anything is allocated. */
import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Shape } from '../genome/architecture/architecture.ts';
import { fail, ok, type Result } from '../notation/issue.ts';
import { log } from '../numerics/elementary.ts';
import { dealRows, type Shares } from './deal.ts';
import type { Task } from './task.ts';

export interface IdxOptions extends Shares {
  readonly path: string;
  readonly labels: string;
}

const maxBytes = 2_000_000_000;

interface Idx {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

async function readIdx(path: string): Promise<Result<Idx>> {
  const refuse = (code: string, message: string, hint?: string) =>
    fail<Idx>([{ code, path, message, ...(hint === undefined ? {} : { hint }) }]);
  let bytes: Buffer;
  try {
    if ((await stat(path)).size > maxBytes)
      return refuse('idx-too-large', `the file is larger than ${maxBytes} bytes`);
    bytes = await readFile(path);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? refuse('file-missing', 'there is no such file')
      : refuse('idx-unreadable', message);
  }
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    return refuse(
      'idx-magic',
      'the file does not begin as an IDX file',
      'the first two bytes are 0; is it another format?',
    );
  if (bytes[2] !== 8)
    return refuse(
      'idx-type',
      `the file holds data of type 0x${bytes[2]!.toString(16)}`,
      'unsigned bytes (0x8) are read, as MNIST has them',
    );
  const rank = bytes[3]!;
  if (rank < 1 || rank > 4 || bytes.length < 4 + 4 * rank)
    return refuse('idx-truncated', 'the file ends inside its header');
  const sizes = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const expected = sizes.reduce((a, b) => a * b, 1);
  const found = bytes.length - 4 - 4 * rank;
  if (found !== expected)
    return refuse(
      found < expected ? 'idx-truncated' : 'idx-trailing',
      `the header promises ${sizes.join(' x ')} = ${expected} bytes and ${found} follow`,
    );
  return ok({ sizes, data: bytes.subarray(4 + 4 * rank) });
}

/** Values scaled to [0, 1]. Images are [height, width, 1]; vectors [1, 1, n]. */
export async function openIdx(options: IdxOptions): Promise<Result<Task>> {
  const [images, labels] = await Promise.all([readIdx(options.path), readIdx(options.labels)]);
  if (!images.ok || !labels.ok)
    return fail([...(images.ok ? [] : images.issues), ...(labels.ok ? [] : labels.issues)]);
  const [count, ...rest] = images.value.sizes;
  if (labels.value.sizes.length !== 1 || labels.value.sizes[0] !== count) {
    return fail([
      {
        code: 'idx-mismatch',
        path: options.labels,
        message: `${labels.value.sizes.join(' x ')} labels for ${count} examples`,
        hint: 'do both files belong together?',
      },
    ]);
  }
  if (count === 0 || rest.some((size) => size === 0))
    return fail([{ code: 'idx-empty', path: options.path, message: 'the file holds no data' }]);
  const classes = 1 + labels.value.data.reduce((a, b) => Math.max(a, b), 0);
  if (classes < 2)
    return fail([
      {
        code: 'idx-classes',
        path: options.labels,
        message: 'all labels are 0: there is nothing to tell apart',
      },
    ]);
  const features = rest.reduce((a, b) => a * b, 1);
  const input: Shape =
    rest.length === 2
      ? [rest[0]!, rest[1]!, 1]
      : rest.length === 3
        ? [rest[0]!, rest[1]!, rest[2]!]
        : [1, 1, features];
  const dealt = dealRows(
    options.path,
    Float64Array.from(images.value.data, (x) => x / 255),
    Float64Array.from(labels.value.data),
    count!,
    options,
  );
  return dealt.ok
    ? ok({
        name: 'idx',
        signature: { input, target: { kind: 'classification', classes } },
        splits: dealt.value,
        untrainedLoss: log(classes),
      })
    : dealt;
}
