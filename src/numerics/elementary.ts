/**
 * Elementary functions in float64 from IEEE + - * / and square root alone, so that a result is the same bits on every machine and Node version
 * (`Math.exp` and its like are not: the standard leaves their last digits open). Algorithms and coefficients: FreeBSD msun, from Sun's fdlibm.
 */

import { reduce } from './range-reduction.ts';

const bytes = new DataView(new ArrayBuffer(8));

function highWord(x: number): number {
  bytes.setFloat64(0, x);
  return bytes.getInt32(0);
}

function fromWords(high: number, low: number): number {
  bytes.setInt32(0, high);
  bytes.setInt32(4, low);
  return bytes.getFloat64(0);
}

/** x * 2^k, exact unless the result is subnormal. */
function scaleByPower(x: number, k: number): number {
  if (k > 1023) return x * fromWords(0x7fe00000, 0) * fromWords((Math.min(k - 1023, 1023) + 1023) << 20, 0);
  if (k < -1022)
    return x * fromWords((Math.max(k + 969, -1022) + 1023) << 20, 0) * fromWords((1023 - 969) << 20, 0);
  return x * fromWords((k + 1023) << 20, 0);
}

const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;

/** e^x, under 1 ulp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893383973096) return Number.POSITIVE_INFINITY;
  if (x < -745.13321910194110842) return 0;
  if (Math.abs(x) < 3.725290298461914e-9) return 1 + x;
  const k = Math.abs(x) > 0.34657359027997264 ? Math.floor(1.4426950408889634 * x + 0.5) : 0;
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  return scaleByPower(1 - (low - (r * c) / (2 - c) - high), k);
}

/** Natural logarithm, under 1 ulp. Of 0: -Infinity; of a negative number: NaN. */
export function log(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  let k = 0;
  let value = x;
  if (highWord(x) < 0x00100000) {
    k = -54;
    value = x * 18014398509481984;
  }
  bytes.setFloat64(0, value);
  let high = bytes.getInt32(0);
  const low = bytes.getInt32(4);
  k += (high >> 20) - 1023;
  high &= 0x000fffff;
  const i = (high + 0x95f64) & 0x100000;
  k += i >> 20;
  const f = fromWords(high | (i ^ 0x3ff00000), low) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const R = t1 + t2;
  const halfSquare = 0.5 * f * f;
  return k * ln2High - (halfSquare - (s * (halfSquare + R) + k * ln2Low) - f);
}

/** log(1 + x), exact to rounding near 0: what rounding 1 + x loses is put back as a factor (Kahan; Higham 2002, problem 1.5). */
export function log1p(x: number): number {
  const u = 1 + x;
  return u === 1 || u === Number.POSITIVE_INFINITY ? x : log(u) * (x / (u - 1));
}

/** Decimal logarithm, within 2 ulp; exact where x is a power of ten up to 1e22. */
export function log10(x: number): number {
  const y = log(x) * 4.34294481903251816668e-1;
  const whole = Math.floor(y + 0.5);
  return whole >= 0 && whole <= 22 && x === Number(`1e${whole}`) ? whole : y;
}

/** |x|^y as exp(y log|x|); relative error below 1e-14. pow(x, 0) is 1; pow(0, y) is 0 or Infinity. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  const base = Math.abs(x);
  if (base === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (Number.isInteger(y) && Math.abs(y) <= 2147483648) return integerPower(base, y);
  return exp(y * log(base));
}

/** By squaring: exact where the result is. */
function integerPower(x: number, n: number): number {
  let result = 1;
  let factor = n < 0 ? 1 / x : x;
  for (let left = Math.abs(n); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}

/** Hyperbolic tangent, within 2 ulp. */
export function tanh(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a >= 22) return Math.sign(x);
  const t = a < 3.725290298461914e-9 ? a : a >= 1 ? 1 - 2 / (exp(2 * a) + 1) : smallTanh(a);
  return x < 0 ? -t : t;
}

function smallTanh(a: number): number {
  const t = expm1(-2 * a);
  return -t / (t + 2);
}

/** e^x - 1 without cancellation, for |x| <= 2: halving keeps the series short. */
function expm1(x: number): number {
  if (Math.abs(x) > 0.25) {
    const half = expm1(x / 2);
    return half * (half + 2);
  }
  let term = x;
  let sum = 0;
  for (let k = 2; k < 18; k++) {
    term *= x / k;
    sum += term;
  }
  return x + sum;
}

function sinKernel(x: number, tail: number): number {
  const z = x * x;
  const v = z * x;
  const r =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x - (z * (0.5 * tail - v * r) - tail - v * -1.66666666666666324348e-1);
}

function cosKernel(x: number, tail: number): number {
  const z = x * x;
  const r =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  const halfSquare = 0.5 * z;
  const w = 1 - halfSquare;
  return w + (1 - w - halfSquare + (z * r - x * tail));
}

const quarters = [
  (r: number, tail: number) => sinKernel(r, tail),
  (r: number, tail: number) => cosKernel(r, tail),
  (r: number, tail: number) => -sinKernel(r, tail),
  (r: number, tail: number) => -cosKernel(r, tail),
] as const;

function circular(x: number, shift: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const { quadrant, r, tail } = reduce(x);
  return quarters[((quadrant + shift) % 4) as 0 | 1 | 2 | 3](r, tail);
}

/** Sine, within 1 ulp. */
export const sin = (x: number): number => circular(x, 0);

/** Cosine, within 1 ulp. */
export const cos = (x: number): number => circular(x, 1);
