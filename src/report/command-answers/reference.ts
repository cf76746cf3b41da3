/** The tables that the program runs on. */
import { z } from 'zod';
import { count, defined } from '../../analysis/answer-parts.ts';
import { keyEntry, knownResult, recipe, taskName } from './tasks.ts';

const words = z.array(z.string()).readonly();
const chromosome = z.enum(['architecture', 'rule']);
const bounds = { min: z.number(), max: z.number() };
const named = z.array(z.strictObject({ name: z.string(), meaning: z.string() })).readonly();

const gene = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('integer'), ...bounds, default: defined }),
  z.strictObject({ kind: z.literal('real'), ...bounds, default: defined }),
  z.strictObject({ kind: z.literal('flag'), default: z.boolean() }),
  z.strictObject({
    ...{ kind: z.literal('extent'), choices: words, ...bounds, default: z.union([z.string(), z.number()]) },
  }),
  z.strictObject({ kind: z.literal('choice'), choices: words, default: z.string() }),
]);

const referenceSchema = z.strictObject({
  architectureOps: z
    .array(
      z.strictObject({
        op: z.string(),
        inputs: z.strictObject({ min: count, max: count }),
        genes: z.record(z.string(), gene),
        meaning: z.string(),
      }),
    )
    .readonly(),
  ruleOps: z
    .array(
      z.strictObject({
        op: z.string(),
        symbol: z.string().nullable().describe('infix or prefix spelling, where it has one'),
        arguments: count,
        kind: z.enum(['pointwise', 'reduction', 'noise', 'whole']),
        meaning: z.string(),
      }),
    )
    .readonly(),
  operators: z
    .array(z.strictObject({ operator: z.string(), changes: chromosome, meaning: z.string() }))
    .readonly(),
  ...{ rules: named, architectures: named },
  traits: z
    .array(
      z.strictObject({
        trait: z.string(),
        of: chromosome,
        kind: z.enum(['category', 'number']),
        version: count,
        cuts: z.array(z.number()).readonly().describe('where groups are parted unless said otherwise'),
        meaning: z.string(),
      }),
    )
    .readonly(),
  keys: z.array(keyEntry).readonly(),
  studyKeys: z.array(keyEntry).readonly(),
  tasks: z
    .array(
      z.strictObject({
        name: taskName,
        ...{ summary: z.string(), source: z.string(), floor: z.string().nullable() },
        recipe: recipe.nullable(),
        results: z.array(knownResult).readonly(),
        options: z.array(keyEntry).readonly(),
      }),
    )
    .readonly(),
  queries: z.array(z.strictObject({ name: z.string(), parameters: words, answer: z.string() })).readonly(),
  answers: z
    .array(z.strictObject({ name: z.string(), schema: z.string(), file: z.string(), answer: z.string() }))
    .readonly(),
});

export const referenceAnswer = {
  name: 'reference',
  version: 2,
  summary: 'every op, mutation operator, known genome, trait, document key, task, named query and schema',
  answer: referenceSchema,
};
