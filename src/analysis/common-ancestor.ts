/** Where the lines of descent of two individuals meet. */
import { z } from 'zod';
import { depthOf, mrca, trees } from '../lineage/ancestry.ts';
import { chosenIndividual, individualText } from '../lineage/chosen.ts';
import { birthIndexOf } from '../lineage/pack.ts';
import { count } from './answer-parts.ts';
import { individualParam, treeParam } from './params.ts';
import { param, question } from './question.ts';

const side = z.strictObject({
  individual: z.string().describe('RUN:BIRTH'),
  birthsBack: count.nullable().describe('births of the run since the common ancestor; null without one'),
  generationsBack: count.nullable().describe('steps in the tree to the common ancestor; null without one'),
});

/** The most recent common ancestor of two individuals, which may be one of them, and how far back it is from each. */
export const commonAncestor = question({
  name: 'common-ancestor',
  version: 1,
  summary: 'the most recent common ancestor of two individuals (`ancestors --with`), and how far back it is',
  params: z.strictObject({
    individual: individualParam(),
    with: param(z.string(), {
      summary: 'instead, the most recent common ancestor with this one',
      value: 'individual',
    }),
    of: treeParam(),
  }),
  answer: z.strictObject({
    tree: z.enum(trees),
    commonAncestor: z.string().nullable().describe('RUN:BIRTH; null where they go back to different origins'),
    of: z.tuple([side, side]).readonly(),
  }),
  ask(lineage, { individual, with: other, of: tree }) {
    const [a, b] = [chosenIndividual(lineage, individual), chosenIndividual(lineage, other)];
    const common = mrca(lineage, tree, a, b);
    const since = (id: number) => ({
      individual: individualText(id),
      birthsBack: common === null ? null : birthIndexOf(id) - birthIndexOf(common),
      generationsBack: common === null ? null : depthOf(lineage, tree, id) - depthOf(lineage, tree, common),
    });
    return {
      tree,
      commonAncestor: common === null ? null : individualText(common),
      of: [since(a), since(b)],
    } as const;
  },
});
