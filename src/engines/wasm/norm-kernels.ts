/** Norms and channel scales over groups of channels inside a row. Groups may have any size, so these are scalar loops with float64 sums. */
import type { Code, ModuleBuilder } from './assembler.ts';
import { countDown } from './loops.ts';

const epsilon = 1e-5;

/** for k in 0..channels: body, with `offset` = 4 k in a local. */
function overChannels(code: Code, offset: number, channels: number, body: () => void): void {
  code.i32(0).set(offset);
  code.while(
    () => code.get(offset).get(channels).i32(2).op('i32.shl', 'i32.lt_s'),
    () => {
      body();
      code.advance(offset, 4);
    },
  );
}

/** The f64 value at pointer + offset. */
const element = (code: Code, pointer: number, offset: number) =>
  code.get(pointer).get(offset).op('i32.add').access('f32.load').op('f64.promote_f32');

const at = (code: Code, pointer: number, offset: number) => code.get(pointer).get(offset).op('i32.add');

export function defineNormKernels(module: ModuleBuilder): void {
  defineNorm(module);
  defineNormGrad(module);
  defineChannelScale(module);
  defineChannelScaleGrad(module);
}

/** norm(x, gain, bias or 0, stats, out, stride, statsStride, rows, groups, channels, centred) */
function defineNorm(module: ModuleBuilder): void {
  module.function(
    Array.from({ length: 11 }, () => 'i32' as const),
    [],
    (code) => {
      const [x, gain, bias, stats, out, stride, statsStride, rows, groups, channels, centred] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ];
      const [xg, sg, og, left, offset] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      const [mean, sum, inverse, d] = [
        code.local('f64'),
        code.local('f64'),
        code.local('f64'),
        code.local('f64'),
      ];
      countDown(code, rows!, () => {
        code.get(x!).set(xg).get(stats!).set(sg).get(out!).set(og).get(groups!).set(left);
        countDown(code, left, () => {
          code.f64(0).set(mean).f64(0).set(sum);
          code.get(centred!).if(() => {
            overChannels(code, offset, channels!, () =>
              element(code.get(mean), xg, offset).op('f64.add').set(mean),
            );
            code.get(mean).get(channels!).op('f64.convert_i32_s', 'f64.div').set(mean);
          });
          overChannels(code, offset, channels!, () => {
            element(code, xg, offset)
              .get(mean)
              .op('f64.sub')
              .tee(d)
              .get(d)
              .op('f64.mul')
              .get(sum)
              .op('f64.add')
              .set(sum);
          });
          code
            .f64(1)
            .get(sum)
            .get(channels!)
            .op('f64.convert_i32_s', 'f64.div')
            .f64(epsilon)
            .op('f64.add', 'f64.sqrt', 'f64.div')
            .set(inverse);
          code
            .get(sg)
            .get(mean)
            .op('f32.demote_f64')
            .access('f32.store')
            .get(sg)
            .get(inverse)
            .op('f32.demote_f64')
            .access('f32.store', 4);
          overChannels(code, offset, channels!, () => {
            at(code, og, offset);
            element(code, xg, offset).get(mean).op('f64.sub').get(inverse).op('f64.mul');
            element(code, gain!, offset).op('f64.mul').set(d);
            code.get(bias!).if(() => element(code.get(d), bias!, offset).op('f64.add').set(d));
            code.get(d).op('f32.demote_f64').access('f32.store');
          });
          for (const pointer of [xg, og])
            code.get(pointer).get(channels!).i32(2).op('i32.shl', 'i32.add').set(pointer);
          code.advance(sg, 8);
        });
        for (const pointer of [x!, out!]) code.get(pointer).get(stride!).op('i32.add').set(pointer);
        code.get(stats!).get(statsStride!).op('i32.add').set(stats!);
      });
    },
    'norm',
  );
}

/** normGrad(x, gain, stats, dy, dx, dgain, dbias or 0, stride, statsStride, rows, groups, channels, centred, keep): dgain and dbias must be 0 before. */
function defineNormGrad(module: ModuleBuilder): void {
  module.function(
    Array.from({ length: 14 }, () => 'i32' as const),
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
      ] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
      const [xg, sg, yg, dg, left, offset] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      const [mean, inverse, meanHat, projection, xhat, d] = Array.from({ length: 6 }, () =>
        code.local('f64'),
      ) as [number, number, number, number, number, number];
      const setXhat = () =>
        element(code, xg, offset).get(mean).op('f64.sub').get(inverse).op('f64.mul').set(xhat);
      const addTo = (pointer: number) => {
        at(code, pointer, offset);
        element(code, pointer, offset);
      };
      for (const pointer of [dgain!, dbias!])
        code
          .get(pointer)
          .if(() =>
            overChannels(code, offset, channels!, () => at(code, pointer, offset).f32(0).access('f32.store')),
          );
      countDown(code, rows!, () => {
        code.get(x!).set(xg).get(stats!).set(sg).get(dy!).set(yg).get(dx!).set(dg).get(groups!).set(left);
        countDown(code, left, () => {
          code
            .get(sg)
            .access('f32.load')
            .op('f64.promote_f32')
            .set(mean)
            .get(sg)
            .access('f32.load', 4)
            .op('f64.promote_f32')
            .set(inverse);
          code.f64(0).set(meanHat).f64(0).set(projection);
          overChannels(code, offset, channels!, () => {
            setXhat();
            element(code, yg, offset).set(d);
            addTo(dgain!);
            code.get(d).get(xhat).op('f64.mul', 'f64.add', 'f32.demote_f64').access('f32.store');
            code.get(dbias!).if(() => {
              addTo(dbias!);
              code.get(d).op('f64.add', 'f32.demote_f64').access('f32.store');
            });
            element(code.get(d), gain!, offset).op('f64.mul').set(d);
            code
              .get(meanHat)
              .get(d)
              .op('f64.add')
              .set(meanHat)
              .get(projection)
              .get(d)
              .get(xhat)
              .op('f64.mul', 'f64.add')
              .set(projection);
          });
          code
            .get(meanHat)
            .get(channels!)
            .op('f64.convert_i32_s', 'f64.div')
            .f64(0)
            .get(centred!)
            .op('select')
            .set(meanHat);
          code.get(projection).get(channels!).op('f64.convert_i32_s', 'f64.div').set(projection);
          overChannels(code, offset, channels!, () => {
            setXhat();
            at(code, dg, offset);
            element(code, yg, offset);
            element(code, gain!, offset)
              .op('f64.mul')
              .get(meanHat)
              .op('f64.sub')
              .get(xhat)
              .get(projection)
              .op('f64.mul', 'f64.sub')
              .get(inverse)
              .op('f64.mul');
            element(code, dg, offset)
              .f64(0)
              .get(keep!)
              .op('select', 'f64.add', 'f32.demote_f64')
              .access('f32.store');
          });
          for (const pointer of [xg, yg, dg])
            code.get(pointer).get(channels!).i32(2).op('i32.shl', 'i32.add').set(pointer);
          code.advance(sg, 8);
        });
        for (const pointer of [x!, dy!, dx!]) code.get(pointer).get(stride!).op('i32.add').set(pointer);
        code.get(stats!).get(statsStride!).op('i32.add').set(stats!);
      });
    },
    'normGrad',
  );
}

/** channelScale(x, gain, out, stride, rows, groups, channels) */
function defineChannelScale(module: ModuleBuilder): void {
  module.function(
    Array.from({ length: 7 }, () => 'i32' as const),
    [],
    (code) => {
      const [x, gain, out, stride, rows, groups, channels] = [0, 1, 2, 3, 4, 5, 6];
      const [xg, og, left, offset] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      countDown(code, rows!, () => {
        code.get(x!).set(xg).get(out!).set(og).get(groups!).set(left);
        countDown(code, left, () => {
          overChannels(code, offset, channels!, () => {
            at(code, og, offset);
            at(code, xg, offset).access('f32.load');
            at(code, gain!, offset).access('f32.load').op('f32.mul').access('f32.store');
          });
          for (const pointer of [xg, og])
            code.get(pointer).get(channels!).i32(2).op('i32.shl', 'i32.add').set(pointer);
        });
        for (const pointer of [x!, out!]) code.get(pointer).get(stride!).op('i32.add').set(pointer);
      });
    },
    'channelScale',
  );
}

/** channelScaleGrad(x, gain, dy, dx, dgain, stride, rows, groups, channels, keep) */
function defineChannelScaleGrad(module: ModuleBuilder): void {
  module.function(
    Array.from({ length: 10 }, () => 'i32' as const),
    [],
    (code) => {
      const [x, gain, dy, dx, dgain, stride, rows, groups, channels, keep] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
      const [xg, yg, dg, left, offset] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      overChannels(code, offset, channels!, () => at(code, dgain!, offset).f32(0).access('f32.store'));
      countDown(code, rows!, () => {
        code.get(x!).set(xg).get(dy!).set(yg).get(dx!).set(dg).get(groups!).set(left);
        countDown(code, left, () => {
          overChannels(code, offset, channels!, () => {
            at(code, dgain!, offset);
            element(code, dgain!, offset);
            element(code, xg, offset);
            element(code, yg, offset).op('f64.mul', 'f64.add', 'f32.demote_f64').access('f32.store');
            at(code, dg, offset);
            at(code, yg, offset).access('f32.load');
            at(code, gain!, offset).access('f32.load').op('f32.mul');
            at(code, dg, offset)
              .access('f32.load')
              .f32(0)
              .get(keep!)
              .op('select', 'f32.add')
              .access('f32.store');
          });
          for (const pointer of [xg, yg, dg])
            code.get(pointer).get(channels!).i32(2).op('i32.shl', 'i32.add').set(pointer);
        });
        for (const pointer of [x!, dy!, dx!]) code.get(pointer).get(stride!).op('i32.add').set(pointer);
      });
    },
    'channelScaleGrad',
  );
}
