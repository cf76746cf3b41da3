/** Loops that kernels are made of, and what lies in low memory: lane masks for the last vector of a row, the bits of 2/pi, and constants. */
import type { Code } from './assembler.ts';

/** Low memory: four lane masks for the last vector of a row, by cols mod 4 (0: all lanes). */
export const laneMasksAddress = 16;
/** Twenty-four words: for each byte of 2/pi, the 32 bits that end with it. Like the masks they are written by whoever instantiates the kernels. */
export const twoOverPiAddress = 80;
/** Constants of the kernels. */
export const kernelConstants = { address: 176, limit: 128 };
/** First address free for data. */
export const firstFreeAddress = kernelConstants.address + 16 * kernelConstants.limit;

/**
 * A loop over `count` vectors; all pointers advance together, and the vectors of a body lie `offset` bytes after them. With `unroll` one round does several vectors, which pays where
 * the body is so cheap that counting would cost as much.
 */
export function overVectors(
  code: Code,
  count: number,
  pointers: readonly number[],
  body: (offset: number) => void,
  unroll = 1,
): void {
  for (const together of unroll === 1 ? [1] : [unroll, 1])
    code.while(
      () =>
        code
          .get(count)
          .i32(together - 1)
          .op('i32.gt_s'),
      () => {
        for (let i = 0; i < together; i++) body(16 * i);
        for (const pointer of pointers) code.advance(pointer, 16 * together);
        code.advance(count, -together);
      },
    );
}

/** Leaves the mask for the last vector of a row of `cols` columns. */
export function lastVectorMask(code: Code, cols: number): void {
  code.get(cols).i32(3).op('i32.and').i32(4).op('i32.shl').access('v128.load', laneMasksAddress);
}

/** A loop of `count` rounds over a local that counts down. */
export function countDown(code: Code, count: number, body: () => void): void {
  code.while(
    () => code.get(count).i32(0).op('i32.gt_s'),
    () => {
      body();
      code.advance(count, -1);
    },
  );
}
