/** Runs by the real controller whose evaluations cost nothing: what is left is breeding, telling and, where one is kept, the database. */
import { performance } from 'node:perf_hooks';
import type { EvaluationOutcome } from '../src/evaluation/outcome.ts';
import type { Birth, ToldBirth } from '../src/evolution/birth.ts';
import { breed, tell } from '../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../src/evolution/event-hash.ts';
import { initialState } from '../src/evolution/population.ts';
import { createRun, openJournal } from '../src/lineage/journal.ts';
import type { Lineage } from '../src/lineage/open.ts';
import { drive } from '../src/search/drive.ts';
import { documentHash, setUpRun } from '../src/search/setup.ts';
import { documentText, parseDocument, type SearchDocument } from '../src/search-space/document.ts';

/** A document of the default task with these settings of `evolution`, and whatever else. */
export function nullDocument(
  evolution: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>> = {},
): SearchDocument {
  const document = parseDocument(
    JSON.stringify({
      ...{ name: 'null', task: { name: 'mnist1d' }, evaluation: { curvePoints: 0 } },
      ...rest,
      evolution,
    }),
    'bench',
  );
  if (!document.ok) throw new Error(`the bench document is not valid: ${JSON.stringify(document.issues)}`);
  return document.value;
}

/** Hands every told birth to `record`, in order. @returns the seconds it took, the opening of the task left out. */
export async function nullBirths(
  document: SearchDocument,
  seed: string,
  record: (told: ToldBirth) => void,
): Promise<number> {
  const { controller } = await setUpRun(document, seed);
  const { births, inFlight } = document.evolution;
  let state = initialState;
  const start = performance.now();
  await drive({
    births,
    inFlight,
    told: 0,
    waiting: [],
    breeder: {
      breed: (birthIndex) => breed(controller, birthIndex, state),
      tell(birth, outcome) {
        const told = tell(controller, state, birth, outcome);
        state = told.state;
        return told.deaths;
      },
    },
    evaluate: async ({ birth }) => ({ outcome: outcomeOf(birth), wallMs: 0 }),
    record,
    shouldStop: () => false,
  });
  return (performance.now() - start) / 1000;
}

/** Writes a whole run of so many births and gives the seconds it took. */
export async function nullRun(lineage: Lineage, births: number): Promise<number> {
  const document = nullDocument({ births, population: 64, inFlight: 16 });
  const run = createRun(
    lineage,
    {
      document: documentText(document),
      documentHash: documentHash(document),
      seed: 'bench',
      numericClass: 'null',
      taskDigest: '',
      versions: {},
    },
    { startedAt: '2000-01-01T00:00:00Z', versions: {} },
  );
  const journal = openJournal(lineage, run);
  let hash = initialEventHash;
  const seconds = await nullBirths(document, 'bench', (event) => {
    hash = nextEventHash(hash, event);
    journal.append(event, hash);
  });
  journal.close('births');
  return seconds;
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
