/** Evaluates births of a stored run again and compares bits. */
import { engines } from '../engines/registry.ts';
import { evaluate, evaluationSeed } from '../evaluation/evaluate.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { toldBirths } from '../lineage/told-births.ts';
import { stream } from '../random/stream.ts';
import { setUpStoredRun } from './run.ts';

export interface Replay {
  readonly births: number;
  /** Births whose result is not the stored one. */
  readonly differing: readonly number[];
}

/** A sample without replacement, the same for the same run; all births where there are fewer. Losses of workers are not replayed. */
export async function replaySample(lineage: Lineage, row: RunRow, size: number): Promise<Replay> {
  const setup = await setUpStoredRun(row);
  const total = row.lastTold + 1;
  const chosen = new Set(stream(`${row.seed}/replay`).permutation(total).subarray(0, Math.min(size, total)));
  const differing: number[] = [];
  for (const event of toldBirths(lineage, row.run)) {
    const { birthIndex, genome } = event.birth;
    if (
      !chosen.has(birthIndex) ||
      (event.outcome.status === 'failed' && event.outcome.reason === 'worker-lost')
    )
      continue;
    const outcome = await evaluate(
      engines[setup.engine],
      setup.task,
      setup.evaluation,
      genome,
      evaluationSeed(row.seed, birthIndex, setup.task),
    );
    if (nextEventHash(initialEventHash, { ...event, outcome }) !== nextEventHash(initialEventHash, event))
      differing.push(birthIndex);
  }
  return { births: chosen.size, differing };
}
