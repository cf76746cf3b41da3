/** Breeds and evaluates births of a stored run again, from the state that they were bred from, and compares bits. */
import { engines } from '../engines/registry.ts';
import { evaluateIndividual } from '../evaluation/individual.ts';
import { breed } from '../evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { toldBirths } from '../lineage/told-births.ts';
import { stream } from '../random/stream.ts';
import { stateAt } from './restore.ts';
import { setUpStoredRun } from './run.ts';

export interface Replay {
  readonly births: number;
  /** Births whose result is not the stored one. */
  readonly differing: readonly number[];
}

/** A sample without replacement, the same for the same run; all births where there are fewer. Losses of workers are not replayed. */
export async function replaySample(lineage: Lineage, row: RunRow, size: number): Promise<Replay> {
  const setup = await setUpStoredRun(row);
  const bench = {
    engine: engines[setup.engine],
    tasks: setup.tasks,
    settings: setup.evaluation,
    protocol: setup.document.evaluation,
    runSeed: row.seed,
  };
  const total = row.lastTold + 1;
  const chosen = new Set(stream(`${row.seed}/replay`).permutation(total).subarray(0, Math.min(size, total)));
  const differing: number[] = [];
  for (const event of toldBirths(lineage, row.run)) {
    const { birthIndex } = event.birth;
    if (
      !chosen.has(birthIndex) ||
      (event.outcome.status === 'failed' && event.outcome.reason === 'worker-lost')
    )
      continue;
    const { controller } = setup;
    const state = stateAt(lineage, row.run, controller, birthIndex - controller.evolution.inFlight);
    const { birth, plan } = breed(controller, birthIndex, state);
    const outcome = await evaluateIndividual(bench, plan);
    if (
      nextEventHash(initialEventHash, { ...event, birth, outcome }) !== nextEventHash(initialEventHash, event)
    )
      differing.push(birthIndex);
  }
  return { births: chosen.size, differing };
}
