/** Cells of ALife's CSV, in the ways in which programs write them: Empirical, Avida, MABE, pandas and Python. */
import { canonicalDecimal } from '../tasks/decimal.ts';

/** A name: a whole number, perhaps with zeros before it or a point behind it; null where it is none that a float64 tells from others. */
export function readId(text: string): number | null {
  if (canonicalDecimal(text) === null) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) && id >= 0 ? id : null;
}

/** What stands where there is nothing: of the words, what Python, R, pandas and the standard write. */
const nothing = /^(none|nan|null|na|n\/a|<na>)?$/i;

/** Whether a cell says that there is nothing. */
export const isNothing = (text: string): boolean => nothing.test(text);

/** Infinity for who lives on: `inf`, `Infinity`, `none`, `NaN`, an empty cell; else a finite number, or null. */
export function readEnd(text: string): number | null {
  return isNothing(text) || /^\+?inf(inity)?$/i.test(text) ? Number.POSITIVE_INFINITY : readTime(text);
}

/** A finite number, or null. */
export function readTime(text: string): number | null {
  return canonicalDecimal(text) !== null && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Lists, tuples and sets as Python prints them. */
const brackets = /^(?:\[(.*)\]|\((.*)\)|\{(.*)\})$/s;

/** A number with its type around it, as NumPy prints it since version 2: `np.int64(3)`. */
const typedNumber = /^(?:np|numpy)\.u?(?:int|float)\d+\((.*)\)$/;

/**
 * The ids of a list, each once; null for what is none. A root has `[none]`, in any capitals and quotes, `[]`, `none` or an empty cell; others `[3]`, `[3,7]`, or the
 * same with quotes around ids or blanks between them, as Python and NumPy print lists; tuples and sets likewise, and one ancestor alone is its id.
 */
export function readAncestors(text: string): readonly number[] | null {
  if (isNothing(text)) return [];
  const list = brackets.exec(text);
  const inside = (list?.[1] ?? list?.[2] ?? list?.[3] ?? text).trim().replace(/,$/, '');
  const words = inside.split(inside.includes(',') ? ',' : /\s+/).map(unquoted);
  if (words.length === 1 && isNothing(words[0]!)) return [];
  const ids = words.map(readId);
  return ids.every((id) => id !== null) ? [...new Set(ids)] : null;
}

function unquoted(word: string): string {
  const trimmed = word.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(trimmed);
  const bare = quoted === null ? trimmed : quoted[2]!.trim();
  return typedNumber.exec(bare)?.[1] ?? bare;
}
