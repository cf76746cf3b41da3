/**
 * Who of the living descends from whom, between two censuses and by shares. A birth has its ancestry from its donors in equal parts: a chromosome from one, a genome
 * half and half from the donors of its two chromosomes. The share of a parent (a member of the first census) in a child is the sum over the lines from one to the
 * other of the products of those parts. The shares are never written down: sums over them go up the donors from the children or down from the parents,
 * once over the births.
 */
import type { Chromosome } from '../genome/genome.ts';
import type { Census } from '../lineage/census.ts';
import type { History } from '../lineage/history.ts';
import type { Heritable } from '../lineage/taxa.ts';

/** What descends by itself, each in an equal part of the whole. */
export const partsOf = (of: Heritable): readonly Chromosome[] =>
  of === 'genome' ? ['architecture', 'rule'] : [of];

/** Arrays have a place for each parent, then for each birth of the interval, and one for all who had died before it. */
export interface Descent {
  placeOf(individual: number): number;
  /** So many of the living at the end came by way of each, themselves among them. */
  readonly descendants: Float64Array;
  /** So many of them began anew within the interval. */
  readonly begun: number;
  /** Parents keep their values, a birth has the mean over its ancestry; 0 stands for ancestry without a parent. */
  inherited(values: Float64Array): Float64Array;
}

/** `placeOfParent`: one element per birth of the run, to be used again for the next interval. */
export function descentBetween(
  { donor, gone }: Pick<History, 'donor' | 'gone'>,
  of: Heritable,
  { time: from, living: parents }: Census,
  { time: to, living: children }: Census,
  placeOfParent: Int32Array,
): Descent {
  const first = parents.length;
  const dead = first + to - from;
  parents.forEach((individual, place) => {
    placeOfParent[individual] = place;
  });
  const placeOf = (i: number) =>
    i > from ? first + i - from - 1 : gone[i]! < 0 || gone[i]! > from ? placeOfParent[i]! : dead;
  // Places of the donors of each birth of the interval, -1 for none.
  const above = partsOf(of).map((part) =>
    donor[part].subarray(from + 1, to + 1).map((individual) => (individual < 0 ? -1 : placeOf(individual))),
  );
  const descendants = new Float64Array(dead + 1);
  for (const child of children) descendants[placeOf(child)]! += 1;
  let begun = 0;
  for (let place = dead - 1; place >= first; place--) {
    const share = descendants[place]! / above.length;
    if (share === 0) continue;
    for (const places of above) {
      const donorPlace = places[place - first]!;
      if (donorPlace < 0) begun += share;
      else descendants[donorPlace]! += share;
    }
  }
  return {
    ...{ placeOf, descendants, begun },
    inherited(values) {
      const each = new Float64Array(dead + 1);
      each.set(values);
      for (let place = first; place < dead; place++) {
        let sum = 0;
        for (const places of above) {
          const donorPlace = places[place - first]!;
          if (donorPlace >= 0) sum += each[donorPlace]!;
        }
        each[place] = sum / above.length;
      }
      return each;
    },
  };
}
