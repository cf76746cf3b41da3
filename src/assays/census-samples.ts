/** Random samples of who lived in a run at several times, as the time-shift assay takes its architectures and rules from. */

import type { ConditionName } from '../evolution/conditions.ts';
import { censuses, equallySpaced } from '../lineage/census.ts';
import { loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { storedDocument } from '../search/closed-document.ts';

/** One of the living, by its birth and the rows of its chromosomes in `block`. */
export interface Sampled {
  readonly birth: number;
  readonly architecture: number;
  readonly rule: number;
}

/** Some of the living at one time, drawn without replacement: each with probability `individuals.length / living`. */
export interface CensusSample {
  readonly time: number;
  readonly living: number;
  readonly individuals: readonly Sampled[];
}

/** A run and its samples, in the order of time. */
export interface SampledRun {
  readonly row: RunRow;
  readonly samples: readonly CensusSample[];
}

/** What a condition leaves as it was; null where both chromosomes evolve. */
const fixedIn = {
  joint: null,
  alternating: null,
  cooperative: null,
  'rule-fixed': 'rules do not',
  'rule-resampled': 'rules are drawn anew for each birth, and do not',
  'architecture-fixed': 'architectures do not',
} as const satisfies Record<ConditionName, string | null>;

/** `count` censuses from the first whole population to the last birth. @throws UserError with all runs in which one chromosome does not evolve, that are too short, or in which nobody lived at one of the times. */
export function sampledRuns(
  lineage: Lineage,
  rows: readonly RunRow[],
  asked: { readonly censuses: number; readonly sample: number },
): SampledRun[] {
  const refused = rows.flatMap((row) => refusal(row, asked.censuses));
  if (refused.length > 0) throw new UserError(refused);
  const sampled = rows.map((row) => sampledRun(lineage, row, asked));
  const empty = sampled.flatMap(({ row: { run }, samples }) =>
    samples
      .filter(({ living }) => living === 0)
      .map(({ time }) => ({
        code: 'nobody-lives',
        message: `nobody lived in run ${run} after birth ${time}`,
        hint: 'leave the run out',
      })),
  );
  if (empty.length > 0) throw new UserError(empty);
  return sampled;
}

function refusal(row: RunRow, count: number): Issue[] {
  const { condition, population } = storedDocument(row).evolution;
  const fixed = fixedIn[condition];
  if (fixed !== null)
    return [
      {
        code: 'one-chromosome',
        message: `in run ${row.run}, of the condition ${condition}, ${fixed} evolve`,
        hint: 'shifts in time are between two that both evolve: name joint, alternating or cooperative runs',
      },
    ];
  if (row.lastTold - (population - 1) >= count - 1) return [];
  return [
    {
      code: 'too-few-births',
      message: `run ${row.run} has ${row.lastTold + 1} births, and its first population is of ${population}: there is no room for ${count} censuses`,
      hint: 'resume it with more births (`streetlight resume RUN --births N`), or leave it out',
    },
  ];
}

function sampledRun(
  lineage: Lineage,
  row: RunRow,
  { censuses: count, sample }: { readonly censuses: number; readonly sample: number },
): SampledRun {
  const history = loadHistory(lineage, row.run);
  const times = equallySpaced(storedDocument(row).evolution.population - 1, row.lastTold, count);
  const samples = Array.from(censuses(history, times), ({ time, living }): CensusSample => {
    const order = stream(streamNames.censusSample(row.seed, time)).permutation(living.length);
    const births = Array.from(order.subarray(0, sample), (place) => living[place]!).sort((a, b) => a - b);
    return {
      ...{ time, living: living.length },
      individuals: births.map((birth) => ({
        birth,
        architecture: history.block.architecture[birth]!,
        rule: history.block.rule[birth]!,
      })),
    };
  });
  return { row, samples };
}
