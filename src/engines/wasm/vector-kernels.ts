/** Vectors of the size of all parameters, for the ops of update rules that need them whole. */
import type { ModuleBuilder } from './assembler.ts';
import { overVectors } from './loops.ts';

/** Adds them to the kernel module. */
export function defineVectorKernels(module: ModuleBuilder): void {
  // combine(out, alpha, a, beta, b, vectors): out = alpha a + beta b, and alpha a where beta is 0, whatever b holds.
  module.function(
    ['i32', 'f32', 'i32', 'f32', 'i32', 'i32'],
    [],
    (code) => {
      const [alpha, beta, mask] = [code.local('v128'), code.local('v128'), code.local('v128')];
      code.get(1).op('f32x4.splat').set(alpha).get(3).op('f32x4.splat').tee(beta);
      code.lanes(0).op('f32x4.ne').set(mask);
      overVectors(code, 5, [0, 2, 4], () => {
        code.get(0).get(alpha).get(2).access('v128.load').op('f32x4.mul');
        code.get(beta).get(4).access('v128.load').op('f32x4.mul').get(mask).op('v128.and');
        code.op('f32x4.add').access('v128.store');
      });
    },
    'combine',
  );

  // dot(a, b, vectors) -> f64: summed in float64, in two lanes.
  module.function(
    ['i32', 'i32', 'i32'],
    ['f64'],
    (code) => {
      const [sum, x, y] = [code.local('v128'), code.local('v128'), code.local('v128')];
      overVectors(code, 2, [0, 1], () => {
        code.get(0).access('v128.load').set(x).get(1).access('v128.load').set(y);
        for (const half of [() => code, () => code.upperHalf()]) {
          code.get(sum).get(x);
          half().op('f64x2.promote_low_f32x4').get(y);
          half().op('f64x2.promote_low_f32x4', 'f64x2.mul', 'f64x2.add').set(sum);
        }
      });
      code.get(sum).lane('f64x2.extract_lane', 0).get(sum).lane('f64x2.extract_lane', 1).op('f64.add');
    },
    'dot',
  );
}
