/** Rebuilds a run's controller from its database: the population as it stands, and the children that were bred and not told. */
import { type Bred, breed, type ControllerSettings, tell } from '../evolution/controller.ts';
import { initialEventHash } from '../evolution/event-hash.ts';
import { type ControllerState, initialState, memberOf, type Remembered } from '../evolution/population.ts';
import { oldestRemembered, remember } from '../evolution/remember.ts';
import type { Lineage } from '../lineage/open.ts';
import { costUnitsSpent, populationAt, type RunRow } from '../lineage/runs.ts';
import { someTold, toldBirths } from '../lineage/told-births.ts';

/** A run as it stood when its last birth was told. */
export interface Restored {
  readonly told: number;
  readonly state: ControllerState;
  readonly waiting: readonly Bred[];
  readonly eventHash: string;
  /** Cost units of the told evaluations. */
  readonly costUnits: number;
}

/** A run that has not begun. */
export const beginning: Restored = {
  told: 0,
  state: initialState,
  waiting: [],
  eventHash: initialEventHash,
  costUnits: 0,
};

/**
 * Birth b was bred right after birth b - inFlight was told, so the last inFlight told births are told once more to the state before them, and after each the child
 * that was bred then is bred again: the same one, since breeding is a function of seed, birth and state.
 */
export function restore(lineage: Lineage, run: RunRow, settings: ControllerSettings): Restored {
  const { inFlight, births } = settings.evolution;
  const told = run.lastTold + 1;
  const before = Math.max(-1, told - inFlight - 1);
  let state = stateAt(lineage, run.run, settings, before);
  const waiting: Bred[] = [];
  for (let b = told; b < Math.min(inFlight, births); b++) waiting.push(breed(settings, b, initialState));
  for (const event of toldBirths(lineage, run.run, before)) {
    state = tell(settings, state, event.birth, event.outcome).state;
    const next = event.birth.birthIndex + inFlight;
    if (next >= told && next < births) waiting.push(breed(settings, next, state));
  }
  const costUnits = costUnitsSpent(lineage, run.run);
  return { told, state, waiting, eventHash: told === 0 ? initialEventHash : run.eventHash, costUnits };
}

/** The controller's state right after birth `told` was told. */
export function stateAt(
  lineage: Lineage,
  run: number,
  settings: ControllerSettings,
  told: number,
): ControllerState {
  if (told < 0) return initialState;
  const living = populationAt(lineage, run, told).map(({ birthIndex }) => birthIndex);
  const population = someTold(lineage, run, living).flatMap(({ birth, outcome }) =>
    outcome.status === 'failed' ? [] : [memberOf(settings, birth, outcome)],
  );
  let remembered: readonly Remembered[] = [];
  const oldest = Math.max(0, oldestRemembered(settings, told));
  for (const { birth, outcome } of oldest > told ? [] : toldBirths(lineage, run, oldest - 1)) {
    if (birth.birthIndex > told) break;
    remembered = remember(settings, remembered, birth, outcome);
  }
  return { population, remembered };
}
