/** A made-up data set in the files of MNIST: ten classes of images, each a pattern of its own under noise. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '../src/random/stream.ts';

const classes = 10;

export interface IdxFiles {
  readonly path: string;
  readonly labels: string;
}

/** Writes `count` images of side x side bytes and their labels. */
export function writeMadeUpIdx(folder: string, count: number, side: number): IdxFiles {
  const random = stream('bench/idx');
  const features = side * side;
  const patterns = Array.from({ length: classes * features }, () => random.below(128));
  const images = header([count, side, side], count * features);
  const labels = header([count], count);
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    labels.bytes[labels.from + i] = label;
    for (let j = 0; j < features; j++)
      images.bytes[images.from + i * features + j] =
        patterns[label * features + j]! + (random.uint32() & 127);
  }
  const files = { path: join(folder, 'images.idx'), labels: join(folder, 'labels.idx') };
  writeFileSync(files.path, images.bytes);
  writeFileSync(files.labels, labels.bytes);
  return files;
}

/** Magic (unsigned bytes), the number of sizes, the sizes; the data begin at `from`. */
function header(sizes: readonly number[], length: number): { readonly bytes: Buffer; readonly from: number } {
  const from = 4 + 4 * sizes.length;
  const bytes = Buffer.alloc(from + length);
  bytes[2] = 8;
  bytes[3] = sizes.length;
  sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
  return { bytes, from };
}
