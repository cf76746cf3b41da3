/**
 * The Price equation, exact for any population and scheme: the change of a trait's mean from parents to children is
 *
 *     delta = Cov(w, z) / mean w + E(w dz) / mean w + c (mean of the unlinked - mean of the linked)
 *
 * selection, transmission, and children without a parent among the parents (share c). Moments of the population, 1 / N (Price 1970, 1972; the third term:
 * Kerr and Godfrey-Smith 2009). Where the expected number of children is known from the selection scheme, the first term is split into selection proper,
 * Cov(E w, z), and drift, Cov(w - E w, z).
 */
import { covariance, finite, mean } from './moments.ts';

/** One row per parent-child link, parallel arrays. A child with two parents has two links of share 1/2. */
export interface Links {
  /** Index of the parent, -1 for a child without one. */
  readonly parent: ArrayLike<number>;
  /** The child's trait. */
  readonly trait: ArrayLike<number>;
  /** Share of the child; default 1. */
  readonly share?: ArrayLike<number>;
  /** What made the child, such as a mutation operator: transmission is split by it. */
  readonly operator?: readonly string[];
}

/** The change of a trait's mean as selection, transmission and what came in without a parent (Price 1970, Kerr and Godfrey-Smith 2009). */
export interface PriceEquation {
  readonly parents: number;
  /** Sum of shares. */
  readonly children: number;
  readonly meanBefore: number;
  readonly meanAfter: number;
  readonly delta: number;
  /** Cov(w, z) / mean w, drift included. */
  readonly selection: number;
  /** The part of `selection` that the scheme expects, and the rest; null where no expectation was given. */
  readonly expectedSelection: number | null;
  readonly drift: number | null;
  readonly transmission: number;
  /** `transmission` by operator; they add up to it. */
  readonly byOperator: ReadonlyMap<string, number>;
  readonly unlinked: number;
  /** delta less all terms: 0 but for rounding. */
  readonly residual: number;
}

/** What links add up to: all that the equation needs of them. */
export interface Inheritance {
  /** Children of each parent, in shares. */
  readonly w: ArrayLike<number>;
  /** Sums over links with a parent: of shares, of share times trait, and of share times what the trait changed by. */
  readonly linked: number;
  readonly after: number;
  readonly changed: number;
  /** Over those without one: of shares, and of share times trait. */
  readonly unlinked: number;
  readonly fresh: number;
}

/** The equation without the parts of its selection term. */
export type PriceTerms = Omit<PriceEquation, 'expectedSelection' | 'drift' | 'byOperator'>;

/** @throws RangeError for no parents, traits not finite, or no child with a parent. */
export function priceTerms(traits: ArrayLike<number>, inheritance: Inheritance): PriceTerms {
  const z = finite(traits, 'traits of parents');
  const { w, linked, after, changed, unlinked, fresh } = inheritance;
  if (!(linked > 0)) throw new RangeError('no child has a parent: there is nothing to compare');
  const meanBefore = mean(z);
  const children = linked + unlinked;
  const meanAfter = (after + fresh) / children;
  const delta = meanAfter - meanBefore;
  const selection = covariance(w, z) / mean(w);
  const transmission = changed / linked;
  const begun = unlinked === 0 ? 0 : (unlinked / children) * (fresh / unlinked - after / linked);
  return {
    ...{ parents: z.length, children, meanBefore, meanAfter, delta, selection, transmission },
    unlinked: begun,
    residual: delta - selection - transmission - begun,
  };
}

/**
 * `expected`: the number of children that the scheme gives each parent on average; only its proportions count.
 * @throws RangeError for no parents, no child with a parent, traits not finite, parents out of range or shares that are not positive.
 */
export function priceEquation(
  traits: ArrayLike<number>,
  links: Links,
  expected?: ArrayLike<number>,
): PriceEquation {
  const z = finite(traits, 'traits of parents');
  const w = new Float64Array(z.length);
  const operators = new Map<string, number>();
  let [linked, changed, after, unlinked, fresh] = [0, 0, 0, 0, 0];
  for (let i = 0; i < links.parent.length; i++) {
    const { parent, trait, share } = linkAt(links, i, z.length);
    if (parent < 0) {
      unlinked += share;
      fresh += share * trait;
      continue;
    }
    w[parent]! += share;
    linked += share;
    after += share * trait;
    const change = share * (trait - z[parent]!);
    changed += change;
    const operator = links.operator?.[i];
    if (operator !== undefined) operators.set(operator, (operators.get(operator) ?? 0) + change);
  }
  const terms = priceTerms(z, { w, linked, after, changed, unlinked, fresh });
  const expectedSelection = expected === undefined ? null : relative(expected, z);
  return {
    ...terms,
    expectedSelection,
    drift: expectedSelection === null ? null : terms.selection - expectedSelection,
    byOperator: new Map([...operators].map(([operator, change]) => [operator, change / linked])),
  };
}

function relative(expected: ArrayLike<number>, z: Float64Array): number {
  const values = finite(expected, 'expected numbers of children');
  if (values.length !== z.length || !(mean(values) > 0))
    throw new RangeError('every parent needs an expected number of children, and some must be positive');
  return covariance(values, z) / mean(values);
}

function linkAt(links: Links, i: number, parents: number) {
  const [parent, trait, share] = [links.parent[i]!, links.trait[i]!, links.share?.[i] ?? 1];
  if (!(Number.isInteger(parent) && parent >= -1 && parent < parents))
    throw new RangeError(`link ${i} has no parent ${parent}`);
  if (!Number.isFinite(trait) || !(share > 0 && Number.isFinite(share)))
    throw new RangeError(`link ${i} needs a finite trait and a positive share`);
  return { parent, trait, share };
}
