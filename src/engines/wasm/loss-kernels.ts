/** Losses with their gradients, and the batch mean. */
import type { Callable, Code, ModuleBuilder, ValueType } from './assembler.ts';
import { countDown } from './loops.ts';
import type { VectorMath } from './vector-math.ts';

/** Below any logit that matters; finite, so that differences are. */
const veryLow = -3e38;

export function defineLossKernels(module: ModuleBuilder, math: VectorMath): void {
  defineSoftmax(module, math);
  defineSquaredError(module);
  defineSquaredErrorGrad(module);
  defineLogistic(module, math);
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

/**
 * softmaxCrossEntropy(logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient, scale, scratch): the loss of each row, and
 * gradient = (softmax - onehot) scale with padding 0. Four rows at a time lie in the lanes of vectors, one vector of `scratch` for each column; where fewer rows are
 * left, the last one is done again.
 */
function defineSoftmax(module: ModuleBuilder, math: VectorMath): void {
  module.function(
    [...Array.from({ length: 9 }, () => 'i32' as const), 'f32', 'i32'],
    [],
    (code) => {
      const [logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient, scale, scratch] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ] as const;
      const lanes = { logits, target, loss, gradient };
      const strides = { logits: stride, target: targetStride, loss: lossStride, gradient: stride };
      const at = Object.fromEntries(
        Object.keys(lanes).map((name) => [name, Array.from({ length: 4 }, () => code.local('i32'))]),
      ) as unknown as Record<keyof typeof lanes, readonly number[]>;
      const [column, end, label] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const [v, top, total, nats] = [
        code.local('v128'),
        code.local('v128'),
        code.local('v128'),
        code.local('v128'),
      ];
      const overColumns = (body: () => void) => {
        code.get(scratch).set(column);
        code.while(
          () => code.get(column).get(end).op('i32.lt_s'),
          () => {
            body();
            code.advance(column, 16);
          },
        );
      };
      /** The scratch address of a label, in `label`. */
      const findLabel = (lane: number) => {
        code.get(at.target[lane]!).access('f32.load').op('i32.trunc_f32_s').i32(4).op('i32.shl');
        code
          .get(scratch)
          .op('i32.add')
          .i32(4 * lane)
          .op('i32.add')
          .set(label);
      };
      code.get(scratch).get(cols).i32(4).op('i32.shl', 'i32.add').tee(end).set(column);
      for (let padding = 0; padding < 3; padding++) {
        code.get(column).lanes(0).access('v128.store').advance(column, 16);
      }
      code.while(
        () => code.get(rows).i32(0).op('i32.gt_s'),
        () => {
          for (const name of Object.keys(lanes) as (keyof typeof lanes)[])
            for (const [lane, pointer] of at[name].entries()) {
              code.get(lane === 0 ? lanes[name] : at[name][lane - 1]!);
              if (lane > 0)
                code.get(strides[name]).i32(0).get(rows).i32(lane).op('i32.gt_s', 'select', 'i32.add');
              code.set(pointer);
            }
          code.lanes(veryLow).set(top);
          overColumns(() => {
            code.get(at.logits[0]!).access('v128.load32_zero').set(v);
            for (let lane = 1; lane < 4; lane++) code.get(at.logits[lane]!).get(v).loadLane(lane).set(v);
            code.get(column).get(v).access('v128.store').get(v).get(top).op('f32x4.pmax').set(top);
            for (const pointer of at.logits) code.advance(pointer, 4);
          });
          code.lanes(0).set(nats);
          for (let lane = 0; lane < 4; lane++) {
            findLabel(lane);
            code.get(label).get(nats).loadLane(lane).set(nats);
          }
          code.lanes(0).set(total);
          overColumns(() => {
            code.get(column).get(column).access('v128.load').get(top).op('f32x4.sub').call(math.exp).tee(v);
            code.access('v128.store').get(total).get(v).op('f32x4.add').set(total);
          });
          // The largest logit less the label's first: added to a large logit, the logarithm would be rounded away.
          code.get(total).call(math.log).get(top).get(nats).op('f32x4.sub', 'f32x4.add').set(nats);
          for (let lane = 0; lane < 4; lane++) {
            code.get(at.loss[lane]!).get(nats).storeLane(lane);
            findLabel(lane);
            code.get(label).get(label).access('f32.load').get(total).lane('f32x4.extract_lane', lane);
            code.op('f32.sub').access('f32.store');
          }
          code.get(scale).op('f32x4.splat').get(total).op('f32x4.div').set(total);
          code.get(end).i32(0).get(cols).op('i32.sub').i32(3).op('i32.and').i32(4).op('i32.shl', 'i32.add');
          code.set(end);
          overColumns(() => {
            code.get(column).access('v128.load').get(total).op('f32x4.mul').set(v);
            for (const [lane, pointer] of at.gradient.entries())
              code.get(pointer).get(v).storeLane(lane).advance(pointer, 4);
          });
          code.get(scratch).get(cols).i32(4).op('i32.shl', 'i32.add').set(end);
          for (const name of Object.keys(lanes) as (keyof typeof lanes)[])
            code.get(lanes[name]).get(strides[name]).i32(2).op('i32.shl', 'i32.add').set(lanes[name]);
          code.advance(rows, -4);
        },
      );
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

/**
 * logistic(prediction, stride, target, targetStride, loss, lossStride, rows) and logisticGrad(prediction, stride, target, targetStride, out, outStride, rows, scale),
 * both of column 0. With z = s prediction and e = exp(-|z|) the loss is max(z, 0) + log(1 + e) and the gradient s (z < 0 ? e : 1) / (1 + e), so that neither loses
 * its digits where the label is predicted well.
 */
function defineLogistic(module: ModuleBuilder, math: VectorMath): void {
  const log1p = defineLog1p(module);
  const [prediction, stride, target, targetStride, out, outStride, rows, scale] = [0, 1, 2, 3, 4, 5, 6, 7];
  const define = (name: string, params: readonly ValueType[], value: (row: Row) => void) =>
    module.function(
      params,
      [],
      (code) => {
        const [sign, z, e] = [code.local('f32'), code.local('f32'), code.local('v128')];
        countDown(code, rows!, () => {
          code.f32(1).f32(2).get(target!).access('f32.load').op('f32.mul', 'f32.sub').tee(sign);
          code.get(prediction!).access('f32.load').op('f32.mul').tee(z);
          code.op('f32.abs', 'f32.neg', 'f32x4.splat').call(math.exp).set(e).get(out!);
          value({ code, sign, z, e });
          code.access('f32.store');
          for (const [pointer, by] of [
            [prediction, stride],
            [target, targetStride],
            [out, outStride],
          ] as const)
            code.get(pointer!).get(by!).op('i32.add').set(pointer!);
        });
      },
      name,
    );
  const seven: readonly ValueType[] = Array.from({ length: 7 }, () => 'i32');
  define('logistic', seven, ({ code, z, e }) => {
    code.get(e).call(log1p).lane('f32x4.extract_lane', 0);
    code.get(z).f32(0).op('f32.max', 'f32.add');
  });
  define('logisticGrad', [...seven, 'f32'], ({ code, sign, z, e }) => {
    code.get(sign).get(scale!).op('f32.mul');
    code.get(e).lane('f32x4.extract_lane', 0).f32(1).get(z).f32(0).op('f32.lt', 'select', 'f32.mul');
    code.f32(1).get(e).lane('f32x4.extract_lane', 0).op('f32.add', 'f32.div');
  });
}

/** What the logistic kernels know of a row: f32 locals and e in all lanes. */
interface Row {
  readonly code: Code;
  readonly sign: number;
  readonly z: number;
  readonly e: number;
}

/** log(1 + x) for x in [0, 1], as 2 atanh(s) with s = x / (2 + x): an odd series, so that small values keep their digits. */
function defineLog1p(module: ModuleBuilder): Callable {
  return module.function(['v128'], ['v128'], (code) => {
    const [s, square] = [code.local('v128'), code.local('v128')];
    code.get(0).get(0).lanes(2).op('f32x4.add', 'f32x4.div').tee(s).get(s).op('f32x4.mul').set(square);
    code.lanes(1 / 15);
    for (const odd of [13, 11, 9, 7, 5, 3, 1])
      code
        .get(square)
        .op('f32x4.mul')
        .lanes(1 / odd)
        .op('f32x4.add');
    code.get(s).op('f32x4.mul').lanes(2).op('f32x4.mul');
  });
}
