/** What a phylogeny without times has to say. */

import type { PhylogenyRecord, UntoldTimes } from './phylogeny-record.ts';
import type { Statistic } from './phylogeny-statistics.ts';

/** Statistics that need times, and which; all others are read off who descends from whom and who lives. */
const needs: Readonly<Record<string, readonly UntoldTimes[]>> = {
  now: ['origins'],
  median_life: ['origins', 'ends'],
  median_life_lower: ['origins', 'ends'],
  median_life_upper: ['origins', 'ends'],
  sum_distance: ['origins'],
  mean_ed: ['origins'],
  sum_ed: ['origins'],
  variance_ed: ['origins'],
  mean_origin_time: ['origins'],
  average_origin_time: ['origins'],
  average_origin_time_normalized: ['origins'],
};

/** The statistics, with null for those that need times that the record does not tell; and the names of these. */
export function withoutUntold(
  { untold = [] }: PhylogenyRecord,
  statistics: readonly Statistic[],
): { readonly statistics: readonly Statistic[]; readonly withheld: readonly string[] } {
  const isTold = (name: string) => !(needs[name] ?? []).some((each) => untold.includes(each));
  return {
    statistics: statistics.map(([name, value]) => [name, isTold(name) ? value : null] as const),
    withheld: statistics.flatMap(([name]) => (isTold(name) ? [] : [name])),
  };
}

/** What is missing and what is done without it, for people. Empty where all times are told. */
export function untoldLines(
  { untold = [] }: PhylogenyRecord,
  withheld: readonly string[],
): readonly string[] {
  if (untold.length === 0) return [];
  return [
    ...(untold.includes('ends')
      ? [
          'There is no destruction_time: who has living members (num_orgs) counts as living; without that column, who has no offspring in the file.',
        ]
      : []),
    `Without ${untold.map((each) => (each === 'ends' ? 'destruction_time' : 'origin_time')).join(' and ')} these cannot be told: ${withheld.join(', ')}.`,
  ];
}
