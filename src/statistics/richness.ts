/**
 * How many kinds there are, seen or not, from counts of individuals by kind: Chao's lower bound, and rarefaction to a smaller sample so that samples of unequal size compare. Of what
 * several searches visited, the share that each did.
 */
import { exp, log1p } from '../numerics/elementary.ts';
import { z95 } from './confidence.ts';

/** `classic` is Chao 1984, `bias-corrected` Chao 2005 (R's vegan, `estimateR`). Without kinds seen twice they are one. */
export type ChaoForm = 'classic' | 'bias-corrected';

/** Chao1, a lower bound of the number of kinds. */
export interface Chao1 {
  readonly observed: number;
  /** Kinds seen once, and twice. */
  readonly singletons: number;
  readonly doubletons: number;
  readonly estimate: number;
  readonly se: number;
  /** On the scale of the logarithm of the number unseen (Chao 1987): never below `observed`, and equal to it where nothing was seen once. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Observed plus f1^2 / (2 f2), classic, or f1 (f1 - 1) / (2 (f2 + 1)), bias-corrected and without doubletons; f_k kinds were seen k times. The variance is by the delta method over f_k as multinomial counts,
 * sum of D_k^2 f_k - (sum of D_k f_k)^2 / estimate with D_k = d estimate / d f_k: of the classic form that of Chao 1987, of the other that of vegan. (EstimateS leaves out a term of the
 * latter, and comes to a little more.) @throws RangeError for nobody, or what is no count.
 */
export function chao1(
  counts: ArrayLike<number>,
  { form = 'bias-corrected', z = z95 }: { readonly form?: ChaoForm; readonly z?: number } = {},
): Chao1 {
  const present = individuals(counts);
  const observed = present.length;
  if (observed === 0) throw new RangeError('nobody was counted');
  const seen = (times: number) => present.filter((count) => count === times).length;
  const [f1, f2] = [seen(1), seen(2)];
  const { unseen, slope1, slope2 } = forms[f2 === 0 ? 'bias-corrected' : form](f1, f2);
  const estimate = observed + unseen;
  const more = observed - f1 - f2;
  const linear = (1 + slope1) * f1 + (1 + slope2) * f2 + more;
  const square = (1 + slope1) ** 2 * f1 + (1 + slope2) ** 2 * f2 + more;
  const variance = Math.max(0, square - (linear * linear) / estimate);
  const factor = unseen > 0 ? exp(z * Math.sqrt(log1p(variance / (unseen * unseen)))) : 1;
  return {
    ...{ observed, singletons: f1, doubletons: f2, estimate, se: Math.sqrt(variance) },
    ...{ lower: observed + unseen / factor, upper: observed + unseen * factor },
  };
}

/** Kinds unseen, and how that changes with the numbers of singletons and doubletons. */
const forms = {
  classic: (f1, f2) => ({
    unseen: (f1 * f1) / (2 * f2),
    slope1: f1 / f2,
    slope2: -(f1 * f1) / (2 * f2 * f2),
  }),
  'bias-corrected': (f1, f2) => ({
    unseen: (f1 * (f1 - 1)) / (2 * (f2 + 1)),
    slope1: (2 * f1 - 1) / (2 * (f2 + 1)),
    slope2: -(f1 * (f1 - 1)) / (2 * (f2 + 1) * (f2 + 1)),
  }),
} as const satisfies Record<
  ChaoForm,
  (f1: number, f2: number) => { readonly unseen: number; readonly slope1: number; readonly slope2: number }
>;

/**
 * Kinds expected among `size` individuals drawn without replacement (Hurlbert 1971): sum over kinds of 1 - C(N - N_i, size) / C(N, size), exactly hypergeometric. The ratio is a product of min(N_i, size) factors, so that
 * nothing overflows and no digits cancel. @throws RangeError for a size that is no whole number up to the number of individuals, or what is no count.
 */
export function rarefiedRichness(counts: ArrayLike<number>, size: number): number {
  const present = individuals(counts);
  const total = present.reduce((sum, count) => sum + count, 0);
  if (!(Number.isInteger(size) && size >= 0 && size <= total))
    throw new RangeError(`${size} of ${total} individuals cannot be drawn`);
  return present.reduce((sum, count) => sum + 1 - chanceOfNone(count, size, total), 0);
}

/** That none of `count` among `total` is drawn: C(total - count, size) / C(total, size), which is alike in count and size. */
function chanceOfNone(count: number, size: number, total: number): number {
  const [few, many] = [Math.min(count, size), Math.max(count, size)];
  if (few + many > total) return 0;
  let logarithm = 0;
  for (let k = 0; k < few; k++) logarithm += log1p(-many / (total - k));
  return exp(logarithm);
}

/** Of counts: those above 0. */
function individuals(counts: ArrayLike<number>): number[] {
  return Array.from(counts).filter((count) => {
    if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError(`${count} is no count`);
    return count > 0;
  });
}

/** What several searches found of all that any of them found. */
export interface UnionCoverage {
  /** Kinds that at least one of them has. */
  readonly union: number;
  /** Of each, in order: kinds, those that no other has, and the share of the union; null where nobody found anything. */
  readonly each: readonly {
    readonly kinds: number;
    readonly unique: number;
    readonly share: number | null;
  }[];
}

/** |V_k| / |V_1 or V_2 or ...|; 1 less the share is what a search has missed. */
export function unionCoverage<Kind>(found: readonly ReadonlySet<Kind>[]): UnionCoverage {
  const holders = new Map<Kind, number>();
  for (const kinds of found) for (const kind of kinds) holders.set(kind, (holders.get(kind) ?? 0) + 1);
  const union = holders.size;
  return {
    union,
    each: found.map((kinds) => ({
      kinds: kinds.size,
      unique: [...kinds].filter((kind) => holders.get(kind) === 1).length,
      share: union === 0 ? null : kinds.size / union,
    })),
  };
}
