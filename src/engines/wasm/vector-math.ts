/**
 * exp, log, tanh, sin and cos on four float32 lanes: polynomials of Cephes (Moshier 1992, single precision), from multiplications and additions alone, so the
 * same bits on every machine. Within a few units in the last place on their usual ranges, sin and cos on all; exp is clipped to [-87.3, 88.3].
 */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';
import { twoOverPiAddress } from './loops.ts';

/** Functions of four float32 lanes, v128 to v128. */
export interface VectorMath {
  readonly exp: Callable;
  readonly log: Callable;
  readonly tanh: Callable;
  readonly sin: Callable;
  readonly cos: Callable;
  /** (x, r, q): r and q with the lanes of x at 8192 and beyond reduced. */
  readonly reduceLarge: Callable;
}

/** Those that other modules may import. */
export type VectorMathName = Exclude<keyof VectorMath, 'reduceLarge'>;

/** Leaves c[0] + x (c[1] + x (c[2] + ...)) on the stack. */
function polynomial(code: Code, x: number, coefficients: readonly number[]): void {
  const [highest, ...rest] = [...coefficients].reverse();
  code.lanes(highest!);
  for (const c of rest) code.get(x).op('f32x4.mul').lanes(c).op('f32x4.add');
}

/** 1.5 * 2^23: a number added to it is rounded to an integer, which the low bits of the sum hold in two's complement. */
export const roundingShift = 12582912;

/** Replaces the vector on the stack by its exp. The code is inlined, since a call would spill every vector that the caller holds in registers. */
export function emitExp(code: Code): void {
  // pmin and pmax are one instruction on x86 and keep a NaN that comes first.
  code.lanes(88.3762626647949).op('f32x4.pmin').lanes(-87.3365478515625).op('f32x4.pmax');
  emitExpInRange(code);
}

/** The same where it is known to be within the bounds, or NaN. */
function emitExpInRange(code: Code): void {
  const [x, n, z, shifted] = [code.local('v128'), code.local('v128'), code.local('v128'), code.local('v128')];
  code
    .set(x)
    .get(x)
    .lanes(1.44269504088896341)
    .op('f32x4.mul')
    .lanes(roundingShift)
    .op('f32x4.add')
    .set(shifted);
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
  emitExpInRange(code);
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

/** Below this size, reduction with pi/2 in three parts is exact to float32. At and above it, and for NaN, `reduceLarge` takes over. */
const circularLimit = 8192;

/** The same for sin(x + quarterTurns pi/2), by reduction to [-pi/4, pi/4] in three parts (Cody and Waite). */
export function emitCircular(
  code: Code,
  quarterTurns: number,
  { reduceLarge }: Pick<VectorMath, 'reduceLarge'>,
): void {
  const [x, r, n, q, z, odd] = [
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
  ];
  code.tee(x).lanes(0.636619772367581).op('f32x4.mul', 'f32x4.nearest').set(n);
  code.get(n).op('i32x4.trunc_sat_f32x4_s').set(q).get(x);
  for (const part of [1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8])
    code.get(n).lanes(part).op('f32x4.mul', 'f32x4.sub');
  code.set(r).get(x).op('f32x4.abs').lanes(circularLimit).op('f32x4.lt', 'i32x4.all_true', 'i32.eqz');
  code.if(() => code.get(x).get(r).get(q).call(reduceLarge).set(q).set(r));
  code.get(q).i32(quarterTurns).op('i32x4.splat', 'i32x4.add').set(q);
  code.get(r).get(r).op('f32x4.mul').set(z);
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
  code.get(z).op('f32x4.mul').get(r).op('f32x4.mul').get(r).op('f32x4.add');
  code.get(q).i32(31).op('i32x4.shl').i32(31).op('i32x4.shr_s').tee(odd).op('v128.bitselect');
  code.get(q).i32(1).op('i32x4.shr_u').i32(31).op('i32x4.shl', 'v128.xor');
}

/** The bits of 2/pi, as hexadecimal digits of the fraction. */
const twoOverPiDigits = 'a2f9836e4e441529fc2757d1f534ddc0db6295993c439041';

/** For each byte of 2/pi, the word that ends with it. */
export const twoOverPi: readonly number[] = Array.from({ length: 24 }, (_, byte) =>
  Number.parseInt(twoOverPiDigits.slice(Math.max(0, 2 * byte - 6), 2 * byte + 2), 16),
);

/**
 * Lanes of x at 8192 and beyond as q pi/2 + r, exact to float32 however large: 96 bits of 2/pi times the mantissa, in integers (Payne and Hanek 1983; laid out as in
 * Arm's sinf). The bits above those are whole turns. Infinity and NaN leave NaN.
 */
function defineReduceLarge(module: ModuleBuilder): Callable {
  const reduceOne = module.function(['f32'], ['f32', 'i32'], (code) => {
    const x = 0;
    const [bits, words, mantissa, quarters] = [
      code.local('i32'),
      code.local('i32'),
      code.local('i32'),
      code.local('i32'),
    ];
    const fraction = code.local('i64');
    const product = (word: number) =>
      code
        .get(mantissa)
        .op('i64.extend_i32_u')
        .get(words)
        .access('i32.load', twoOverPiAddress + 16 * word)
        .op('i64.extend_i32_u', 'i64.mul');
    code.get(x).op('i32.reinterpret_f32').set(bits);
    // The exponent in bytes chooses the words, its rest shifts the mantissa.
    code.get(bits).i32(26).op('i32.shr_u').i32(15).op('i32.and').i32(2).op('i32.shl').set(words);
    code.get(bits).i32(0x7fffff).op('i32.and').i32(0x800000).op('i32.or');
    code.get(bits).i32(23).op('i32.shr_u').i32(7).op('i32.and', 'i32.shl').set(mantissa);
    // In units of 2^-62 quarter turns; of the first product only the low half is less than whole turns.
    product(0).i32(32).op('i64.extend_i32_u', 'i64.shl');
    product(2).i32(32).op('i64.extend_i32_u', 'i64.shr_u', 'i64.or');
    product(1).op('i64.add').set(fraction);
    code.get(fraction).i32(1).op('i64.extend_i32_u').i32(61).op('i64.extend_i32_u', 'i64.shl', 'i64.add');
    code.i32(62).op('i64.extend_i32_u', 'i64.shr_u', 'i32.wrap_i64').set(quarters);
    code
      .get(fraction)
      .get(quarters)
      .op('i64.extend_i32_u')
      .i32(62)
      .op('i64.extend_i32_u', 'i64.shl', 'i64.sub');
    code
      .op('f64.convert_i64_s')
      .f64(Math.PI / 2 / 0x4000000000000000)
      .op('f64.mul', 'f32.demote_f64')
      // 1 or -1, and NaN where x - x is.
      .f32(1)
      .get(x)
      .op('f32.copysign', 'f32.mul')
      .get(x)
      .get(x)
      .op('f32.sub', 'f32.add');
    code.i32(0).get(quarters).op('i32.sub').get(quarters).get(bits).i32(0).op('i32.lt_s', 'select');
  });
  return module.function(['v128', 'v128', 'v128'], ['v128', 'v128'], (code) => {
    const [x, r, q] = [0, 1, 2];
    const [one, quarters, rest] = [code.local('f32'), code.local('i32'), code.local('f32')];
    for (let lane = 0; lane < 4; lane++) {
      code
        .get(x)
        .lane('f32x4.extract_lane', lane)
        .tee(one)
        .op('f32.abs')
        .f32(circularLimit)
        .op('f32.lt', 'i32.eqz');
      code.if(() => {
        code.get(one).call(reduceOne).set(quarters).set(rest);
        code.get(r).get(rest).replaceLane(lane, 'f32x4').set(r);
        code.get(q).get(quarters).replaceLane(lane).set(q);
      });
    }
    code.get(r).get(q);
  });
}

/** Defines and exports the five functions in a module. */
export function defineVectorMath(module: ModuleBuilder): VectorMath {
  const define = (name: VectorMathName, emit: (code: Code) => void) =>
    module.function(['v128'], ['v128'], (code) => emit(code.get(0)), name);
  const reduceLarge = defineReduceLarge(module);
  return {
    exp: define('exp', emitExp),
    log: define('log', emitLog),
    tanh: define('tanh', emitTanh),
    sin: define('sin', (code) => emitCircular(code, 0, { reduceLarge })),
    cos: define('cos', (code) => emitCircular(code, 1, { reduceLarge })),
    reduceLarge,
  };
}
