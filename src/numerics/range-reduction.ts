/**
 * x = n pi/2 + r + tail with |r| at most pi/4, for sines and cosines of any number. By Cody and Waite (1980) where n has so few digits that its products with parts of pi/2 are exact; beyond, a double is a
 * whole number times a power of two, and its product with enough digits of 2/pi is a product of whole numbers (the idea of Payne and Hanek 1983, without their economy: large angles are rare here).
 */

export interface Reduced {
  /** n modulo 4. */
  readonly quadrant: 0 | 1 | 2 | 3;
  readonly r: number;
  readonly tail: number;
}

/** pi/2 in parts of 33 bits, and what remains. */
const piOver2Parts = [
  1.57079632673412561417, 6.0771005063039659766e-11, 2.0222662487111664558e-21, 8.47842766036889956997e-32,
] as const;

const mostExact = 1048576 * (Math.PI / 2);

export function reduce(x: number): Reduced {
  if (Math.abs(x) <= mostExact) return reduceSmall(x);
  const { quadrant, r, tail } = reduceLarge(Math.abs(x));
  return x > 0 ? { quadrant, r, tail } : { quadrant: modulo4(-quadrant), r: -r, tail: -tail };
}

const modulo4 = (n: number) => (((n % 4) + 4) % 4) as Reduced['quadrant'];

function reduceSmall(x: number): Reduced {
  const n = Math.floor(x * 6.36619772367581382433e-1 + 0.5);
  let r = x - n * piOver2Parts[0];
  let w = n * piOver2Parts[1];
  const t = r;
  r = t - w;
  let tail = t - r - w;
  w = n * piOver2Parts[2];
  const next = r + tail - w;
  tail = r - next + tail - w - n * piOver2Parts[3];
  return { quadrant: modulo4(n), r: next, tail };
}

/** The first 1200 bits of 2/pi: the largest double needs 1024 - 53 of them before its quadrant, and 229 remain. */
const twoOverPi = BigInt(
  '0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d6398353' +
    '39f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b',
);
const twoOverPiBits = 1200;

/** pi/2 times 2^120. */
const piOver2 = 0x1921fb54442d18469898cc51701b839n;

/** Bits of the quarter turn that are kept: no double lies nearer to a multiple of pi/2 than 2^-62 (Muller 2016, table 11.1). */
const fractionBits = 200;

const bytes = new DataView(new ArrayBuffer(8));

/** x = significand * 2^exponent, for normal positive x. */
function wholeParts(x: number): { readonly significand: bigint; readonly exponent: number } {
  bytes.setFloat64(0, x);
  const high = bytes.getUint32(0);
  const significand = (BigInt((high & 0xfffff) | 0x100000) << 32n) | BigInt(bytes.getUint32(4));
  return { significand, exponent: (high >>> 20) - 1075 };
}

/** 2^-320, the unit of a product of the two: written out, since powers are not the same bits on every machine. */
const unit = 4.6816763546921983e-97;

function reduceLarge(x: number): Reduced {
  const { significand, exponent } = wholeParts(x);
  const turns = (significand * twoOverPi) >> BigInt(twoOverPiBits - exponent - fractionBits);
  const n = (turns + (1n << BigInt(fractionBits - 1))) >> BigInt(fractionBits);
  const angle = (turns - (n << BigInt(fractionBits))) * piOver2;
  const nearest = Number(angle);
  return {
    quadrant: Number(n & 3n) as Reduced['quadrant'],
    r: nearest * unit,
    tail: Number(angle - BigInt(nearest)) * unit,
  };
}
