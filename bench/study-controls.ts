/** Do studies find what is planted, and nothing where there is nothing? The two control studies again and again, each time with another seed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentContext } from '../src/analysis/question.ts';
import { packageRoot } from '../src/genome/known.ts';
import { openLineage } from '../src/lineage/open.ts';
import { wilson } from '../src/statistics/power.ts';
import { assayResults } from '../src/study/assays.ts';
import { blocksOf } from '../src/study/blocks.ts';
import { type ReadStudy, readStudy } from '../src/study/document.ts';
import { registrationReport } from '../src/study/registration.ts';
import { runBlocks, studyRuns } from '../src/study/runs.ts';
import { studyFlow, verdictOf } from '../src/study/verdict.ts';
import type { VerdictAnswer } from '../src/study/verdict-answer.ts';
import { type Bench, inTemporaryFolder, type Row } from './lib.ts';

const folders = { launch: process.cwd() };

/** A study that comes with the program, under a seed of this bench's own. */
function study(name: string, seed: number): ReadStudy {
  const file = join(packageRoot(), 'studies', `${name}.yaml`);
  const read = readStudy(readFileSync(file, 'utf8').replace(/^seed: 1$/m, `seed: ${seed}`), file);
  if (!read.ok || read.value.document.seed !== seed) throw new Error(`${file} is not what it was`);
  return read.value;
}

/** Carried out whole in a file of its own. */
const carriedOut = (name: string, seed: number): Promise<VerdictAnswer> =>
  inTemporaryFolder(async (folder) => {
    const read = study(name, seed);
    const lineage = openLineage(join(folder, 'study.db'), 'write');
    try {
      const blocks = blocksOf(read.document, false);
      const runs = () => studyRuns(read, blocks, lineage, folders);
      const { isDone } = await runBlocks(await runs(), { lineage, folders, context: silentContext });
      if (!isDone) throw new Error(`a run of ${name} with seed ${seed} did not come to its end`);
      const over = await runs();
      const options = { lineage, folders, context: silentContext, mayTrain: true };
      const assays = await assayResults(read, over, options);
      const registration = await registrationReport(read, over, { lineage, folders });
      return verdictOf(read.document, assays, registration, studyFlow(over, lineage));
    } finally {
      lineage.close();
    }
  });

/** Repetitions: of the planted study, and of the null study ten times as many. */
const usual = 20;

export const studyControls: Bench = {
  question:
    'How often do studies find planted effects, and how often do they find something where there is nothing?',
  async run(repetitions = usual) {
    const repeated = async (name: string, times: number) => {
      const found: VerdictAnswer[] = [];
      for (let i = 1; i <= times; i++) {
        found.push(await carriedOut(name, 1000 + i));
        if (i % 10 === 0) console.error(`  ${name}: ${i} of ${times}`);
      }
      return found;
    };
    const planted = await repeated('planted', repetitions);
    const none = await repeated('null', 10 * repetitions);
    return [...plantedRows(planted), ...nullRows(none)];
  },
};

const p = (endpoint: VerdictAnswer['primary'] | VerdictAnswer['secondary'][number]): number =>
  endpoint!.result!.signFlip.p;

function plantedRows(found: readonly VerdictAnswer[]): Row[] {
  const power = (what: string, of: (verdict: VerdictAnswer) => number, alpha: number): Row => {
    const values = found.map(of);
    const share = values.filter((value) => value <= alpha).length / values.length;
    return {
      what: `planted: ${what} is found at ${alpha}`,
      ...{
        value: share,
        unit: `of ${values.length}`,
        target: 'at least 0.9',
        met: share >= 0.9,
        raw: values,
      },
    };
  };
  const controls = found.map(({ controls: [drift] }) => (drift!.holds ? 1 : 0));
  return [
    power('a rotation that is purged under Adam', ({ primary }) => p(primary), 0.025),
    power('a scale gene that makes up for a small learning rate', ({ secondary }) => p(secondary[0]!), 0.025),
    {
      what: 'planted: rotations are as frequent under gradient descent as under drift (within 0.2)',
      ...{ value: controls.reduce<number>((sum, each) => sum + each, 0) / controls.length },
      ...{ unit: `of ${controls.length}`, raw: controls },
    },
  ];
}

/** Of an exact test of so few blocks the true rate is the largest attainable level below alpha. */
const alpha = 0.05;

function nullRows(found: readonly VerdictAnswer[]): Row[] {
  const rejected = (what: string, of: (verdict: VerdictAnswer) => number): Row => {
    const values = found.map(of);
    const hits = values.filter((value) => value <= alpha).length;
    const { lower, upper } = wilson(hits, values.length);
    return {
      what: `null: ${what} is rejected at ${alpha}`,
      ...{ value: hits / values.length, unit: `of ${values.length}` },
      ...{ target: '0.05 within the binomial limits', met: lower <= alpha && alpha <= upper, raw: values },
      note: `95 % limits ${lower.toFixed(3)} to ${upper.toFixed(3)}`,
    };
  };
  return [
    rejected('home advantage, default learning rates', ({ primary }) => p(primary)),
    rejected('home advantage, tuned', ({ secondary }) => p(secondary[0]!)),
    rejected('fitness of two equal conditions', ({ secondary }) => p(secondary[1]!)),
    rejected('fitness under shuffled fitness and under drift', ({ secondary }) => p(secondary[2]!)),
  ];
}
