/** How an individual came about: its line of descent in one tree, with what every birth of the line changed. */
import { z } from 'zod';
import type { MutationRecord } from '../evolution/birth.ts';
import { individualReader, pathToRoot, trees } from '../lineage/ancestry.ts';
import { chosenIndividual, individualText } from '../lineage/chosen.ts';
import { mutationsOf } from '../lineage/told-births.ts';
import { defined } from './answer-parts.ts';
import { individualParam, treeParam } from './params.ts';
import { question, schemaOf } from './question.ts';

const mutation = schemaOf<MutationRecord>()(
  'MutationRecord',
  z.strictObject({
    ...{ operator: z.string(), target: z.enum(['architecture', 'rule']), locus: z.string() },
    ...{ before: z.string(), after: z.string() },
  }),
);

const ancestor = z.strictObject({
  individual: z.string().describe('RUN:BIRTH'),
  fitness: defined.describe('null where its evaluation failed'),
  architecture: z.string().describe('SHA-256 (hex) of its canonical text'),
  rule: z.string().describe('SHA-256 (hex) of its canonical text'),
  mutations: z.array(mutation).readonly().describe('of its birth, of both chromosomes, in order'),
});

/** The line of descent of an individual. */
export const ancestors = question({
  name: 'ancestors',
  version: 1,
  summary: 'the line of descent of an individual (RUN:BIRTH), newest first',
  params: z.strictObject({ individual: individualParam(), of: treeParam() }),
  answer: z.strictObject({
    tree: z.enum(trees),
    individual: z.string(),
    line: z.array(ancestor).readonly().describe('newest first: from the individual itself to its founder'),
  }),
  ask(lineage, { individual, of }) {
    const id = chosenIndividual(lineage, individual);
    const read = individualReader(lineage);
    const mutations = mutationsOf(lineage);
    return {
      tree: of,
      individual: individualText(id),
      line: pathToRoot(lineage, of, id).map((each) => {
        const { fitness, architectureHash, ruleHash } = read(each)!;
        return {
          ...{ individual: individualText(each), fitness, architecture: architectureHash, rule: ruleHash },
          mutations: mutations(each),
        };
      }),
    };
  },
});
