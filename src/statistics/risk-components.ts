/**
 * Which groups can be compared at all: two groups are joined where an end finds both at risk, and so, through others, are whole sets of groups. A hazard
 * ratio between groups of different sets does not exist, whatever a regression says.
 */
import { type Lives, membersOf, numbered } from './lives.ts';
import { distinct, sortedTimes, walk } from './risk-table.ts';
import { chosenTimes, mergeTies } from './tied-times.ts';

/** The groups that are joined with this one, itself included. `strata`: one label per life; only lives of one stratum are at risk together. */
export function joinedWith<G, S>(
  lives: Lives,
  groups: readonly G[],
  group: G,
  strata?: readonly S[],
): ReadonlySet<G> {
  const { codes, labels } = numbered(groups);
  const times = mergeTies(lives);
  const setOf = labels.map((_, g) => g);
  const join = (together: readonly number[]) => {
    const sets = new Set(together.map((g) => setOf[g]!));
    if (sets.size < 2) return;
    const least = Math.min(...sets);
    for (let g = 0; g < setOf.length; g++) if (sets.has(setOf[g]!)) setOf[g] = least;
  };
  for (const rows of strata === undefined ? [[...codes.keys()]] : membersOf(strata).values()) {
    const atRisk = [...membersOf(rows.map((i) => codes[i]!))].map(([code, places]) => ({
      code,
      count: walk(
        sortedTimes(
          chosenTimes(
            times,
            places.map((place) => rows[place]!),
          ),
        ),
      ),
    }));
    for (const time of distinct(sortedTimes(chosenTimes(times, rows)).ends))
      join(atRisk.flatMap(({ code, count }) => (count(time).risk > 0 ? [code] : [])));
  }
  const own = setOf[labels.indexOf(group)];
  return new Set(labels.filter((_, g) => setOf[g] === own));
}
