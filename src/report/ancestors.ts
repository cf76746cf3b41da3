/** Lines of descent for people: one of them, or where two meet. */
import type { AnswerTo } from '../analysis/questions.ts';
import type { Tree } from '../lineage/ancestry.ts';
import { renderTable } from './table.ts';

/** So much of a hash tells chromosomes of one line apart. */
const shownDigits = 8;

/** A line of descent, one row for each birth. */
export const ancestorsText = ({ line }: AnswerTo<'ancestors'>): string =>
  renderTable(
    ['individual', 'fitness', 'architecture', 'rule', 'mutations'],
    line.map(({ individual, fitness, architecture, rule, mutations }) => [
      ...[individual, fitness, architecture.slice(0, shownDigits), rule.slice(0, shownDigits)],
      mutations.map(({ operator, before, after }) => `${operator}: ${before} -> ${after}`).join('; '),
    ]),
  );

const treeNames = {
  pedigree: 'pedigree',
  architecture: 'tree of architecture donors',
  rule: 'tree of rule donors',
} as const satisfies Record<Tree, string>;

/** Where two lines meet, or that they do not. */
export function commonAncestorText({ tree, commonAncestor, of }: AnswerTo<'common-ancestor'>): string {
  const names = of.map(({ individual }) => individual).join(' and ');
  if (commonAncestor === null)
    return `${names} have no common ancestor in the ${treeNames[tree]}: they go back to different origins.`;
  const table = renderTable(
    ['individual', 'births back', 'generations back'],
    of.map(({ individual, birthsBack, generationsBack }) => [individual, birthsBack, generationsBack]),
  );
  return `The most recent common ancestor of ${names} in the ${treeNames[tree]} is ${commonAncestor}.\n\n${table}`;
}
