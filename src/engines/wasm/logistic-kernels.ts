/** The logistic loss of binary labels and its gradient. */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';
import type { ValueType } from './instructions.ts';
import { countDown } from './loops.ts';
import type { VectorMath } from './vector-math.ts';

/**
 * logistic(prediction, stride, target, targetStride, loss, lossStride, rows) and logisticGrad(prediction, stride, target, targetStride, out, outStride, rows, scale),
 * both of column 0. With z = s prediction and e = exp(-|z|) the loss is max(z, 0) + log(1 + e) and the gradient s (z < 0 ? e : 1) / (1 + e), so that neither loses
 * its digits where the label is predicted well.
 */
export function defineLogisticKernels(module: ModuleBuilder, math: VectorMath): void {
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
