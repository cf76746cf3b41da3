/** Numbers as files write them: plain decimals, with or without an exponent, and nothing else that a programming language takes for a number. */

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,15}))?$/;

/** The parts of a decimal number; null for any other text. */
function partsOf(text: string) {
  const found = decimal.exec(text);
  if (found === null) return null;
  const [, sign, whole, fraction = '', exponent = '0'] = found;
  return whole === '' && fraction === ''
    ? null
    : { isNegative: sign === '-', whole: whole!, fraction, exponent: Number(exponent) };
}

/** The finite number that a text is; NaN for anything else: hexadecimals, infinities, words, what is too large, or too close to 0, for a float64. */
export function decimalValue(text: string): number {
  const value = Number(text);
  // The common case by itself: what Number takes beyond decimals has a letter in the second or third place, or is empty.
  if (text === '' || !Number.isFinite(value) || /^[+-]?0[xXbBoO]/.test(text)) return Number.NaN;
  return value === 0 && /^[^eE]*[1-9]/.test(text) ? Number.NaN : value;
}

/** One text for one number, however it is written: `0`, `0.0`, `-0` and `+0e5` are `0`. Exact, also where a float64 is not. null where it is no number. */
export function canonicalDecimal(text: string): string | null {
  const parts = partsOf(text);
  if (parts === null) return null;
  const digits = (parts.whole + parts.fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  const exponent = parts.exponent - parts.fraction.length + (digits.length - kept.length);
  return `${parts.isNegative ? '-' : ''}${kept}e${exponent}`;
}
