/** How much of the workers' time is not training? */
import { join } from 'node:path';
import { openLineage } from '../src/lineage/open.ts';
import { silentProgress } from '../src/report/progress.ts';
import { launch } from '../src/search/run.ts';
import { setUpRun } from '../src/search/setup.ts';
import { parseDocument } from '../src/search-space/document.ts';
import { type Bench, inTemporaryFolder } from './lib.ts';

const workers = 2;

export const overhead: Bench = {
  question: 'With 2 workers and evaluations of about 20 ms, what share of the time is not spent on them?',
  async run() {
    // One network and one rule, constants aside, so that evaluations take alike: about 20 ms each.
    const document = parseDocument(
      JSON.stringify({
        name: 'overhead',
        task: { name: 'mnist1d' },
        evaluation: { steps: 240 },
        evolution: {
          births: 2400,
          population: 32,
          inFlight: 16,
          condition: 'architecture-fixed',
          scheme: 'random-parents',
          reassortment: 0,
        },
        founders: { architectures: ['y = relu(dense(x, units: 64))'], rules: ['adam'], mutations: [0, 0] },
        variation: {
          mutations: [1, 1],
          rates: Object.fromEntries(
            [
              'insert-op',
              'insert-average',
              'insert-reduction',
              'insert-noise',
              'delete-op',
              'alter-op',
              'rewire',
              'swap-rule',
              'alter-initial',
            ].map((name) => [name, 0]),
          ),
          constantSigma: 0.05,
        },
      }),
      'bench',
    );
    if (!document.ok) throw new Error('the bench document is not valid');
    const result = await inTemporaryFolder(async (folder) => {
      const lineage = openLineage(join(folder, 'overhead.db'), 'write');
      const told = await launch(await setUpRun(document.value, 'bench'), {
        lineage,
        workers,
        progress: silentProgress,
        shouldStop: () => false,
      });
      lineage.close();
      return told;
    });
    const share = 1 - result.evaluationMs / (workers * result.wallMs);
    return [
      { what: 'mean evaluation', value: result.evaluationMs / result.births, unit: 'ms' },
      {
        what: 'time of 2 workers not spent evaluating, start of threads included',
        value: 100 * share,
        unit: '%',
        target: 'under 3 %',
        met: share < 0.03,
        raw: [result.evaluationMs, result.wallMs],
      },
    ];
  },
};
