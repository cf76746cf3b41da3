/**
 * Norms and channel scales over groups of channels inside a row, four channels at a time. A group may have any size and begin anywhere: the lanes of its last vector that
 * belong to the next group, or lie behind the row, count as nothing and are written back as they were.
 */
import type { Code, ModuleBuilder } from './assembler.ts';
import { countDown, lastVectorMask } from './loops.ts';

const epsilon = 1e-5;

export function defineNormKernels(module: ModuleBuilder): void {
  defineNorm(module);
  defineNormGrad(module);
  defineChannelScale(module);
  defineChannelScaleGrad(module);
}

/** What a kernel over groups shares with its parts. */
export interface Group {
  readonly code: Code;
  /** Bytes from the start of the group. */
  readonly offset: number;
  /** v128: all ones in the lanes that belong to the group. */
  readonly mask: number;
  readonly channels: number;
}

export const createGroup = (code: Code, channels: number): Group => ({
  code,
  channels,
  offset: code.local('i32'),
  mask: code.local('v128'),
});

/** body() for each vector of a group. */
export function overChannels({ code, offset, mask, channels }: Group, body: () => void): void {
  code.i32(0).set(offset).i32(-1).op('i32x4.splat').set(mask);
  code.while(
    () => code.get(offset).get(channels).i32(2).op('i32.shl', 'i32.lt_s'),
    () => {
      code.get(offset).i32(16).op('i32.add').get(channels).i32(2).op('i32.shl', 'i32.gt_s');
      code.if(() => {
        lastVectorMask(code, channels);
        code.set(mask);
      });
      body();
      code.advance(offset, 16);
    },
  );
}

/** Leaves the address of the vector of a group at `pointer`. */
const at = ({ code, offset }: Group, pointer: number) => code.get(pointer).get(offset).op('i32.add');

/** Leaves the vector. */
export const vector = (group: Group, pointer: number) => at(group, pointer).access('v128.load');

/** pointer's vector = what `value` leaves, in the lanes of the group. */
export function store(group: Group, pointer: number, value: () => void): void {
  at(group, pointer);
  value();
  vector(group, pointer).get(group.mask).op('v128.bitselect').access('v128.store');
}

/** total += what `value` leaves, in the lanes of the group. */
export function addTo({ code, mask }: Group, total: number, value: () => void): void {
  value();
  code.get(mask).op('v128.and').get(total).op('f32x4.add').set(total);
}

/** Leaves the mean over the group of the lanes summed in `total`, in all lanes. */
function groupMean({ code, channels }: Group, total: number): void {
  for (let lane = 0; lane < 4; lane++) {
    code.get(total).lane('f32x4.extract_lane', lane);
    if (lane > 0) code.op('f32.add');
  }
  code.get(channels).op('f32.convert_i32_s', 'f32.div', 'f32x4.splat');
}

/** The next group, and the next row. */
export function moveOn(code: Code, pointers: readonly number[], channels: number): void {
  for (const pointer of pointers)
    code.get(pointer).get(channels).i32(2).op('i32.shl', 'i32.add').set(pointer);
}
export function nextRow(code: Code, pointers: readonly number[], stride: number): void {
  for (const pointer of pointers) code.get(pointer).get(stride).op('i32.add').set(pointer);
}

export const ints = (count: number) => Array.from({ length: count }, () => 'i32' as const);
export const locals = (code: Code, type: 'i32' | 'v128', count: number) =>
  Array.from({ length: count }, () => code.local(type)) as [number, number, number, number, number, number];

/** norm(x, gain, bias or 0, stats, out, stride, statsStride, rows, groups, channels, centred) */
function defineNorm(module: ModuleBuilder): void {
  module.function(
    ints(11),
    [],
    (code) => {
      const [x, gain, bias, stats, out, stride, statsStride, rows, groups, channels, centred] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ] as const;
      const [xg, sg, og, left] = locals(code, 'i32', 4);
      const [mean, inverse, sum, d] = locals(code, 'v128', 4);
      const group = createGroup(code, channels);
      countDown(code, rows, () => {
        code.get(x).set(xg).get(stats).set(sg).get(out).set(og).get(groups).set(left);
        countDown(code, left, () => {
          code.lanes(0).set(mean).lanes(0).set(sum);
          code.get(centred).if(() => {
            overChannels(group, () => addTo(group, mean, () => vector(group, xg)));
            groupMean(group, mean);
            code.set(mean);
          });
          overChannels(group, () => {
            vector(group, xg).get(mean).op('f32x4.sub').set(d);
            addTo(group, sum, () => code.get(d).get(d).op('f32x4.mul'));
          });
          code.lanes(1);
          groupMean(group, sum);
          code.lanes(epsilon).op('f32x4.add', 'f32x4.sqrt', 'f32x4.div').set(inverse);
          for (const [place, value] of [mean, inverse].entries())
            code
              .get(sg)
              .get(value)
              .lane('f32x4.extract_lane', 0)
              .access('f32.store', 4 * place);
          overChannels(group, () => {
            vector(group, xg).get(mean).op('f32x4.sub').get(inverse).op('f32x4.mul');
            vector(group, gain).op('f32x4.mul').set(d);
            code.get(bias).if(() => vector(group, bias).get(d).op('f32x4.add').set(d));
            store(group, og, () => code.get(d));
          });
          moveOn(code, [xg, og], channels);
          code.advance(sg, 8);
        });
        nextRow(code, [x, out], stride);
        nextRow(code, [stats], statsStride);
      });
    },
    'norm',
  );
}

/** normGrad(x, gain, stats, dy, dx, dgain, dbias or 0, stride, statsStride, rows, groups, channels, centred, keep). */
function defineNormGrad(module: ModuleBuilder): void {
  module.function(
    ints(14),
    [],
    (code) => {
      const [
        x,
        gain,
        stats,
        dy,
        dx,
        dgain,
        dbias,
        stride,
        statsStride,
        rows,
        groups,
        channels,
        centred,
        keep,
      ] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] as const;
      const [xg, sg, yg, dg, left] = locals(code, 'i32', 5);
      const [mean, inverse, meanHat, projection, xhat, d] = locals(code, 'v128', 6);
      const group = createGroup(code, channels);
      const setXhat = () =>
        vector(group, xg).get(mean).op('f32x4.sub').get(inverse).op('f32x4.mul').set(xhat);
      const clear = (pointer: number) =>
        overChannels(group, () => store(group, pointer, () => code.lanes(0)));
      clear(dgain);
      code.get(dbias).if(() => clear(dbias));
      countDown(code, rows, () => {
        code.get(x).set(xg).get(stats).set(sg).get(dy).set(yg).get(dx).set(dg).get(groups).set(left);
        countDown(code, left, () => {
          for (const [place, value] of [mean, inverse].entries())
            code
              .get(sg)
              .access('v128.load32_splat', 4 * place)
              .set(value);
          code.lanes(0).set(meanHat).lanes(0).set(projection);
          overChannels(group, () => {
            setXhat();
            vector(group, yg).set(d);
            store(group, dgain, () => vector(group, dgain).get(d).get(xhat).op('f32x4.mul', 'f32x4.add'));
            code.get(dbias).if(() => store(group, dbias, () => vector(group, dbias).get(d).op('f32x4.add')));
            vector(group, gain).get(d).op('f32x4.mul').set(d);
            addTo(group, meanHat, () => code.get(d));
            addTo(group, projection, () => code.get(d).get(xhat).op('f32x4.mul'));
          });
          groupMean(group, meanHat);
          code.i32(0).get(centred).op('i32.sub', 'i32x4.splat', 'v128.and').set(meanHat);
          groupMean(group, projection);
          code.set(projection);
          overChannels(group, () => {
            setXhat();
            store(group, dg, () => {
              vector(group, yg);
              vector(group, gain).op('f32x4.mul').get(meanHat).op('f32x4.sub');
              code.get(xhat).get(projection).op('f32x4.mul', 'f32x4.sub').get(inverse).op('f32x4.mul');
              vector(group, dg).get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
            });
          });
          moveOn(code, [xg, yg, dg], channels);
          code.advance(sg, 8);
        });
        nextRow(code, [x, dy, dx], stride);
        nextRow(code, [stats], statsStride);
      });
    },
    'normGrad',
  );
}

/** channelScale(x, gain, out, stride, rows, groups, channels) */
function defineChannelScale(module: ModuleBuilder): void {
  module.function(
    ints(7),
    [],
    (code) => {
      const [x, gain, out, stride, rows, groups, channels] = [0, 1, 2, 3, 4, 5, 6] as const;
      const [xg, og, left] = locals(code, 'i32', 3);
      const group = createGroup(code, channels);
      countDown(code, rows, () => {
        code.get(x).set(xg).get(out).set(og).get(groups).set(left);
        countDown(code, left, () => {
          overChannels(group, () =>
            store(group, og, () => {
              vector(group, xg);
              vector(group, gain).op('f32x4.mul');
            }),
          );
          moveOn(code, [xg, og], channels);
        });
        nextRow(code, [x, out], stride);
      });
    },
    'channelScale',
  );
}

/** channelScaleGrad(x, gain, dy, dx, dgain, stride, rows, groups, channels, keep) */
function defineChannelScaleGrad(module: ModuleBuilder): void {
  module.function(
    ints(10),
    [],
    (code) => {
      const [x, gain, dy, dx, dgain, stride, rows, groups, channels, keep] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ] as const;
      const [xg, yg, dg, left] = locals(code, 'i32', 4);
      const group = createGroup(code, channels);
      overChannels(group, () => store(group, dgain, () => code.lanes(0)));
      countDown(code, rows, () => {
        code.get(x).set(xg).get(dy).set(yg).get(dx).set(dg).get(groups).set(left);
        countDown(code, left, () => {
          overChannels(group, () => {
            store(group, dgain, () => {
              vector(group, dgain);
              vector(group, xg);
              vector(group, yg).op('f32x4.mul', 'f32x4.add');
            });
            store(group, dg, () => {
              vector(group, yg);
              vector(group, gain).op('f32x4.mul');
              vector(group, dg).get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
            });
          });
          moveOn(code, [xg, yg, dg], channels);
        });
        nextRow(code, [x, dy, dx], stride);
      });
    },
    'channelScaleGrad',
  );
}
