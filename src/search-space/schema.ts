/** The whole of a search document: every key, its bounds and its default. One document describes one run completely. */
import { z } from 'zod';
import { type ArchitectureOpName, architectureOps } from '../genome/architecture/ops.ts';
import { evaluationSchema } from './evaluation-schema.ts';
import { evolutionSchema } from './evolution-schema.ts';
import { type TaskSpec, taskSchema } from './task-schema.ts';

const count = z.int().min(1);
const probability = z.number().min(0).max(1);

const founders = z.strictObject({
  architectures: z
    .array(z.string().min(1))
    .min(1)
    .default(['linear'])
    .describe('names of known architectures, or notation'),
  scheme: z
    .enum(['listed', 'minimal', 'balanced', 'random'])
    .default('listed')
    .describe(
      'where founders have their rules from: listed: `founders.rules`; minimal: sgd alone; balanced: one known rule of each tier; random: programs grown at random',
    ),
  rules: z
    .array(z.string().min(1))
    .min(1)
    .default(['sgd'])
    .describe('names of known rules, or notation; read where the scheme is listed'),
  mutations: z
    .tuple([z.int().min(0).max(100), z.int().min(0).max(100)])
    .default([0, 4])
    .describe('random mutations that each founder carries, from and to'),
});

const variation = z.strictObject({
  mutations: z
    .tuple([z.int().min(1).max(20), z.int().min(1).max(20)])
    .default([1, 2])
    .describe('mutations per child, from and to'),
  architectureShare: probability
    .default(0.5)
    .describe('probability that a mutation hits the architecture, where both may change'),
  constantSigma: z
    .number()
    .positive()
    .max(10)
    .default(1)
    .describe('log-normal spread of constants and scales, in natural units'),
  rates: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('relative rates of mutation operators by name; 1 where not named'),
  without: z
    .array(z.enum(Object.keys(architectureOps) as ArchitectureOpName[]))
    .optional()
    .describe('architecture ops that no mutation brings in; what founders have of them stays'),
});

const limits = z.strictObject({
  parameters: count
    .default(100_000)
    .describe('numbers that a candidate may train; more is `failed: too-large`'),
  stepFlops: count
    .default(200_000_000)
    .describe(
      'work of one training step in flop-equivalents: a flop of a matrix product is one, what takes longer counts as more; more is `failed: too-large`',
    ),
  bytes: count
    .default(64_000_000)
    .describe('memory of one candidate in training; more is `failed: too-large`'),
  architectureNodes: count.max(1000).default(24).describe('nodes that mutation lets an architecture have'),
  ruleInstructions: count.max(1000).default(48).describe('ops that mutation lets a rule have'),
  ruleStates: z.int().min(0).max(100).default(6).describe('states that mutation lets a rule have'),
  units: count.max(65536).default(256).describe('widest layer that mutation makes'),
});

/** The whole document, with bounds, defaults and a description of every key. */
export const documentSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u)
    .describe('what the run is called, on one line'),
  task: taskSchema.optional().describe('the task; see below'),
  tasks: z
    .array(taskSchema)
    .min(1)
    .max(64)
    .optional()
    .describe('in place of `task`: several, and every candidate trains on each'),
  engine: z
    .enum(['auto', 'reference', 'wasm', 'tensorflow'])
    .default('auto')
    .describe('what trains; auto is wasm, which runs everywhere; tensorflow needs npm run setup:tensorflow'),
  evaluation: evaluationSchema.prefault({}),
  evolution: evolutionSchema.prefault({}),
  founders: founders.prefault({}),
  variation: variation.prefault({}),
  limits: limits.prefault({}),
});

/** A validated document with every default filled in. */
export type SearchDocument = z.output<typeof documentSchema>;

/** The tasks of a document, in its order. */
export const tasksOf = ({ task, tasks }: Pick<SearchDocument, 'task' | 'tasks'>): readonly TaskSpec[] =>
  tasks ?? (task === undefined ? [] : [task]);
