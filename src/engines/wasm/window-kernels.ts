/**
 * Kernels over windows of positions. Where a window lies is a table in memory, made once for a genome: runs of neighbouring numbers to copy (patches, reshapes), or the byte
 * offset in its example's row of what lies under each tap, -1 for padding (depthwise, pool). Channels are taken four at a time.
 */
import type { Code, ModuleBuilder } from './assembler.ts';
import {
  createGroup,
  type Group,
  ints,
  locals,
  moveOn,
  nextRow,
  overChannels,
  overVectorsTogether,
  store,
  vector,
} from './channel-groups.ts';
import { countDown, lastVectorMask, overVectors } from './loops.ts';

/** Adds them to the kernel module. */
export function defineWindowKernels(module: ModuleBuilder): void {
  defineRuns(module, 'copyRuns', false);
  defineRuns(module, 'addRuns', true);
  defineDepthwise(module);
  defineDepthwiseGrad(module);
  definePool(module, 'max');
  definePool(module, 'mean');
  definePoolGrad(module, 'max');
  definePoolGrad(module, 'mean');
}

/** <name>(from, fromBytes, into, intoBytes, examples, table, runs): a run is its byte offsets in the rows of one example on both sides and how many numbers it has. */
function defineRuns(module: ModuleBuilder, name: string, accumulate: boolean): void {
  module.function(
    ints(7),
    [],
    (code) => {
      const [from, fromBytes, into, intoBytes, examples, table, runs] = [0, 1, 2, 3, 4, 5, 6] as const;
      const [entry, left, count, source, target, vectors] = locals(code, 'i32', 6);
      const value = () => {
        code.get(source).access('v128.load');
        if (accumulate) code.get(target).access('v128.load').op('f32x4.add');
      };
      countDown(code, examples, () => {
        code.get(table).set(entry).get(runs).set(left);
        countDown(code, left, () => {
          code.get(from).get(entry).access('i32.load').op('i32.add').set(source);
          code.get(into).get(entry).access('i32.load', 4).op('i32.add').set(target);
          code.get(entry).access('i32.load', 8).tee(count).i32(2).op('i32.shr_u').set(vectors);
          overVectors(code, vectors, [source, target], () => {
            code.get(target);
            value();
            code.access('v128.store');
          });
          code
            .get(count)
            .i32(3)
            .op('i32.and')
            .if(() => {
              code.get(target);
              value();
              code.get(target).access('v128.load');
              lastVectorMask(code, count);
              code.op('v128.bitselect').access('v128.store');
            });
          code.advance(entry, 12);
        });
        nextRow(code, [from], fromBytes);
        nextRow(code, [into], intoBytes);
      });
    },
    name,
  );
}

/** Emits a loop over the taps of one window. body() runs for taps that are not on padding, with the tap's byte offset in `under`; advanced() runs after every tap. */
function overTaps(
  code: Code,
  { entry, taps, under, at, left }: Taps,
  body: () => void,
  advanced: () => void = () => {},
): void {
  code.get(entry).set(at).get(taps).set(left);
  countDown(code, left, () => {
    code.get(at).access('i32.load').tee(under).i32(0).op('i32.ge_s').if(body);
    code.advance(at, 4);
    advanced();
  });
}

interface Taps {
  /** The window's first entry in the table. */
  readonly entry: number;
  readonly taps: number;
  readonly under: number;
  readonly at: number;
  readonly left: number;
}

/** Leaves the vector of x under the tap. */
const vectorUnder = (code: Code, x: number, taps: Taps, group: Group) =>
  addressUnder(code, x, taps, group).access('v128.load', group.behind);
const addressUnder = (code: Code, x: number, { under }: Taps, { offset }: Group) =>
  code.get(x).get(under).op('i32.add').get(offset).op('i32.add');

/** What is under the tap at `pointer` += what `value` leaves, in the lanes of the group. */
function addUnder(code: Code, pointer: number, taps: Taps, group: Group, value: () => void): void {
  addressUnder(code, pointer, taps, group);
  value();
  vectorUnder(code, pointer, taps, group).op('f32x4.add');
  if (group.mask !== null) vectorUnder(code, pointer, taps, group).get(group.mask).op('v128.bitselect');
  code.access('v128.store', group.behind);
}

/** Emits a loop over the windows of all examples. In body() the copies of `pointers` point to the channels of the present window. */
function overWindows(
  code: Code,
  place: {
    readonly examples: number;
    readonly windows: number;
    readonly table: number;
    readonly taps: number;
    readonly channels: number;
  },
  rows: readonly (readonly [pointer: number, bytes: number])[],
  pointers: readonly number[],
  body: (taps: Taps, copies: readonly number[]) => void,
): void {
  const [entry, under, at, left, window] = locals(code, 'i32', 5);
  const copies = pointers.map(() => code.local('i32'));
  countDown(code, place.examples, () => {
    code.get(place.table).set(entry).get(place.windows).set(window);
    for (const [i, pointer] of pointers.entries()) code.get(pointer).set(copies[i]!);
    countDown(code, window, () => {
      body({ entry, taps: place.taps, under, at, left }, copies);
      code.get(entry).get(place.taps).i32(2).op('i32.shl', 'i32.add').set(entry);
      moveOn(code, copies, place.channels);
    });
    for (const [pointer, bytes] of rows) nextRow(code, [pointer], bytes);
  });
}

/** Vectors of channels that share one walk over the taps. */
const together = 4;

/** depthwise(x, xBytes, weight, weightBytes, bias or 0, out, outBytes, examples, table, windows, taps, channels, alpha) */
function defineDepthwise(module: ModuleBuilder): void {
  module.function(
    [...ints(12), 'f32'],
    [],
    (code) => {
      const [x, xBytes, weight, weightBytes, bias, out, outBytes, examples, table, windows, taps, channels] =
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
      const alpha = 12;
      const all = createGroup(code, channels);
      const [sums, row] = [locals(code, 'v128', together), code.local('i32')];
      overWindows(
        code,
        { examples, windows, table, taps, channels },
        [
          [x, xBytes],
          [out, outBytes],
        ],
        [out],
        (tap, [og]) =>
          overVectorsTogether(all, together, (groups) => {
            for (const i of groups.keys()) code.lanes(0).set(sums[i]!);
            code.get(weight).set(row);
            overTaps(
              code,
              tap,
              () => {
                for (const [i, group] of groups.entries()) {
                  vectorUnder(code, x, tap, group);
                  vector(group, row).op('f32x4.mul').get(sums[i]!).op('f32x4.add').set(sums[i]!);
                }
              },
              () => nextRow(code, [row], weightBytes),
            );
            for (const [i, group] of groups.entries()) {
              const sum = sums[i]!;
              code.get(sum).get(alpha).op('f32x4.splat', 'f32x4.mul').set(sum);
              code.get(bias).if(() => vector(group, bias).get(sum).op('f32x4.add').set(sum));
              store(group, og!, () => code.get(sum));
            }
          }),
      );
    },
    'depthwise',
  );
}

/** depthwiseGrad(x, xBytes, weight, weightBytes, dy, dyBytes, dx, dweight, dbias or 0, examples, table, windows, taps, channels, alpha) adds to dx, dweight and dbias. */
function defineDepthwiseGrad(module: ModuleBuilder): void {
  module.function(
    [...ints(14), 'f32'],
    [],
    (code) => {
      const [x, xBytes, weight, weightBytes, dy, dyBytes, dx, dweight, dbias] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8,
      ] as const;
      const [examples, table, windows, taps, channels, alpha] = [9, 10, 11, 12, 13, 14] as const;
      const all = createGroup(code, channels);
      const slopes = locals(code, 'v128', together);
      const [row, drow] = locals(code, 'i32', 2);
      overWindows(
        code,
        { examples, windows, table, taps, channels },
        [
          [x, xBytes],
          [dx, xBytes],
          [dy, dyBytes],
        ],
        [dy],
        (tap, [yg]) =>
          overVectorsTogether(all, together, (groups) => {
            for (const [i, group] of groups.entries()) {
              const slope = slopes[i]!;
              vector(group, yg!).set(slope);
              code
                .get(dbias)
                .if(() => store(group, dbias, () => vector(group, dbias).get(slope).op('f32x4.add')));
              code.get(slope).get(alpha).op('f32x4.splat', 'f32x4.mul').set(slope);
            }
            code.get(weight).set(row).get(dweight).set(drow);
            overTaps(
              code,
              tap,
              () => {
                for (const [i, group] of groups.entries()) {
                  const slope = slopes[i]!;
                  store(group, drow, () => {
                    vectorUnder(code, x, tap, group).get(slope).op('f32x4.mul');
                    vector(group, drow).op('f32x4.add');
                  });
                  addUnder(code, dx, tap, group, () => vector(group, row).get(slope).op('f32x4.mul'));
                }
              },
              () => nextRow(code, [row, drow], weightBytes),
            );
          }),
      );
    },
    'depthwiseGrad',
  );
}

/** Leaves 1 / taps in all lanes. */
const share = (code: Code, taps: number) =>
  code.f32(1).get(taps).op('f32.convert_i32_s', 'f32.div', 'f32x4.splat');

/** pool_<kind>(x, xBytes, out, outBytes, examples, table, windows, taps, channels) */
function definePool(module: ModuleBuilder, kind: 'max' | 'mean'): void {
  module.function(
    ints(9),
    [],
    (code) => {
      const [x, xBytes, out, outBytes, examples, table, windows, taps, channels] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8,
      ] as const;
      const all = createGroup(code, channels);
      const value = code.local('v128');
      overWindows(
        code,
        { examples, windows, table, taps, channels },
        [
          [x, xBytes],
          [out, outBytes],
        ],
        [out],
        (tap, [og]) =>
          overChannels(all, (group) => {
            code.lanes(kind === 'max' ? Number.NEGATIVE_INFINITY : 0).set(value);
            overTaps(code, tap, () =>
              vectorUnder(code, x, tap, group)
                .get(value)
                .op(kind === 'max' ? 'f32x4.max' : 'f32x4.add')
                .set(value),
            );
            store(group, og!, () => {
              code.get(value);
              if (kind === 'mean') share(code, taps).op('f32x4.mul');
            });
          }),
      );
    },
    `pool_${kind}`,
  );
}

/** poolGrad_<kind>(x, xBytes, y, dy, yBytes, dx, examples, table, windows, taps, channels) adds to dx. */
function definePoolGrad(module: ModuleBuilder, kind: 'max' | 'mean'): void {
  module.function(
    ints(11),
    [],
    (code) => {
      const [x, xBytes, y, dy, yBytes, dx, examples, table, windows, taps, channels] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ] as const;
      const all = createGroup(code, channels);
      const [value, slope, untaken, here] = locals(code, 'v128', 4);
      overWindows(
        code,
        { examples, windows, table, taps, channels },
        [
          [x, xBytes],
          [dx, xBytes],
          [y, yBytes],
          [dy, yBytes],
        ],
        [y, dy],
        (tap, [yg, dg]) =>
          overChannels(all, (group) => {
            vector(group, dg!);
            if (kind === 'mean') share(code, taps).op('f32x4.mul');
            code.set(slope);
            vector(group, yg!).set(value).i32(-1).op('i32x4.splat').set(untaken);
            overTaps(code, tap, () => {
              if (kind === 'mean') {
                addUnder(code, dx, tap, group, () => code.get(slope));
                return;
              }
              vectorUnder(code, x, tap, group).get(value);
              code.op('f32x4.eq').get(untaken).op('v128.and').set(here);
              code.get(untaken).get(here).op('v128.andnot').set(untaken);
              addUnder(code, dx, tap, group, () => code.get(slope).get(here).op('v128.and'));
            });
          }),
      );
    },
    `poolGrad_${kind}`,
  );
}
