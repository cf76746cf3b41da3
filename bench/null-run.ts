/** A run by the real controller and journal whose evaluations cost nothing: what is left is breeding, telling and the database. */
import { performance } from 'node:perf_hooks';
import type { EvaluationOutcome } from '../src/evaluation/outcome.ts';
import type { Birth } from '../src/evolution/birth.ts';
import { breed, tell } from '../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../src/evolution/event-hash.ts';
import type { Population } from '../src/evolution/population.ts';
import { createRun, openJournal } from '../src/lineage/journal.ts';
import type { Lineage } from '../src/lineage/open.ts';
import { drive } from '../src/search/drive.ts';
import { setUpRun } from '../src/search/setup.ts';
import { documentText, parseDocument } from '../src/search-space/document.ts';

const population = 64;
const inFlight = 16;

/** Writes a whole run of so many births and gives the seconds it took. */
export async function nullRun(lineage: Lineage, births: number): Promise<number> {
  const document = parseDocument(
    JSON.stringify({
      name: 'null',
      task: { name: 'mnist1d' },
      evolution: { births, population, inFlight },
      evaluation: { curvePoints: 0 },
    }),
    'bench',
  );
  if (!document.ok) throw new Error('the bench document is not valid');
  const { controller } = await setUpRun(document.value, 'bench');
  const run = createRun(
    lineage,
    {
      document: documentText(document.value),
      documentHash: '',
      seed: 'bench',
      numericClass: 'null',
      taskDigest: '',
      versions: {},
    },
    { startedAt: '2000-01-01T00:00:00Z', versions: {} },
  );
  const journal = openJournal(lineage, run);
  let living: Population = [];
  let hash = initialEventHash;
  const start = performance.now();
  await drive({
    births,
    inFlight,
    told: 0,
    waiting: [],
    breeder: {
      breed: (birthIndex) => breed(controller, birthIndex, living),
      tell(birth, outcome) {
        const told = tell(living, birth, outcome, population);
        living = told.population;
        return told.deaths;
      },
    },
    evaluate: async (birth) => ({ outcome: outcomeOf(birth), wallMs: 0 }),
    record(event) {
      hash = nextEventHash(hash, event);
      journal.append(event, hash);
    },
    shouldStop: () => false,
  });
  journal.close('births');
  return (performance.now() - start) / 1000;
}

/** A fitness that is the rule's own and otherwise without meaning. */
function outcomeOf({ ruleHash }: Birth): EvaluationOutcome {
  const fitness = Number.parseInt(ruleHash.slice(0, 8), 16) / 0xffffffff;
  return {
    status: 'completed',
    fitness,
    search: { loss: 1 - fitness, accuracy: fitness },
    stepsDone: 1,
    costUnits: 3,
    parameters: 1,
    curve: new Float32Array(0),
  };
}
