/** What each birth adds to the parts of selection: whom the scheme would have drawn, who was drawn, and what of it was lost. */
import type { Chromosome } from '../genome/genome.ts';
import type { History } from '../lineage/history.ts';
import type { Heritable } from '../lineage/taxa.ts';
import type { Drawing } from './breeding-chances.ts';
import { partsOf } from './descent-shares.ts';

/** Sums over the births of one interval, by trait, of the trait of the parent less the parents' mean. */
export class Sums {
  readonly drawn: Float64Array;
  /** Chances less even ones, and even ones: what was expected is both. */
  readonly scheme: Float64Array;
  readonly even: Float64Array;
  readonly lost: Float64Array;
  readonly deaths: Float64Array;
  readonly variance: Float64Array;

  constructor(traits: number) {
    this.drawn = new Float64Array(traits);
    this.scheme = new Float64Array(traits);
    this.even = new Float64Array(traits);
    this.lost = new Float64Array(traits);
    this.deaths = new Float64Array(traits);
    this.variance = new Float64Array(traits);
  }
}

/** What is to be expected of one of the draws of a birth. */
export function addExpected(
  sums: Sums,
  { members, chances }: Drawing,
  values: readonly Float64Array[],
  placeOf: (individual: number) => number,
  { share, spread }: { readonly share: number; readonly spread: number },
): void {
  const n = members.length;
  const places = members.map(placeOf);
  values.forEach((of, k) => {
    let [scheme, even, variance] = [0, 0, 0];
    for (let rank = 0; rank < n; rank++) {
      const value = of[places[rank]!]!;
      const chance = chances[rank]!;
      // So that even chances give exactly 0.
      scheme += (chance - 1 / n) * value;
      even += value;
    }
    even /= n;
    const expected = scheme + even;
    for (let rank = 0; rank < n; rank++)
      variance += chances[rank]! * (of[places[rank]!]! - expected) * (of[places[rank]!]! - expected);
    sums.scheme[k]! += share * scheme;
    sums.even[k]! += share * even;
    sums.variance[k]! += spread * variance;
  });
}

/** What came of a birth, and what of it was lost. */
export function addGiven(
  sums: Sums,
  history: History,
  of: Heritable,
  birth: number,
  values: readonly Float64Array[],
  placeOf: (individual: number) => number,
): void {
  const parts = partsOf(of);
  for (const part of parts) {
    const places = giversOf(history, part, birth).map(placeOf);
    if (places.length === 0) continue;
    const isLost = history.gone[birth] === birth || history.donor[part][birth]! < 0;
    const share = 1 / (parts.length * places.length);
    values.forEach((each, k) => {
      const given = share * places.reduce((sum, place) => sum + each[place]!, 0);
      sums.drawn[k]! += given;
      if (isLost) sums.lost[k]! += given;
    });
  }
}

/** Who gave the chromosome, also where it was replaced afterwards; both parents where that cannot be told, none for a founder. */
function giversOf({ parent, otherParent, donor }: History, chromosome: Chromosome, birth: number): number[] {
  const [own, p1, p2] = [donor[chromosome][birth]!, parent[birth]!, otherParent[birth]!];
  if (own >= 0) return [own];
  if (p1 < 0) return [];
  if (p2 < 0) return [p1];
  // Of two parents one gave this chromosome and the other one the other.
  const beside = donor[chromosome === 'rule' ? 'architecture' : 'rule'][birth]!;
  return beside === p2 ? [p1] : beside === p1 ? [p2] : [p1, p2];
}
