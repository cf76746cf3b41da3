/** Runs by the real controller, loop and journal whose evaluations are made up: what the questions are asked of. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Question, silentContext } from '../../src/analysis/question.ts';
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import type { Birth } from '../../src/evolution/birth.ts';
import { breed, tell } from '../../src/evolution/controller.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { initialState } from '../../src/evolution/population.ts';
import { controllerSettings } from '../../src/evolution/settings.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { stream } from '../../src/random/stream.ts';
import { answerJson } from '../../src/report/answer-json.ts';
import { type AskableName, askable, type Renderer, renderers } from '../../src/report/answers.ts';
import { renderCsv } from '../../src/report/table.ts';
import { drive } from '../../src/search/drive.ts';
import { documentHash } from '../../src/search/setup.ts';
import { documentText, parseDocument } from '../../src/search-space/document.ts';
import { completed, failed } from '../evolution/support.ts';
import { audit } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

export type Evaluate = (birth: Birth, seed: string) => EvaluationOutcome;

/** Two of three count on the genome, the rest is chance; one in ten fails; ties are common. */
export const noisy: Evaluate = ({ birthIndex, genome, ruleHash }, seed) => {
  const random = stream(`${seed}/made-up/${birthIndex}`);
  if (random.uniform() < 0.1) return failed;
  const worth = genome.architecture.nodes.length + Number.parseInt(ruleHash.slice(0, 2), 16) / 64;
  return completed(Math.round(worth + 4 * random.uniform()), Math.ceil(10 ** (1 + (worth % 4))));
};

/** Writes a whole run and gives its number. `stopAfter` leaves it unfinished after so many births. */
export async function madeUpRun(
  lineage: Lineage,
  evolution: Record<string, unknown>,
  {
    seed = '1',
    evaluate = noisy,
    stopAfter,
  }: { seed?: string; evaluate?: Evaluate; stopAfter?: number } = {},
): Promise<number> {
  const parsed = parseDocument(
    JSON.stringify({
      name: 'made-up',
      task: { name: 'mnist1d' },
      founders: { mutations: [0, 3] },
      evolution,
    }),
    'test',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const settings = controllerSettings(parsed.value, seed, [1, 40, 1]);
  const run = createRun(
    lineage,
    {
      ...{ document: documentText(parsed.value), documentHash: documentHash(parsed.value), seed },
      ...{ numericClass: 'null', taskDigest: '', versions: {} },
    },
    audit,
  );
  const journal = openJournal(lineage, run);
  let state = initialState;
  let told = 0;
  let hash = initialEventHash;
  await drive({
    births: settings.evolution.births,
    inFlight: settings.evolution.inFlight,
    told: 0,
    waiting: [],
    breeder: {
      breed: (birthIndex) => breed(settings, birthIndex, state),
      tell(birth, outcome) {
        const next = tell(settings, state, birth, outcome);
        state = next.state;
        return next.deaths;
      },
    },
    evaluate: async ({ birth }) => ({ outcome: evaluate(birth, seed), wallMs: 0 }),
    record(event) {
      told += 1;
      hash = nextEventHash(hash, event);
      journal.append(event, hash);
    },
    shouldStop: () => told === stopAfter,
  });
  journal.close(stopAfter === undefined ? 'births' : undefined);
  return run;
}

/** A database in a folder of its own, and how to get rid of it. */
export function temporaryLineage(): { path: string; lineage: Lineage; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-analysis-'));
  const path = join(folder, 'lineage.db');
  const lineage = openLineage(path, 'write');
  return {
    path,
    lineage,
    remove() {
      lineage.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What a command prints, and how it ends. */
export async function answerOf(
  path: string,
  ...line: readonly string[]
): Promise<{ code: number; text: string }> {
  const { code, printed, noted } = await streetlight(...line, '--db', path);
  return { code, text: printed + noted };
}

/** An answer that is asked for once, in each form in which its command prints it. */
export async function formsOf(
  name: AskableName,
  lineage: Lineage,
  given: object,
): Promise<{ text: string; json: string; csv: string | null }> {
  const asked: Question = askable[name];
  const { text, csv }: Renderer<never> = renderers[name];
  const found = (await asked.ask(lineage, asked.params.parse(given), silentContext)) as never;
  const rows = csv !== undefined && 'rows' in csv ? csv.rows(found) : null;
  return {
    text: text(found, false),
    json: answerJson(asked, found),
    csv: rows === null ? null : renderCsv(rows.head, rows.rows),
  };
}

/** Every number in what was printed is one: no NaN, no infinity. */
export const expectNumbers = (text: string): void => expect(text).not.toMatch(/NaN|Infinity|undefined/);
