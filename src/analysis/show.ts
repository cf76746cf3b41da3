/** One run in numbers. */
import { z } from 'zod';
import { chosenRun, individualText } from '../lineage/chosen.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { costUnitsSpent, plannedBirths, type RunRow, runSummary } from '../lineage/runs.ts';
import { type GateFindings, gateFindings, type Savings, savingsOf } from '../lineage/savings.ts';
import { count, defined, runNumber } from './answer-parts.ts';
import { runParam } from './params.ts';
import { question, schemaOf } from './question.ts';
import { runState } from './runs.ts';

const savings = schemaOf<Savings>()(
  'Savings',
  z.strictObject({
    cpuSeconds: z.number(),
    hurdles: z.strictObject({ stopped: count, cpuSecondsSaved: z.number() }),
    cache: z.strictObject({
      ...{ duplicates: count, behaviours: count },
      ...{ cpuSecondsSaved: z.number(), cpuSecondsProbing: z.number() },
    }),
  }),
);

const gate = schemaOf<GateFindings>()(
  'GateFindings',
  z.strictObject({ elites: count, confirmed: count, meanGap: defined }),
);

const showAnswer = z.strictObject({
  run: runNumber,
  name: z.string().describe('of the document'),
  document: z.record(z.string(), z.json()).describe('as it was launched'),
  seed: z.string(),
  status: runState,
  endReason: z.string().nullable().describe('null where the run is not finished'),
  ...{ births: count, plannedBirths: count, founders: count, living: count },
  costUnits: z.number().describe('of all trainings that were told'),
  plannedCostUnits: defined.describe('null where the run has no such budget'),
  savings: savings.nullable().describe('null where the run has neither hurdles nor a cache'),
  gate: gate.nullable().describe('null where the run has no gate'),
  ...{ eventHash: z.string(), numericClass: z.string() },
  best: z
    .strictObject({ individual: z.string().describe('RUN:BIRTH'), fitness: z.number() })
    .nullable()
    .describe('the fittest so far, the earliest of equals; null where none has a fitness'),
  evaluations: z.strictObject({
    ...{ completed: count, stopped: count },
    failed: z.record(z.string(), count).describe('by reason'),
  }),
});

/** What `show` says of a run. */
export type ShowAnswer = z.output<typeof showAnswer>;

/** What a stored document has to say here. Keys that came with later versions may be missing. */
interface ShownDocument {
  readonly name: string;
  readonly evolution: { readonly costUnits?: number; readonly gate?: unknown };
  readonly evaluation?: { readonly steps: number; readonly hurdles?: unknown; readonly cache?: unknown };
}

function savingsAnswer(lineage: Lineage, run: number, { evaluation }: ShownDocument): Savings | null {
  const saves = evaluation?.hurdles !== undefined || evaluation?.cache !== undefined;
  return saves ? savingsOf(lineage, run, evaluation!.steps) : null;
}

/** What there is to say of a stored run. */
export function runFacts(lineage: Lineage, row: RunRow): ShowAnswer {
  const { run } = row;
  const { births, founders, living, best, evaluations } = runSummary(lineage, run);
  const stored = JSON.parse(row.document) as ShowAnswer['document'];
  const document = stored as unknown as ShownDocument;
  const { costUnits, gate: gated } = document.evolution;
  const total = (status: string) =>
    evaluations.filter((e) => e.status === status).reduce((sum, e) => sum + e.count, 0);
  const failures = evaluations.filter(({ status }) => status === 'failed');
  return {
    ...{ run, name: document.name, document: stored, seed: row.seed },
    ...{ status: row.state, endReason: row.endReason },
    ...{ births, plannedBirths: plannedBirths(row), founders, living },
    costUnits: costUnitsSpent(lineage, run),
    plannedCostUnits: costUnits ?? null,
    savings: savingsAnswer(lineage, run, document),
    gate: gated === undefined ? null : gateFindings(lineage, run),
    ...{ eventHash: row.eventHash, numericClass: row.numericClass },
    best:
      best === null
        ? null
        : { individual: individualText(individualId(run, best.birthIndex)), fitness: best.fitness },
    evaluations: {
      completed: total('completed'),
      stopped: total('stopped'),
      failed: Object.fromEntries(failures.map((e) => [e.reason!, e.count])),
    },
  };
}

/** A run in numbers; the newest where none is named. */
export const show = question({
  name: 'show',
  version: 1,
  summary: 'a run in numbers: births, outcomes, the best, the event hash',
  params: z.strictObject({ run: runParam() }),
  answer: showAnswer,
  ask: (lineage, { run }) => runFacts(lineage, chosenRun(lineage, run)),
});
