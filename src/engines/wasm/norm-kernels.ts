/** Norms and channel scales over groups of channels inside a row. */
import type { ModuleBuilder } from './assembler.ts';
import {
  addTo,
  type Channels,
  createGroup,
  type Group,
  ints,
  locals,
  moveOn,
  nextRow,
  overChannels,
  store,
  vector,
} from './channel-groups.ts';
import { countDown } from './loops.ts';

const epsilon = 1e-5;
const unroll = 4;

/** Adds them to the kernel module. */
export function defineNormKernels(module: ModuleBuilder): void {
  defineNorm(module);
  defineNormGrad(module);
  defineChannelScale(module);
  defineChannelScaleGrad(module);
}

/** Adds up the lanes of `total`, divides by the channels of the group, and leaves the quotient in all lanes. */
function groupMean({ code, channels }: Channels, total: number): void {
  for (let lane = 0; lane < 4; lane++) {
    code.get(total).lane('f32x4.extract_lane', lane);
    if (lane > 0) code.op('f32.add');
  }
  code.get(channels).op('f32.convert_i32_s', 'f32.div', 'f32x4.splat');
}

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
            overChannels(all, (group) => addTo(group, mean, () => vector(group, xg)), unroll);
            groupMean(all, mean);
            code.set(mean);
          });
          overChannels(
            all,
            (group) => {
              vector(group, xg).get(mean).op('f32x4.sub').set(d);
              addTo(group, sum, () => code.get(d).get(d).op('f32x4.mul'));
            },
            unroll,
          );
          code.lanes(1);
          groupMean(all, sum);
          code.lanes(epsilon).op('f32x4.add', 'f32x4.sqrt', 'f32x4.div').set(inverse);
          for (const [place, value] of [mean, inverse].entries())
            code
              .get(sg)
              .get(value)
              .lane('f32x4.extract_lane', 0)
              .access('f32.store', 4 * place);
          const scaled = (group: Group) => {
            vector(group, xg).get(mean).op('f32x4.sub').get(inverse).op('f32x4.mul');
            vector(group, gain).op('f32x4.mul');
          };
          const shifted = (group: Group) => {
            vector(group, bias);
            scaled(group);
            code.op('f32x4.add');
          };
          const write = (value: (group: Group) => void) =>
            overChannels(all, (group) => store(group, og, () => value(group)), unroll);
          code.get(bias).if(
            () => write(shifted),
            () => write(scaled),
          );
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
          const sumUp = (shifts: boolean) =>
            overChannels(
              all,
              (group) => {
                setXhat(group);
                vector(group, yg).set(d);
                store(group, dgain, () => vector(group, dgain).get(d).get(xhat).op('f32x4.mul', 'f32x4.add'));
                if (shifts) store(group, dbias, () => vector(group, dbias).get(d).op('f32x4.add'));
                vector(group, gain).get(d).op('f32x4.mul').set(d);
                addTo(group, meanHat, () => code.get(d));
                addTo(group, projection, () => code.get(d).get(xhat).op('f32x4.mul'));
              },
              unroll,
            );
          code.get(dbias).if(
            () => sumUp(true),
            () => sumUp(false),
          );
          groupMean(all, meanHat);
          code.i32(0).get(centred).op('i32.sub', 'i32x4.splat', 'v128.and').set(meanHat);
          groupMean(all, projection);
          code.set(projection);
          overChannels(
            all,
            (group) => {
              setXhat(group);
              store(group, dg, () => {
                vector(group, yg);
                vector(group, gain).op('f32x4.mul').get(meanHat).op('f32x4.sub');
                code.get(xhat).get(projection).op('f32x4.mul', 'f32x4.sub').get(inverse).op('f32x4.mul');
                vector(group, dg).get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
              });
            },
            unroll,
          );
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
