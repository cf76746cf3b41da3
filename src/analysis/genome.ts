/** The genome of an individual, with what became of it. */
import { z } from 'zod';
import { childCount, findIndividual, type IndividualRow } from '../lineage/ancestry.ts';
import { chosenIndividual, individualText } from '../lineage/chosen.ts';
import { count, defined } from './answer-parts.ts';
import { individualParam } from './params.ts';
import { param, question, schemaOf } from './question.ts';

const chromosome = z.enum(['architecture', 'rule']);
const packed = count.describe('as the database has it; RUN:BIRTH packed into one number');

const individualRow = schemaOf<IndividualRow>()(
  'Individual',
  z.strictObject({
    id: packed,
    ...{ p1: packed.nullable(), p2: packed.nullable() },
    ...{ architectureFrom: packed.nullable(), ruleFrom: packed.nullable() },
    depth: count,
    ...{ architecture: z.string(), rule: z.string() },
    ...{ architectureHash: z.string(), ruleHash: z.string() },
    ...{ status: z.string(), reason: z.string().nullable() },
    ...{ fitness: defined, loss: defined, accuracy: defined },
    ...{ steps: count, parameters: count },
    diedAt: count.nullable().describe('null while it lives'),
    cause: z.string().nullable(),
  }),
);

const genomeAnswer = z.strictObject({
  ...individualRow.shape,
  individual: z.string().describe('RUN:BIRTH'),
  parents: z.array(z.string()).readonly(),
  children: count,
  of: chromosome.nullable().describe('the chromosome that was asked for alone'),
});

/** What `genome` says of an individual. */
export type GenomeAnswer = z.output<typeof genomeAnswer>;

/** Both chromosomes of an individual as text. */
export const genome = question({
  name: 'genome',
  version: 1,
  summary:
    'the genome of an individual (RUN:BIRTH) as text; with --of the one chromosome, as `train` and documents read it',
  params: z.strictObject({
    individual: individualParam(),
    of: param(chromosome.exactOptional(), { summary: 'this chromosome alone', value: 'chromosome' }),
  }),
  answer: genomeAnswer,
  ask(lineage, { individual, of = null }) {
    const id = chosenIndividual(lineage, individual);
    const row = findIndividual(lineage, id)!;
    const parents = [row.p1, row.p2].filter((parent) => parent !== null).map(individualText);
    return { ...row, individual: individualText(id), parents, children: childCount(lineage, id), of };
  },
});
