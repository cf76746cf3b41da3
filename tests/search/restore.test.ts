/** Resume from every prefix: the children bred and not told are bred again, the same ones, and the lineage goes on to the same end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth, ToldBirth } from '../../src/evolution/birth.ts';
import { breed, type ControllerSettings, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import type { Population } from '../../src/evolution/population.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { drive } from '../../src/search/drive.ts';
import { type Restored, restore } from '../../src/search/restore.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { variationSettings } from '../../src/variation/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-restore-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = parseDocument(
  JSON.stringify({
    name: 'r',
    task: { name: 'mnist1d' },
    evolution: { population: 9, tournament: 3, births: 48, inFlight: 6, reassortment: 0.4 },
  }),
  'test',
);
if (!document.ok) throw new Error('the document is not valid');
const settings: ControllerSettings = {
  seed: 'r',
  evolution: document.value.evolution,
  founderMutations: [0, 3],
  variation: variationSettings(document.value, [1, 40, 1]),
};

function outcomeOf({ ruleHash }: Birth): EvaluationOutcome {
  const fitness = Number.parseInt(ruleHash.slice(0, 6), 16) / 0xffffff;
  const spent = { stepsDone: 2, costUnits: 6, parameters: 5, curve: Float32Array.of(1, fitness) };
  return fitness < 0.15
    ? { status: 'failed', reason: 'diverged', ...spent }
    : { status: 'completed', fitness, search: { loss: 1 - fitness, accuracy: fitness / 2 }, ...spent };
}

async function goOn(from: Restored): Promise<{ events: ToldBirth[]; eventHash: string }> {
  let population: Population = from.population;
  let { eventHash } = from;
  const events: ToldBirth[] = [];
  await drive({
    ...settings.evolution,
    told: from.told,
    waiting: from.waiting,
    breeder: {
      breed: (b) => breed(settings, b, population),
      tell(birth, outcome) {
        const told = tell(population, birth, outcome, settings.evolution.population);
        population = told.population;
        return told.deaths;
      },
    },
    evaluate: async (birth) => ({ outcome: outcomeOf(birth), wallMs: 0 }),
    record(event) {
      eventHash = nextEventHash(eventHash, event);
      events.push(event);
    },
    shouldStop: () => false,
  });
  return { events, eventHash };
}

it('goes on to the same end from every prefix', async () => {
  const whole = await goOn({ told: 0, population: [], waiting: [], eventHash: initialEventHash });
  expect(whole.events).toHaveLength(48);
  for (let told = 0; told <= 48; told++) {
    const lineage = openLineage(join(folder, `${told}.db`), 'write');
    const run = createRun(
      lineage,
      { document: '{}', documentHash: '', seed: 'r', numericClass: '', taskDigest: '', versions: {} },
      { startedAt: '', versions: {} },
    );
    const journal = openJournal(lineage, run);
    let hash = initialEventHash;
    for (const event of whole.events.slice(0, told)) {
      hash = nextEventHash(hash, event);
      journal.append(event, hash);
    }
    journal.close();
    const restored = restore(lineage, findRun(lineage, run)!, settings);
    lineage.close();
    expect(restored.waiting).toEqual(
      whole.events.slice(told, told === 48 ? 48 : told + 6).map(({ birth }) => birth),
    );
    expect((await goOn(restored)).eventHash, `from ${told}`).toBe(whole.eventHash);
  }
});
