/** The panel as an assay of a study: the numbers of each block are those that the assay gives by hand on the runs of the block. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { panelAnswer } from '../../src/assays/panel-answer.ts';
import type { CommandAnswer } from '../../src/report/command-answers.ts';
import { readStudy } from '../../src/study/document.ts';
import { studyCounts } from '../../src/study/plan.ts';
import { builtProgram, streetlight } from '../support/program.ts';
import { smallStudy } from '../support/study.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-study-panel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [file, db] = [join(folder, 'study.yaml'), join(folder, 'study.db')];

const effort = { panel: ['sgd', 'lion'], sample: 2, seeds: 2, tuningSeeds: 1 };
const { A, S } = smallStudy.conditions;
const study = {
  ...smallStudy,
  // Judged on the final split of the own tasks, as by hand.
  ...{ blocks: 2, heldOut: { draws: 0 }, conditions: { A, S } },
  base: { ...smallStudy.base, evaluation: { steps: 40, batchSize: 16 } },
  assays: {
    one: { kind: 'panel', conditions: ['A'], ...effort },
    both: { kind: 'panel', conditions: ['S', 'A'], ...effort },
  },
  primary: {
    ...{ assay: 'both', measure: 'regret default', alpha: 0.3, smallest: 0.05 },
    claim: 'momentum-evolved architectures are less friendly to Adam than those that evolved under it',
  },
  ...{ secondary: [], controls: [] },
};

beforeAll(() => {
  writeFileSync(file, JSON.stringify(study));
  execFileSync(process.execPath, [builtProgram, 'study', 'run', file, '--db', db, '--workers', '2'], {
    stdio: 'ignore',
  });
}, 300_000);

async function answerOf<T>(...line: readonly string[]): Promise<T> {
  const { code, printed, noted } = await streetlight(...line, '--db', db, '--json');
  expect(code, noted).toBe(0);
  return JSON.parse(printed) as T;
}

describe('the panel in a study', () => {
  it('gives for one condition what it gives by hand, and for two the first less the second', async () => {
    const { assays } = await answerOf<CommandAnswer<'study-verdict'>>('study', 'verdict', file);
    const means = async (run: number) => {
      const { panel, sample, seeds, tuningSeeds } = effort;
      const options = ['--panel', panel.join(','), '--sample', `${sample}`, '--seeds', `${seeds}`];
      const { populations } = await answerOf<z.output<typeof panelAnswer>>(
        ...['assay', 'panel', `${run}`, ...options, '--tuning-seeds', `${tuningSeeds}`],
      );
      return populations[0]!.means;
    };
    const [one, both] = ['one', 'both'].map((name) => assays.find((each) => each.name === name)!);
    expect(one!.blocks).toHaveLength(2);
    for (const [i, block] of one!.blocks.entries()) {
      const [runS, runA] = both!.blocks[i]!.runs;
      expect(block.runs).toEqual([runA]);
      const [ofS, ofA] = [await means(runS!), await means(runA!)];
      for (const measure of ['regret default', 'regret tuned', 'tuning-free rank', 'tfr2'] as const) {
        expect(ofA[measure]).not.toBeNull();
        expect(block.measures![measure]).toBeCloseTo(ofA[measure]!, 12);
        expect(both!.blocks[i]!.measures![measure]).toBeCloseTo(ofS[measure]! - ofA[measure]!, 12);
      }
    }
  }, 60_000);

  it('is planned as large as it is', async () => {
    const { assays } = await answerOf<CommandAnswer<'study-verdict'>>('study', 'verdict', file);
    const read = readStudy(JSON.stringify(study), file);
    if (!read.ok) throw new Error(JSON.stringify(read.issues));
    const { assayTrainings } = await studyCounts(read.value, { launch: folder });
    const trained = assays.reduce((sum, { cells }) => sum + cells!.trainings, 0);
    // Three populations of two subjects, three rules, nine rates from one seed and two settings from two, in each of two blocks.
    expect(trained).toBe(2 * 3 * 2 * 3 * (9 + 2 * 2));
    expect(assayTrainings).toBe(trained);
  });
});
