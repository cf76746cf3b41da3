/** How many kinds there were, and what the tree of a run looks like. */
import { z } from 'zod';
import { speciesOf } from '../evolution/survival.ts';
import { runCensusTimes } from '../lineage/census.ts';
import { chosenRun, requireBirths } from '../lineage/chosen.ts';
import { flowOf } from '../lineage/flow.ts';
import { loadHistory } from '../lineage/history.ts';
import { treeScopes, treeStatistics } from '../statistics/tree-statistics.ts';
import { treeName } from './answer-parts.ts';
import { diversityOverTime, nodeKinds, treeRecord } from './census-diversity.ts';
import { diversityAnswer } from './diversity-answer.ts';
import { censusSpacing, runParam } from './params.ts';
import { param, question } from './question.ts';
import { evolutionOf } from './settings.ts';
import { treeConventions } from './tree-conventions.ts';

/** How its numbers are to be read. */
const conventions = {
  hill: 'effective number of kinds of order 0, 1 (e to the Shannon entropy) and 2 (inverse Simpson), of all the living: a complete census, not rarefied',
  communities:
    'the two species of a cooperative run, of equal weight (Jost 2007); other runs have one community',
  extant:
    'extant only: the living and their ancestors; every living node is a tip, an ancestor among them too',
  full: 'full: all that were ever born; tips are the nodes without children',
  joined:
    'with several founders, distances and balance are taken with the founders joined at a root at birth 0',
  statistics: treeConventions,
} as const;

/** Hill numbers at each census, and the shape of a tree of descent in both scopes. */
export const diversity = question({
  name: 'diversity',
  version: 1,
  summary: 'how many kinds were alive at each census (Hill numbers), and the shape of the tree of descent',
  params: z.strictObject({
    run: runParam(),
    of: param(treeName.default('architecture'), {
      summary: 'which tree of descent',
      ...{ value: 'tree', conflicts: ['csv'] },
    }),
    nodes: param(z.enum(nodeKinds).default('taxa'), {
      summary: 'what the nodes of the tree are',
      ...{ value: 'kind', conflicts: ['csv'] },
    }),
    every: censusSpacing(),
  }),
  answer: diversityAnswer,
  ask(lineage, { run: asked, of, nodes, every }) {
    const chosen = chosenRun(lineage, asked);
    requireBirths(chosen);
    const { run, lastTold, endReason } = chosen;
    const history = loadHistory(lineage, run);
    const evolution = evolutionOf(chosen);
    const times = runCensusTimes(lastTold, evolution?.population ?? 1, every);
    const record = treeRecord(history, of, nodes);
    return {
      ...{ run, unfinished: endReason === null, lastBirth: lastTold, tree: of, nodes, conventions },
      flow: flowOf(lineage, [run]),
      censuses: diversityOverTime(history, times, evolution?.condition === 'cooperative' ? speciesOf : null),
      trees: treeScopes.map((scope) => treeStatistics(record, scope)),
    };
  },
});
