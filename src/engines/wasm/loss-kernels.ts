/** Losses with their gradients, and the batch mean. */
import type { ModuleBuilder } from './assembler.ts';
import { countDown } from './loops.ts';
import { defineSoftmax } from './softmax-kernel.ts';

/** Adds them to the kernel module. */
export function defineLossKernels(module: ModuleBuilder): void {
  defineSoftmax(module);
  defineSquaredError(module);
  defineSquaredErrorGrad(module);
  // mean(x, stride, rows): f64 mean of column 0, rows in order.
  module.function(
    ['i32', 'i32', 'i32'],
    ['f64'],
    (code) => {
      const [sum, n] = [code.local('f64'), code.local('f64')];
      code.get(2).op('f64.convert_i32_s').set(n);
      countDown(code, 2, () =>
        code
          .get(sum)
          .get(0)
          .access('f32.load')
          .op('f64.promote_f32', 'f64.add')
          .set(sum)
          .get(0)
          .get(1)
          .op('i32.add')
          .set(0),
      );
      code.get(sum).get(n).op('f64.div');
    },
    'mean',
  );
}

/** squaredError(prediction, target, stride, loss, lossStride, rows, cols) */
function defineSquaredError(module: ModuleBuilder): void {
  module.function(
    Array.from({ length: 7 }, () => 'i32' as const),
    [],
    (code) => {
      const [prediction, target, stride, loss, lossStride, rows, cols] = [0, 1, 2, 3, 4, 5, 6];
      const [offset] = [code.local('i32')];
      const [sum, d] = [code.local('f64'), code.local('f64')];
      countDown(code, rows!, () => {
        code.f64(0).set(sum).i32(0).set(offset);
        code.while(
          () => code.get(offset).get(cols!).i32(2).op('i32.shl', 'i32.lt_s'),
          () => {
            code.get(prediction!).get(offset).op('i32.add').access('f32.load').op('f64.promote_f32');
            code
              .get(target!)
              .get(offset)
              .op('i32.add')
              .access('f32.load')
              .op('f64.promote_f32', 'f64.sub')
              .tee(d)
              .get(d)
              .op('f64.mul')
              .get(sum)
              .op('f64.add')
              .set(sum);
            code.advance(offset, 4);
          },
        );
        code
          .get(loss!)
          .get(sum)
          .get(cols!)
          .op('f64.convert_i32_s', 'f64.div', 'f32.demote_f64')
          .access('f32.store');
        for (const pointer of [prediction!, target!])
          code.get(pointer).get(stride!).op('i32.add').set(pointer);
        code.get(loss!).get(lossStride!).op('i32.add').set(loss!);
      });
    },
    'squaredError',
  );
}

/** squaredErrorGrad(prediction, target, out, vectors, scale) over whole padded tensors. */
function defineSquaredErrorGrad(module: ModuleBuilder): void {
  module.function(
    ['i32', 'i32', 'i32', 'i32', 'f32'],
    [],
    (code) => {
      code.while(
        () => code.get(3).i32(0).op('i32.gt_s'),
        () => {
          code
            .get(2)
            .get(0)
            .access('v128.load')
            .get(1)
            .access('v128.load')
            .op('f32x4.sub')
            .get(4)
            .op('f32x4.splat', 'f32x4.mul')
            .access('v128.store');
          for (const pointer of [0, 1, 2]) code.advance(pointer, 16);
          code.advance(3, -1);
        },
      );
    },
    'squaredErrorGrad',
  );
}
