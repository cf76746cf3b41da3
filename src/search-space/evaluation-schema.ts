/** The `evaluation` part of a search document: how long a candidate trains, on what, how often, and what counts as its fitness. */
import { z } from 'zod';

const count = z.int().min(1);
const share = z.number().min(0).max(1);

/** Learning-rate trials are 10^(j/2) with j from minus this to this. */
export const mostRateExponent = 20;
const rateExponent = z.int().min(-mostRateExponent).max(mostRateExponent);

const hurdles = z.strictObject({
  rungs: z
    .array(count.max(1e7))
    .min(1)
    .max(20)
    .describe('training steps after which a candidate must be over the bar, ascending, below steps'),
  quantile: share.default(0.5).describe('the bar: this quantile of what the living had at that rung'),
  atLeast: count
    .max(1e6)
    .default(16)
    .describe('no bar until so many of the living have been measured at the rung'),
});

const cache = z.strictObject({
  remember: count
    .max(100_000)
    .default(256)
    .describe('told births back to which an evaluation may be used again'),
  probeSteps: z
    .int()
    .min(0)
    .max(1000)
    .default(8)
    .describe(
      'training steps on fixed streams that tell behaviours apart; 0: only the same genome is known again',
    ),
  verifySteps: count
    .max(100_000)
    .default(40)
    .describe('steps of the earlier training that a hit must repeat to the bit before it is used'),
  digits: z
    .int()
    .min(3)
    .max(17)
    .default(17)
    .describe('significant digits of a loss that are compared; 17 is all of them'),
});

/** How candidates are trained and what their fitness is made from, with bounds, defaults and a description of every key. */
export const evaluationSchema = z.strictObject({
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
  replicates: count
    .max(100)
    .default(1)
    .describe('trainings on each task, each from its own weights and batches'),
  aggregate: z
    .enum(['mean', 'low-quantile'])
    .default('mean')
    .describe('one fitness from those of all tasks and replicates'),
  quantile: share.default(0.25).describe('which quantile low-quantile takes'),
  learningRates: z
    .tuple([rateExponent, rateExponent])
    .default([0, 0])
    .describe(
      'trials from j to k: the update times 10^(j/2), ..., 10^(k/2); the best on the search split counts',
    ),
  curvePoints: z.int().min(0).max(1000).default(20).describe('points kept of each training curve'),
  costUnits: count
    .optional()
    .describe(
      'stop a training before a step or evaluation that these cost units do not cover (forward 1, backward 2, and what a rule does beyond that by what it takes); without it, 3 for each of `steps`, so that a rule that evaluates further takes fewer steps',
    ),
  hurdles: hurdles.optional().describe('stop candidates that are behind at some rung'),
  cache: cache.optional().describe('use an earlier evaluation again where genome or behaviour is the same'),
});

/** How individuals are evaluated, with every default filled in. */
export type EvaluationProtocol = z.output<typeof evaluationSchema>;
