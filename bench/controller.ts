/** How many births a second can the controller and the database take when evaluation costs nothing, and how many bytes does an individual take? */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { EvaluationOutcome } from '../src/evaluation/outcome.ts';
import { breed, tell } from '../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../src/evolution/event-hash.ts';
import { initialState } from '../src/evolution/population.ts';
import { createRun, openJournal } from '../src/lineage/journal.ts';
import { openLineage } from '../src/lineage/open.ts';
import { drive } from '../src/search/drive.ts';
import { setUpRun } from '../src/search/setup.ts';
import { documentText, parseDocument } from '../src/search-space/document.ts';
import type { Bench } from './lib.ts';

const births = 20_000;

export const controller: Bench = {
  question:
    'How many births a second do controller and database take with a null evaluator, and how many bytes is an individual?',
  async run() {
    const document = parseDocument(
      JSON.stringify({
        name: 'null',
        task: { name: 'mnist1d' },
        evolution: { births, population: 64, inFlight: 16 },
        evaluation: { curvePoints: 0 },
      }),
      'bench',
    );
    if (!document.ok) throw new Error('the bench document is not valid');
    const setup = await setUpRun(document.value, 'bench');
    const folder = mkdtempSync(join(tmpdir(), 'streetlight-bench-'));
    const path = join(folder, 'null.db');
    const lineage = openLineage(path, 'write');
    const audit = { startedAt: '2000-01-01T00:00:00Z', versions: {} };
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
      audit,
    );
    const journal = openJournal(lineage, run);
    let state = initialState;
    let hash = initialEventHash;
    const start = performance.now();
    await drive({
      births,
      inFlight: 16,
      told: 0,
      waiting: [],
      breeder: {
        breed: (b) => breed(setup.controller, b, state),
        tell(birth, outcome) {
          const told = tell(setup.controller, state, birth, outcome);
          state = told.state;
          return told.deaths;
        },
      },
      evaluate: async ({ birth }) => {
        const fitness = Number.parseInt(birth.ruleHash.slice(0, 8), 16) / 0xffffffff;
        const outcome: EvaluationOutcome = {
          status: 'completed',
          fitness,
          search: { loss: 1 - fitness, accuracy: fitness },
          stepsDone: 1,
          costUnits: 3,
          parameters: 1,
          curve: new Float32Array(0),
        };
        return { outcome, wallMs: 0 };
      },
      record(event) {
        hash = nextEventHash(hash, event);
        journal.append(event, hash);
      },
      shouldStop: () => false,
    });
    journal.close('births');
    const seconds = (performance.now() - start) / 1000;
    lineage.db.pragma('wal_checkpoint(TRUNCATE)');
    const text = lineage.db.prepare<[], number>('SELECT sum(length(canon)) FROM block').pluck().get()!;
    lineage.close();
    const { size } = statSync(path);
    rmSync(folder, { recursive: true });
    const rate = births / seconds;
    return [
      {
        what: `${births} births with a null evaluator, database included`,
        value: rate,
        unit: 'births/s',
        target: 'at least 3,000 births/s',
        met: rate >= 3000,
        raw: [seconds],
      },
      {
        what: 'file size per individual, no curves',
        value: size / births,
        unit: 'bytes',
        target: 'under 300 bytes',
        met: size / births < 300,
        note: `of which text of blocks ${(text / births).toFixed(0)}; nearly every birth brings a new block here`,
      },
    ];
  },
};
