/** What a run ever tried, for people. */
import type { AnswerTo } from '../analysis/questions.ts';
import { renderTable } from './table.ts';

const share = (count: number, of: number): number | null => (of === 0 ? null : count / of);

/** One line for each thing that could be tried. */
export const coverageText = ({ coverage, births, living }: AnswerTo<'coverage'>): string =>
  renderTable(
    ['kind', 'name', 'distinct', 'births', 'share of births', 'living', 'share of living'],
    coverage.map((each) => [
      ...[each.kind, each.name, each.distinct],
      ...[each.births, share(each.births, births), each.living, share(each.living, living)],
    ]),
  );
