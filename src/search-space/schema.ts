/** The whole of a search document: every key, its bounds and its default. One document describes one run completely. */
import { z } from 'zod';
import { taskSchema } from './task-schema.ts';

const count = z.int().min(1);
const probability = z.number().min(0).max(1);

const evaluation = z.strictObject({
  steps: count.max(1e7).default(300).describe('training steps of each candidate'),
  batchSize: count.max(65536).default(100).describe('examples in a batch'),
  order: z
    .enum(['shuffled', 'sequential'])
    .default('shuffled')
    .describe('how batches are drawn from the training split'),
  fitness: z
    .enum(['loss-decades', 'accuracy'])
    .default('loss-decades')
    .describe('loss-decades: log10 of untrained loss over search loss'),
  curvePoints: z.int().min(0).max(1000).default(20).describe('points kept of each training curve'),
  costUnits: count
    .optional()
    .describe(
      'stop a candidate after this many cost units (forward 1, backward 2, matrix ops by their flops); without it, 3 for each of `steps`, so that a rule that evaluates further takes fewer steps',
    ),
});

const evolution = z.strictObject({
  scheme: z
    .enum(['aging', 'random-parents', 'shuffled-fitness', 'random-search'])
    .default('aging')
    .describe('aging: tournament winner breeds, oldest dies; the others are controls'),
  condition: z
    .enum(['joint', 'rule-fixed', 'architecture-fixed'])
    .default('joint')
    .describe('which chromosomes may change'),
  population: count.max(1e6).default(64).describe('individuals alive at a time'),
  tournament: count.max(1e6).default(8).describe('contestants per selection, drawn with replacement'),
  births: count.max(1e8).default(2000).describe('births in the run, founders included'),
  inFlight: count
    .max(1e5)
    .default(16)
    .describe(
      'births bred ahead of the last told one; at least 4 per worker hides waiting. Weakens drift: a neutral newborn fixes with probability 2 / (population - 1 + 2 inFlight)',
    ),
  reassortment: probability
    .default(0.1)
    .describe('probability that a child takes one chromosome from a second parent'),
});

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
});

const limits = z.strictObject({
  parameters: count
    .default(100_000)
    .describe('numbers that a candidate may train; more is `failed: too-large`'),
  stepFlops: count
    .default(200_000_000)
    .describe('floating-point operations in one training step; more is `failed: too-large`'),
  bytes: count
    .default(64_000_000)
    .describe('memory of one candidate in training; more is `failed: too-large`'),
  architectureNodes: count.max(1000).default(24).describe('nodes that mutation lets an architecture have'),
  ruleInstructions: count.max(1000).default(48).describe('ops that mutation lets a rule have'),
  ruleStates: z.int().min(0).max(100).default(6).describe('states that mutation lets a rule have'),
  units: count.max(65536).default(256).describe('widest layer that mutation makes'),
});

export const documentSchema = z.strictObject({
  name: z.string().min(1).max(100).describe('what the run is called'),
  task: taskSchema,
  engine: z
    .enum(['auto', 'reference', 'wasm', 'tensorflow'])
    .default('auto')
    .describe('what trains; auto is wasm, which runs everywhere; tensorflow needs npm run setup:tensorflow'),
  evaluation: evaluation.prefault({}),
  evolution: evolution.prefault({}),
  founders: founders.prefault({}),
  variation: variation.prefault({}),
  limits: limits.prefault({}),
});

/** A validated document with every default filled in. */
export type SearchDocument = z.output<typeof documentSchema>;
