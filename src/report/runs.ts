/** The runs of a database for people. */
import type { AnswerTo } from '../analysis/questions.ts';
import { renderTable } from './table.ts';

/** One line for each run; event hashes as far as one reads. */
export const runsText = ({ runs }: AnswerTo<'runs'>): string =>
  renderTable(
    ['run', 'document', 'seed', 'status', 'births', 'eventHash', 'created'],
    runs.map(({ run, document, seed, status, births, eventHash, created }) => [
      ...[run, document, seed, status, births, eventHash.slice(0, 12), created],
    ]),
  );
