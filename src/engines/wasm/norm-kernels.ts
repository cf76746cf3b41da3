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
  /** v128: all ones in the lanes that belong to the group; null where all do. */
  readonly mask: number | null;
  readonly channels: number;
}

/** A group of `channels` channels, and its bytes in whole vectors. */
export interface Channels {
  readonly code: Code;
  readonly offset: number;
  readonly mask: number;
  readonly channels: number;
  readonly wholeBytes: number;
}

export function createGroup(code: Code, channels: number): Channels {
  const [offset, mask, wholeBytes] = [code.local('i32'), code.local('v128'), code.local('i32')];
  const group = { code, offset, mask, channels, wholeBytes };
  measureGroup(group);
  return group;
}

/** Where its size changes, to be done again. */
export function measureGroup({ code, mask, channels, wholeBytes }: Channels): void {
  code.get(channels).i32(2).op('i32.shl').i32(-16).op('i32.and').set(wholeBytes);
  lastVectorMask(code, channels);
  code.set(mask);
}

/** body() for each vector of a group: whole ones, then one in which only some lanes belong to it. */
export function overChannels(
  { code, offset, mask, channels, wholeBytes }: Channels,
  body: (group: Group) => void,
): void {
  code.i32(0).set(offset);
  code.while(
    () => code.get(offset).get(wholeBytes).op('i32.lt_s'),
    () => {
      body({ code, offset, mask: null, channels });
      code.advance(offset, 16);
    },
  );
  code.get(channels).i32(3).op('i32.and');
  code.if(() => body({ code, offset, mask, channels }));
}

/** Leaves the address of the vector of a group at `pointer`. */
const at = ({ code, offset }: Group, pointer: number) => code.get(pointer).get(offset).op('i32.add');

/** Leaves the vector. */
export const vector = (group: Group, pointer: number) => at(group, pointer).access('v128.load');

/** pointer's vector = what `value` leaves, in the lanes of the group. */
export function store(group: Group, pointer: number, value: () => void): void {
  at(group, pointer);
  value();
  if (group.mask !== null) vector(group, pointer).get(group.mask).op('v128.bitselect');
  group.code.access('v128.store');
}

/** total += what `value` leaves, in the lanes of the group. */
export function addTo({ code, mask }: Group, total: number, value: () => void): void {
  value();
  if (mask !== null) code.get(mask).op('v128.and');
  code.get(total).op('f32x4.add').set(total);
}

/** Leaves the mean over the group of the lanes summed in `total`, in all lanes. */
function groupMean({ code, channels }: Channels, total: number): void {
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
      const all = createGroup(code, channels);
      countDown(code, rows, () => {
        code.get(x).set(xg).get(stats).set(sg).get(out).set(og).get(groups).set(left);
        countDown(code, left, () => {
          code.lanes(0).set(mean).lanes(0).set(sum);
          code.get(centred).if(() => {
            overChannels(all, (group) => addTo(group, mean, () => vector(group, xg)));
            groupMean(all, mean);
            code.set(mean);
          });
          overChannels(all, (group) => {
            vector(group, xg).get(mean).op('f32x4.sub').set(d);
            addTo(group, sum, () => code.get(d).get(d).op('f32x4.mul'));
          });
          code.lanes(1);
          groupMean(all, sum);
          code.lanes(epsilon).op('f32x4.add', 'f32x4.sqrt', 'f32x4.div').set(inverse);
          for (const [place, value] of [mean, inverse].entries())
            code
              .get(sg)
              .get(value)
              .lane('f32x4.extract_lane', 0)
              .access('f32.store', 4 * place);
          overChannels(all, (group) => {
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
      const all = createGroup(code, channels);
      const setXhat = (group: Group) =>
        vector(group, xg).get(mean).op('f32x4.sub').get(inverse).op('f32x4.mul').set(xhat);
      const clear = (pointer: number) =>
        overChannels(all, (group) => store(group, pointer, () => code.lanes(0)));
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
          overChannels(all, (group) => {
            setXhat(group);
            vector(group, yg).set(d);
            store(group, dgain, () => vector(group, dgain).get(d).get(xhat).op('f32x4.mul', 'f32x4.add'));
            code.get(dbias).if(() => store(group, dbias, () => vector(group, dbias).get(d).op('f32x4.add')));
            vector(group, gain).get(d).op('f32x4.mul').set(d);
            addTo(group, meanHat, () => code.get(d));
            addTo(group, projection, () => code.get(d).get(xhat).op('f32x4.mul'));
          });
          groupMean(all, meanHat);
          code.i32(0).get(centred).op('i32.sub', 'i32x4.splat', 'v128.and').set(meanHat);
          groupMean(all, projection);
          code.set(projection);
          overChannels(all, (group) => {
            setXhat(group);
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
      const all = createGroup(code, channels);
      countDown(code, rows, () => {
        code.get(x).set(xg).get(out).set(og).get(groups).set(left);
        countDown(code, left, () => {
          overChannels(all, (group) =>
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
      const all = createGroup(code, channels);
      overChannels(all, (group) => store(group, dgain, () => code.lanes(0)));
      countDown(code, rows, () => {
        code.get(x).set(xg).get(dy).set(yg).get(dx).set(dg).get(groups).set(left);
        countDown(code, left, () => {
          overChannels(all, (group) => {
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
