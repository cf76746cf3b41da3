/** A run as an event log: what happened, in order, with the event hash after each told birth. `import` makes the database again from it. */

import type { z } from 'zod';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import { architectureText, ruleText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { isClosing, type RunRow } from '../lineage/runs.ts';
import { toldBirths } from '../lineage/told-births.ts';
import {
  type birthEvent,
  type endEvent,
  evaluationLine,
  eventFormat,
  eventVersion,
  type resumeEvent,
  type runEvent,
} from './event-schema.ts';

/** The lines of one run's log, without line ends: the run, its births and resumes in order, its end. See event-schema.ts. */
export function* eventLines(lineage: Lineage, run: RunRow): Generator<string> {
  const { document, documentHash, seed, numericClass, taskDigest, versions, createdAt, endReason, closed } =
    run;
  const tasks = tasksOf(lineage, run.run);
  yield JSON.stringify({
    ...{ format: eventFormat, version: eventVersion },
    run: {
      ...{ document, documentHash, seed, numericClass, taskDigest, tasks, versions },
      ...(closed === null ? {} : { closed }),
    },
    startedAt: createdAt,
  } satisfies z.input<typeof runEvent>);
  const resumes = resumesOf(lineage, run.run);
  const extensions = extensionsOf(lineage, run.run);
  const timing = timingReader(lineage, run.run);
  function* resumedBefore(birth: number): Generator<string> {
    while (resumes.length > 0 && resumes[0]!.afterTold < birth) {
      const { resumedAt, afterTold, versions: their } = resumes.shift()!;
      const extension = extensions[0]?.afterTold === afterTold ? extensions.shift() : undefined;
      const event = {
        ...{ resumedAt, versions: their },
        ...(extension === undefined ? {} : { births: extension.births }),
      };
      yield JSON.stringify(event satisfies z.input<typeof resumeEvent>);
    }
  }
  let [hash, births] = [initialEventHash, 0];
  for (const told of toldBirths(lineage, run.run)) {
    const { birth, outcome, deaths } = told;
    yield* resumedBefore(birth.birthIndex);
    hash = nextEventHash(hash, told);
    births += 1;
    yield JSON.stringify({
      birth: birth.birthIndex,
      ...{ architecture: architectureText(birth.genome.architecture), rule: ruleText(birth.genome.rule) },
      ...{ parent: birth.parent, otherParent: birth.otherParent },
      ...{ architectureFrom: birth.architectureFrom, ruleFrom: birth.ruleFrom },
      ...{ mutations: [...birth.mutations], contestants: [...birth.contestants] },
      ...evaluationLine(outcome),
      ...timing(birth.birthIndex),
      ...{ deaths: [...deaths], eventHash: hash },
    } satisfies z.input<typeof birthEvent>);
  }
  yield* resumedBefore(Number.POSITIVE_INFINITY);
  // The hash that the run has: where it differs from the last of the births, the file was damaged, and `import` says so.
  const end = { end: endReason, births, eventHash: run.eventHash };
  yield JSON.stringify(end satisfies z.input<typeof endEvent>);
}

const tasksOf = ({ db }: Lineage, run: number) =>
  db
    .prepare<[number], { key: string; digest: string }>(
      'SELECT key, digest FROM run_task WHERE run = ? ORDER BY task',
    )
    .all(run);

const resumesOf = ({ db }: Lineage, run: number) =>
  db
    .prepare<[number], { resumedAt: string; afterTold: number; versions: string }>(
      "SELECT started_at AS resumedAt, after_told AS afterTold, versions FROM run_session WHERE run = ? AND kind = 'resume' ORDER BY id",
    )
    .all(run)
    .map((row) => ({ ...row, versions: JSON.parse(row.versions) as Record<string, string> }));

const extensionsOf = ({ db }: Lineage, run: number) =>
  isClosing(db)
    ? db
        .prepare<[number], { births: number; afterTold: number }>(
          'SELECT births, after_told AS afterTold FROM run_extension WHERE run = ? ORDER BY births',
        )
        .all(run)
    : [];

function timingReader({ db }: Lineage, run: number) {
  const find = db.prepare<[number], { cpu_us: number; probe_us: number }>(
    'SELECT cpu_us, probe_us FROM timing WHERE individual = ?',
  );
  return (birth: number) => {
    const row = find.get(individualId(run, birth));
    return row === undefined ? {} : { timing: { cpuMs: row.cpu_us / 1000, probeMs: row.probe_us / 1000 } };
  };
}
