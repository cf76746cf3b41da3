/** Losses with their gradients, and the batch mean. Rows are read in vectors; lanes beyond the last column are masked, since padding may hold anything. */
import type { Code, ModuleBuilder } from './assembler.ts';
import { countDown, lastVectorMask } from './loops.ts';
import type { VectorMath } from './vector-math.ts';

/** Stands for minus infinity in lanes that must not count; finite, so that differences of two of them are. */
const veryLow = -3e38;

export function defineLossKernels(module: ModuleBuilder, math: VectorMath): void {
  defineSoftmax(module, math);
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

/** body(isLast mask local holds the lane mask of this vector) for each vector of a row; `offset` runs over 0, 16, ... */
function overRow(code: Code, cols: number, offset: number, mask: number, body: () => void): void {
  code.i32(0).set(offset);
  code.while(
    () => code.get(offset).get(cols).i32(2).op('i32.shl', 'i32.lt_s'),
    () => {
      code
        .get(offset)
        .i32(16)
        .op('i32.add')
        .get(cols)
        .i32(2)
        .op('i32.shl', 'i32.gt_s')
        .if(
          () => {
            lastVectorMask(code, cols);
            code.set(mask);
          },
          () => code.i32(-1).op('i32x4.splat').set(mask),
        );
      body();
      code.advance(offset, 16);
    },
  );
}

function horizontal(code: Code, vector: number, op: 'f32.add' | 'f32.max'): void {
  for (let lane = 0; lane < 4; lane++) {
    code.get(vector).lane('f32x4.extract_lane', lane);
    if (lane > 0) code.op(op);
  }
}

/**
 * softmaxCrossEntropy(logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient or 0, scale): the loss of each row where `loss` is not 0, and
 * gradient = (softmax - onehot) scale where `gradient` is not 0.
 */
function defineSoftmax(module: ModuleBuilder, math: VectorMath): void {
  module.function(
    [...Array.from({ length: 9 }, () => 'i32' as const), 'f32'],
    [],
    (code) => {
      const [logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient, scale] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ];
      const [offset, label, place] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const [mask, v, shift, sums] = [
        code.local('v128'),
        code.local('v128'),
        code.local('v128'),
        code.local('v128'),
      ];
      const [top, total] = [code.local('f32'), code.local('f32')];
      const masked = () =>
        code
          .get(logits!)
          .get(offset)
          .op('i32.add')
          .access('v128.load')
          .lanes(veryLow)
          .get(mask)
          .op('v128.bitselect');
      countDown(code, rows!, () => {
        code.lanes(veryLow).set(v);
        overRow(code, cols!, offset, mask, () => masked().get(v).op('f32x4.max').set(v));
        horizontal(code, v, 'f32.max');
        code.tee(top).op('f32x4.splat').set(shift).lanes(0).set(sums);
        overRow(code, cols!, offset, mask, () => {
          masked()
            .get(shift)
            .op('f32x4.sub')
            .call(math.exp)
            .get(mask)
            .op('v128.and')
            .tee(v)
            .get(sums)
            .op('f32x4.add')
            .set(sums);
          code
            .get(gradient!)
            .if(() => code.get(gradient!).get(offset).op('i32.add').get(v).access('v128.store'));
        });
        horizontal(code, sums, 'f32.add');
        code.set(total).get(target!).access('f32.load').op('i32.trunc_f32_s').set(label);
        code.get(loss!).if(() => {
          code
            .get(loss!)
            .get(total)
            .op('f32x4.splat')
            .call(math.log)
            .lane('f32x4.extract_lane', 0)
            .get(top)
            .op('f32.add');
          code
            .get(logits!)
            .get(label)
            .i32(2)
            .op('i32.shl', 'i32.add')
            .access('f32.load')
            .op('f32.sub')
            .access('f32.store');
          code.get(loss!).get(lossStride!).op('i32.add').set(loss!);
        });
        code.get(gradient!).if(() => {
          code.get(scale!).get(total).op('f32.div', 'f32x4.splat').set(shift);
          overRow(code, cols!, offset, mask, () => {
            code
              .get(gradient!)
              .get(offset)
              .op('i32.add')
              .tee(place)
              .get(place)
              .access('v128.load')
              .get(shift)
              .op('f32x4.mul')
              .access('v128.store');
          });
          code
            .get(gradient!)
            .get(label)
            .i32(2)
            .op('i32.shl', 'i32.add')
            .tee(place)
            .get(place)
            .access('f32.load')
            .get(scale!)
            .op('f32.sub')
            .access('f32.store');
          code.get(gradient!).get(stride!).op('i32.add').set(gradient!);
        });
        code
          .get(logits!)
          .get(stride!)
          .op('i32.add')
          .set(logits!)
          .get(target!)
          .get(targetStride!)
          .op('i32.add')
          .set(target!);
      });
    },
    'softmaxCrossEntropy',
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
