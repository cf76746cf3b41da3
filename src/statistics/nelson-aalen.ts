/**
 * The cumulative hazard H(t). `aalen` (R's ctype = 1): H = sum of d / n with Aalen's variance, the sum of d / n^2. `fleming-harrington` (R's ctype = 2)
 * lets tied events happen one after the other: H = sum over j, and k < d, of 1 / (n - k), with variance the sum of 1 / (n - k)^2 (Nelson 1972,
 * Aalen 1978, Fleming and Harrington 1984).
 */
import { exp } from '../numerics/elementary.ts';
import { z95 } from './confidence.ts';
import type { Lives } from './lives.ts';
import { riskTable } from './risk-table.ts';

/** Names stand in output: permanent. */
export const hazardTypes = ['aalen', 'fleming-harrington'] as const;

/** How ties enter a cumulative hazard and its variance. */
export type HazardType = (typeof hazardTypes)[number];

/** A cumulative hazard at one distinct time. */
export interface HazardRow {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  readonly hazard: number;
  readonly se: number;
  /** H exp(-z se / H), H exp(z se / H); both 0 before the first event. */
  readonly lower: number;
  readonly upper: number;
}

/** One row per distinct exit time, ascending. @throws RangeError as `kaplanMeier` says. */
export function nelsonAalen(lives: Lives, type: HazardType = 'aalen', z = z95): HazardRow[] {
  const table = riskTable(lives);
  let hazard = 0;
  let variance = 0;
  return Array.from(table.time, (time, j) => {
    const [atRisk, events] = [table.atRisk[j]!, table.events[j]!];
    const step = increments[type](atRisk, events);
    hazard += step.hazard;
    variance += step.variance;
    const se = Math.sqrt(variance);
    const width = hazard === 0 ? 1 : exp((z * se) / hazard);
    return {
      time,
      atRisk,
      events,
      censored: table.censored[j]!,
      hazard,
      se,
      lower: hazard / width,
      upper: hazard * width,
    };
  });
}

interface Increment {
  readonly hazard: number;
  readonly variance: number;
}

const increments = {
  aalen: (n, d) => ({ hazard: d / n, variance: d / (n * n) }),
  'fleming-harrington': (n, d) => {
    let [hazard, variance] = [0, 0];
    for (let k = 0; k < d; k++) {
      hazard += 1 / (n - k);
      variance += 1 / ((n - k) * (n - k));
    }
    return { hazard, variance };
  },
} as const satisfies Record<HazardType, (atRisk: number, events: number) => Increment>;
