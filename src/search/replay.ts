/**
 * Breeds and evaluates births of a stored run again, from the state that they were bred from, and compares: bits, or losses within what the engine promises where it does
 * not promise bits.
 */
import type { Reproducibility } from '../engines/engine.ts';
import { evaluateIndividual } from '../evaluation/individual.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { ToldBirth } from '../evolution/birth.ts';
import { breed } from '../evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { toldBirths } from '../lineage/told-births.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { stateAt } from './restore.ts';
import { setUpStoredRun } from './run.ts';

/** What evaluating stored births again came to. */
export interface Replay {
  readonly births: number;
  /** Births whose result is not the stored one. */
  readonly differing: readonly number[];
  /** How far two results may be apart and still be the same; 0 where bits are compared. */
  readonly within: number;
}

/** A sample without replacement, the same for the same run; all births where there are fewer. Losses of workers are not replayed. */
export async function replaySample(lineage: Lineage, row: RunRow, size: number): Promise<Replay> {
  const setup = await setUpStoredRun(row);
  const { reproducible } = setup.engine;
  const bench = {
    engine: setup.engine,
    tasks: setup.tasks,
    settings: setup.evaluation,
    protocol: setup.document.evaluation,
    runSeed: row.seed,
  };
  const total = row.lastTold + 1;
  const chosen = new Set(
    stream(streamNames.replay(row.seed)).permutation(total).subarray(0, Math.min(size, total)),
  );
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
    if (!isSameBirth(event, birth) || !isSameResult(reproducible, event, outcome)) differing.push(birthIndex);
  }
  return { births: chosen.size, differing, within: reproducible.bits ? 0 : reproducible.loss };
}

/** Bred again it is the same, whatever its outcome. */
const isSameBirth = (event: ToldBirth, birth: ToldBirth['birth']) =>
  nextEventHash(initialEventHash, { ...event, birth }) === nextEventHash(initialEventHash, event);

/** Ended in the same way, and with the same bits or, where the engine does not promise those, about the same held-out loss. */
export function isSameResult(
  reproducible: Reproducibility,
  event: ToldBirth,
  outcome: EvaluationOutcome,
): boolean {
  if (reproducible.bits)
    return nextEventHash(initialEventHash, { ...event, outcome }) === nextEventHash(initialEventHash, event);
  const stored = event.outcome;
  if (stored.status === 'failed' || outcome.status === 'failed')
    return stored.status === 'failed' && outcome.status === 'failed' && stored.reason === outcome.reason;
  const [before, now] = [stored.search.loss, outcome.search.loss];
  return (
    stored.status === outcome.status &&
    Math.abs(now - before) <= reproducible.loss * Math.max(1, Math.abs(before))
  );
}
