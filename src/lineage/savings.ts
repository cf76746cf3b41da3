/** What hurdles and cache saved, in CPU seconds, and what the gate found. Reckoned from measured times, which are for the audit only. */
import type { Lineage } from './open.ts';
import { individualId } from './pack.ts';

/** What hurdles and the cache of evaluations saved, in CPU seconds. */
export interface Savings {
  /** CPU seconds of all evaluations. */
  readonly cpuSeconds: number;
  readonly hurdles: {
    /** Trainings that ended at a hurdle. */
    readonly stopped: number;
    /** Their time per step times the steps not done. */
    readonly cpuSecondsSaved: number;
  };
  readonly cache: {
    readonly duplicates: number;
    readonly behaviours: number;
    /** What the earlier evaluations took, less what recognising them took. */
    readonly cpuSecondsSaved: number;
    /** Probes of candidates that were then trained after all. */
    readonly cpuSecondsProbing: number;
  };
}

/** What the re-runs of elites found. */
export interface GateFindings {
  readonly elites: number;
  readonly confirmed: number;
  /** Mean of fitness less re-run fitness over elites whose re-run did not fail: the winner's curse. Null where there is none. */
  readonly meanGap: number | null;
}

const microseconds = 1e-6;

/** Of one run; null where it has neither hurdles nor cache. */
export function savingsOf({ db }: Lineage, run: number, steps: number): Savings {
  const range = [individualId(run, 0), individualId(run + 1, 0) - 1] as const;
  const total = db
    .prepare<[number, number], { cpu: number; probing: number }>(
      `SELECT coalesce(sum(cpu_us), 0) AS cpu, coalesce(sum(iif(r.individual IS NULL, probe_us, 0)), 0) AS probing
       FROM timing t LEFT JOIN reuse r ON r.individual = t.individual WHERE t.individual BETWEEN ? AND ?`,
    )
    .get(...range)!;
  const hits = db
    .prepare<[number, number], { cause: string; hits: number; saved: number | null }>(
      `SELECT r.cause, count(*) AS hits, sum(source.cpu_us - source.probe_us - own.cpu_us) AS saved
       FROM reuse r LEFT JOIN timing own ON own.individual = r.individual LEFT JOIN timing source ON source.individual = r.source
       WHERE r.individual BETWEEN ? AND ? GROUP BY r.cause`,
    )
    .all(...range);
  const count = (cause: string) => hits.find((row) => row.cause === cause)?.hits ?? 0;
  return {
    cpuSeconds: microseconds * total.cpu,
    hurdles: hurdleSavings(db, range, steps),
    cache: {
      duplicates: count('duplicate'),
      behaviours: count('behaviour'),
      cpuSecondsSaved: microseconds * hits.reduce((sum, { saved }) => sum + (saved ?? 0), 0),
      cpuSecondsProbing: microseconds * total.probing,
    },
  };
}

/** An individual's trainings: steps done, and steps not done because of a hurdle. Of one that is a single training the last rung tells where it stopped. */
function hurdleSavings(
  db: Lineage['db'],
  range: readonly [number, number],
  steps: number,
): Savings['hurdles'] {
  const rows = db
    .prepare<
      [number, number, number, number],
      { individual: number; stopped: number; done: number; cpu: number | null }
    >(
      `WITH stopped (individual, stopped, done) AS (
         SELECT individual, sum(reason IS 'hurdle'), sum(steps) FROM training WHERE individual BETWEEN ? AND ? GROUP BY individual
         UNION ALL
         SELECT e.individual, 1, max(r.step) FROM evaluation e JOIN rung r ON r.individual = e.individual
         WHERE e.individual BETWEEN ? AND ? AND e.reason = 'hurdle' AND NOT EXISTS (SELECT 1 FROM training t WHERE t.individual = e.individual)
         GROUP BY e.individual)
       SELECT s.individual, s.stopped, s.done, t.cpu_us - t.probe_us AS cpu
       FROM stopped s LEFT JOIN timing t ON t.individual = s.individual WHERE s.stopped > 0`,
    )
    .all(...range, ...range);
  const undone = db
    .prepare<[number, number], number>(
      `SELECT sum(last) FROM (SELECT max(step) AS last FROM rung WHERE individual = ? GROUP BY training
         HAVING training IN (SELECT ord FROM training t WHERE t.individual = rung.individual AND t.reason = 'hurdle')
             OR NOT EXISTS (SELECT 1 FROM training t WHERE t.individual = ?))`,
    )
    .pluck();
  let saved = 0;
  for (const { individual, stopped, done, cpu } of rows) {
    const reached = undone.get(individual, individual) ?? 0;
    saved += ((cpu ?? 0) / done) * (stopped * steps - reached);
  }
  return {
    stopped: rows.reduce((sum, row) => sum + row.stopped, 0),
    cpuSecondsSaved: microseconds * saved,
  };
}

/** Of one run; null where it has no gate. */
export function gateFindings({ db }: Lineage, run: number): GateFindings {
  return db
    .prepare<[number, number], GateFindings>(
      `SELECT count(*) AS elites, coalesce(sum(r.confirmed), 0) AS confirmed, avg(e.fitness - r.fitness) AS meanGap
       FROM reevaluation r JOIN evaluation e ON e.individual = r.individual WHERE r.individual BETWEEN ? AND ?`,
    )
    .get(individualId(run, 0), individualId(run + 1, 0) - 1)!;
}
