/**
 * exp, log, tanh, sin and cos on four float32 lanes: polynomials of Cephes (Moshier 1992, single precision), from multiplications and additions alone, so the
 * same bits on every machine. Within a few units in the last place on their usual ranges; exp is clipped to [-87.3, 88.3].
 */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';

export interface VectorMath {
  readonly exp: Callable;
  readonly log: Callable;
  readonly tanh: Callable;
  readonly sin: Callable;
  readonly cos: Callable;
}

export type VectorMathName = keyof VectorMath;

/** Leaves c[0] + x (c[1] + x (c[2] + ...)) on the stack. */
function polynomial(code: Code, x: number, coefficients: readonly number[]): void {
  const [highest, ...rest] = [...coefficients].reverse();
  code.lanes(highest!);
  for (const c of rest) code.get(x).op('f32x4.mul').lanes(c).op('f32x4.add');
}

/** 1.5 * 2^23: a number added to it is rounded to an integer, which the low bits of the sum hold in two's complement. */
export const roundingShift = 12582912;

/** The vector on the stack becomes its exp, in place: a call would spill every vector that the caller holds. */
export function emitExp(code: Code): void {
  const [x, n, z, shifted] = [code.local('v128'), code.local('v128'), code.local('v128'), code.local('v128')];
  // pmin and pmax are one instruction on x86 and keep a NaN that comes first.
  code.lanes(88.3762626647949).op('f32x4.pmin').lanes(-87.3365478515625).op('f32x4.pmax').set(x);
  code.get(x).lanes(1.44269504088896341).op('f32x4.mul').lanes(roundingShift).op('f32x4.add').set(shifted);
  code.get(shifted).lanes(roundingShift).op('f32x4.sub').set(n);
  code
    .get(x)
    .get(n)
    .lanes(0.693359375)
    .op('f32x4.mul', 'f32x4.sub')
    .get(n)
    .lanes(-2.1219444e-4)
    .op('f32x4.mul', 'f32x4.sub')
    .set(x);
  polynomial(
    code,
    x,
    [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4],
  );
  code.get(x).get(x).op('f32x4.mul', 'f32x4.mul').get(x).op('f32x4.add').lanes(1).op('f32x4.add').set(z);
  code.get(z).get(shifted).i32(23).op('i32x4.shl').lanes(1).op('i32x4.add', 'f32x4.mul');
}

/** The same for log. */
export function emitLog(code: Code): void {
  const [x, e, m, small, z] = [
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
  ];
  code
    .tee(x)
    .i32(23)
    .op('i32x4.shr_s')
    .i32(126)
    .op('i32x4.splat', 'i32x4.sub', 'f32x4.convert_i32x4_s')
    .set(e);
  code
    .get(x)
    .i32(0x007fffff)
    .op('i32x4.splat', 'v128.and')
    .i32(0x3f000000)
    .op('i32x4.splat', 'v128.or')
    .set(m);
  // Mantissas below sqrt(1/2) are doubled, so that the argument of the polynomial is around 0.
  code.get(m).lanes(0.707106781186547524).op('f32x4.lt').set(small);
  code.get(e).get(small).lanes(1).op('v128.and', 'f32x4.sub').set(e);
  code.get(m).get(small).get(m).op('v128.and', 'f32x4.add').lanes(1).op('f32x4.sub').set(m);
  code.get(m).get(m).op('f32x4.mul').set(z);
  polynomial(
    code,
    m,
    [
      3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
      1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
    ],
  );
  code.get(m).op('f32x4.mul').get(z).op('f32x4.mul');
  code
    .get(e)
    .lanes(-2.1219444e-4)
    .op('f32x4.mul', 'f32x4.add')
    .get(z)
    .lanes(0.5)
    .op('f32x4.mul', 'f32x4.sub');
  code.get(m).op('f32x4.add').get(e).lanes(0.693359375).op('f32x4.mul', 'f32x4.add');
  // The exponent bits of infinity and NaN are no number's: both stay what they are.
  code.get(x).get(x).lanes(Number.POSITIVE_INFINITY).op('f32x4.lt', 'v128.bitselect');
}

/** The same for tanh. */
export function emitTanh(code: Code): void {
  const [x, a, z, large] = [code.local('v128'), code.local('v128'), code.local('v128'), code.local('v128')];
  code.tee(x).op('f32x4.abs').lanes(30).op('f32x4.pmin').set(a);
  code.lanes(1).lanes(2).get(a).get(a).op('f32x4.add');
  emitExp(code);
  code.lanes(1).op('f32x4.add', 'f32x4.div', 'f32x4.sub');
  code.get(x).lanes(-0).op('v128.and', 'v128.or').set(large);
  code.get(x).get(x).op('f32x4.mul').set(z);
  polynomial(
    code,
    z,
    [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3],
  );
  code.get(z).op('f32x4.mul').get(x).op('f32x4.mul').get(x).op('f32x4.add');
  code.get(large).get(a).lanes(0.625).op('f32x4.lt', 'v128.bitselect');
}

/** The same for sin(x + quarterTurns pi/2), by reduction to [-pi/4, pi/4] in three parts (Cody and Waite). */
export function emitCircular(code: Code, quarterTurns: number): void {
  const [x, n, q, z, odd] = [
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
  ];
  code.tee(x).lanes(0.636619772367581).op('f32x4.mul', 'f32x4.nearest').set(n);
  code.get(n).op('i32x4.trunc_sat_f32x4_s').i32(quarterTurns).op('i32x4.splat', 'i32x4.add').set(q);
  code.get(x);
  for (const part of [1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8])
    code.get(n).lanes(part).op('f32x4.mul', 'f32x4.sub');
  code.set(x).get(x).get(x).op('f32x4.mul').set(z);
  polynomial(code, z, [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5]);
  code
    .get(z)
    .op('f32x4.mul')
    .get(z)
    .op('f32x4.mul')
    .get(z)
    .lanes(0.5)
    .op('f32x4.mul', 'f32x4.sub')
    .lanes(1)
    .op('f32x4.add');
  polynomial(code, z, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4]);
  code.get(z).op('f32x4.mul').get(x).op('f32x4.mul').get(x).op('f32x4.add');
  code.get(q).i32(31).op('i32x4.shl').i32(31).op('i32x4.shr_s').tee(odd).op('v128.bitselect');
  code.get(q).i32(1).op('i32x4.shr_u').i32(31).op('i32x4.shl', 'v128.xor');
}

/** Defines and exports the five functions in a module. */
export function defineVectorMath(module: ModuleBuilder): VectorMath {
  const define = (name: VectorMathName, emit: (code: Code) => void) =>
    module.function(['v128'], ['v128'], (code) => emit(code.get(0)), name);
  return {
    exp: define('exp', emitExp),
    log: define('log', emitLog),
    tanh: define('tanh', emitTanh),
    sin: define('sin', (code) => emitCircular(code, 0)),
    cos: define('cos', (code) => emitCircular(code, 1)),
  };
}
