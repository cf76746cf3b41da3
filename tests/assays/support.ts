/** Small real runs for tests of assays, and a second statement of what they train. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskContext } from '../../src/analysis/question.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { trainCell } from '../../src/evaluation/cell.ts';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { type Lineage, openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { builtProgram, streetlight } from '../support/program.ts';

/** Launches a search in a process of its own. */
export function launchDocument(folder: string, db: string, seed: string, document: object): void {
  const path = join(folder, 'document.json');
  writeFileSync(path, JSON.stringify(document));
  const line = [builtProgram, 'search', path, '--seed', seed, '--db', db, '--workers', '1'];
  execFileSync(process.execPath, line, { stdio: 'ignore' });
}

/** Trains one cell of a run's workbench in this process: score in decades, 0 for failure, up to 6. */
export async function naiveScores(lineage: Lineage, run: number) {
  const row = findRun(lineage, run)!;
  const setup = await setUpRun(storedDocument(row), row.seed);
  const workbench = {
    ...{ engine: wasmEngine, tasks: setup.tasks, settings: setup.evaluation },
    protocol: setup.document.evaluation,
  };
  return async (
    architecture: string,
    rule: string,
    seed: string,
    learningRate: number,
    split: 'final' | 'select',
    task = 0,
  ) => {
    const record = await trainCell(workbench, {
      genome: { architecture: architectureFromText(architecture), rule: ruleFromText(rule) },
      ...{ task, budget: setup.evaluation.budget, seed, learningRate },
      ...(split === 'final' ? { split, claim: true } : { split }),
    });
    if (record.status === 'failed') return 0;
    return Math.min(6, Math.max(0, Math.log10(setup.tasks[task]!.untrainedLoss / record.measured.loss)));
  };
}

/** The learning rate with the best score; of equals the one nearest to the own one, then the lower. */
export async function naiveRate(score: (j: number) => Promise<number>): Promise<number> {
  let [best, rate] = [Number.NEGATIVE_INFINITY, 0];
  for (const j of [0, -1, 1, -2, 2, 3, 4, 5, 6]) {
    const found = await score(j);
    if (found > best) [best, rate] = [found, j];
  }
  return rate;
}

export function cellCount(db: string): number {
  const lineage = openLineage(db, 'read');
  const count = lineage.db.prepare<[], number>('SELECT count(*) FROM cell').pluck().get()!;
  lineage.close();
  return count;
}

/** A copy of a database that has no cells yet. */
export async function withoutCells(db: string, copy: string): Promise<string> {
  await streetlight('backup', copy, '--db', db);
  const lineage = openLineage(copy, 'derive');
  lineage.db.exec('DELETE FROM cell; DELETE FROM workbench');
  lineage.close();
  return copy;
}

/** Interrupts each stage after so many trainings. */
export function stopAfter(most: number): AskContext {
  let done = 0;
  return {
    note: () => {},
    begin: () => ({ update: () => (done += 1), shouldStop: () => done >= most, end: () => {} }),
  };
}
