/** Resume from every prefix: the children bred and not told are bred again, the same ones, and the lineage goes on to the same end, under every scheme and condition. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  type EvaluationDetails,
  type EvaluationOutcome,
  type TrainingOutcome,
  withDetails,
} from '../../src/evaluation/outcome.ts';
import type { ToldBirth } from '../../src/evolution/birth.ts';
import { type Bred, breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { drive } from '../../src/search/drive.ts';
import { beginning, type Restored, restore } from '../../src/search/restore.ts';
import { settingsOf } from '../evolution/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-restore-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Uniform over [0, 1), named by a text. */
const draw = (text: string) =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16) / 2 ** 48;

/** An outcome with every detail that the plan asks for, a function of the plan alone: whatever of the plan resume did not rebuild would show. */
function outcomeOf(settings: ControllerSettings, { birth, plan }: Bred): EvaluationOutcome {
  const { evaluation } = settings;
  const name = birth.ruleHash + birth.architectureHash;
  const spent = {
    stepsDone: 2,
    costUnits: 6,
    parameters: 1 + Math.floor(1000 * draw(`${name} size`)),
    curve: Float32Array.of(1),
  };
  const ended = (text: string): TrainingOutcome => {
    const fitness = draw(text);
    return fitness < 0.1
      ? { status: 'failed', reason: 'diverged', ...spent }
      : { status: 'completed', fitness, search: { loss: 1 - fitness, accuracy: fitness / 2 }, ...spent };
  };
  const nothing: EvaluationDetails = {
    trainings: [],
    rungs: [],
    reevaluation: null,
    behaviour: null,
    reuse: null,
  };
  const probe = createHash('sha256').update(birth.ruleHash.slice(0, 1)).digest('hex').slice(0, 16);
  const source = plan.duplicateOf ?? plan.known.find(({ behaviour }) => behaviour?.probe === probe) ?? null;
  if (source !== null) {
    const reuse = {
      source: source.birthIndex,
      by: source === plan.duplicateOf ? 'duplicate' : 'behaviour',
    } as const;
    return { ...source.ending, ...spent, details: { ...nothing, reuse } };
  }
  const outcome = ended(JSON.stringify([name, plan.pairs.map(({ partner }) => partner), plan.bars]));
  if (outcome.status === 'failed') return outcome;
  const isElite = plan.eliteBar !== null && outcome.fitness > plan.eliteBar;
  const again = draw(`${name} again`);
  const trainings = plan.pairs.flatMap(({ partner }) =>
    Array.from({ length: evaluation.replicates }, (_, replicate) => ({
      purpose: 'search' as const,
      task: 0,
      replicate,
      trial: 0,
      partner,
      counts: true,
      outcome,
    })),
  );
  return {
    ...outcome,
    ...withDetails({
      trainings: trainings.length > 1 ? trainings : [],
      rungs: (evaluation.hurdles?.rungs ?? []).map((step, rung) => ({
        training: 0,
        step,
        fitness: draw(`${name} ${step}`),
        bar: plan.bars[0]?.[rung] ?? null,
      })),
      reevaluation: isElite
        ? { bar: plan.eliteBar!, fitness: again, confirmed: again > plan.eliteBar! }
        : null,
      behaviour: evaluation.cache === undefined ? null : { probe, opening: probe },
      reuse: null,
    }),
  };
}

async function goOn(
  settings: ControllerSettings,
  from: Restored,
): Promise<{ events: ToldBirth[]; eventHash: string }> {
  let { state, eventHash } = from;
  const events: ToldBirth[] = [];
  await drive({
    ...settings.evolution,
    told: from.told,
    waiting: from.waiting,
    breeder: {
      breed: (b) => breed(settings, b, state),
      tell(birth, outcome) {
        const told = tell(settings, state, birth, outcome);
        state = told.state;
        return told.deaths;
      },
    },
    evaluate: async (bred) => ({ outcome: outcomeOf(settings, bred), wallMs: 0 }),
    record(event) {
      eventHash = nextEventHash(eventHash, event);
      events.push(event);
    },
    shouldStop: () => false,
  });
  return { events, eventHash };
}

const births = 36;
const inFlight = 6;

it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['aging', {}, {}],
  ['truncation', { scheme: 'truncation' }, {}],
  ['map-elites', { scheme: 'map-elites' }, {}],
  ['random-parents', { scheme: 'random-parents' }, {}],
  ['shuffled-fitness', { scheme: 'shuffled-fitness' }, {}],
  ['shuffled-labels', { scheme: 'shuffled-labels' }, {}],
  ['random-search', { scheme: 'random-search' }, {}],
  ['rule-fixed', { condition: 'rule-fixed' }, {}],
  ['rule-resampled', { condition: 'rule-resampled', panel: ['sgd', 'adam', 'u = -0.1 * g'] }, {}],
  ['alternating', { condition: 'alternating', period: 1 }, {}],
  ['cooperative', { condition: 'cooperative' }, {}],
  ['replicates', {}, { replicates: 3 }],
  ['hurdles', {}, { hurdles: { rungs: [10, 20], atLeast: 4 } }],
  ['cache', { condition: 'architecture-fixed' }, { cache: { remember: 12 } }],
  ['gate', { gate: { quantile: 0.5, atLeast: 4 } }, {}],
  [
    'all at once',
    { scheme: 'map-elites', condition: 'alternating', period: 1, gate: { quantile: 0.3, atLeast: 2 } },
    { replicates: 2, hurdles: { rungs: [50], atLeast: 2 }, cache: { remember: 20 } },
  ],
])('goes on to the same end from every prefix: %s', async (name, evolution, evaluation) => {
  const settings = settingsOf(
    { population: 9, tournament: 3, births, inFlight, reassortment: 0.4, ...evolution },
    { evaluation },
  );
  const whole = await goOn(settings, beginning);
  expect(whole.events).toHaveLength(births);
  const lineage = openLineage(join(folder, `${name}.db`), 'write');
  lineage.db.pragma('synchronous = OFF');
  const run = createRun(
    lineage,
    {
      document: '{}',
      documentHash: createHash('sha256').update('{}').digest('hex'),
      seed: '5',
      numericClass: '',
      taskDigest: '',
      versions: {},
    },
    { startedAt: '', versions: {} },
  );
  const journal = openJournal(lineage, run);
  let hash = beginning.eventHash;
  for (let told = 0; told <= births; told++) {
    const restored = restore(lineage, findRun(lineage, run)!, settings);
    expect(restored.waiting.map(({ birth }) => birth)).toEqual(
      whole.events.slice(told, told === births ? births : told + inFlight).map(({ birth }) => birth),
    );
    expect(restored.costUnits).toBe(6 * told);
    expect((await goOn(settings, restored)).eventHash, `from ${told}`).toBe(whole.eventHash);
    if (told === births) break;
    hash = nextEventHash(hash, whole.events[told]!);
    journal.append(whole.events[told]!, hash);
    journal.flush();
  }
  expect([...toldBirths(lineage, run)].reduce(nextEventHash, initialEventHash)).toBe(whole.eventHash);
  lineage.close();
});
