/** What one training came to. */
import { z } from 'zod';
import { count } from '../../analysis/answer-parts.ts';
import { schemaOf } from '../../analysis/question.ts';
import type { Measurement } from '../../engines/engine.ts';
import { taskName } from './tasks.ts';

const measurement = schemaOf<Measurement>()(
  'Measurement',
  z.strictObject({
    loss: z.number(),
    accuracy: z.number().nullable().describe('share of examples; null where a task has no classes'),
  }),
);

const end = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('completed') }),
  z.strictObject({ status: z.literal('stopped'), reason: z.enum(['budget', 'hurdle']), step: count }),
  z.strictObject({ status: z.literal('failed'), reason: z.literal('diverged'), step: count }),
]);

const ofSplits = <S extends z.ZodType>(each: S) => ({ search: each, select: each, final: each });

const trainSchema = z.strictObject({
  task: taskName,
  end,
  steps: count.describe('that were asked for'),
  stepsDone: count,
  parameters: count,
  stepFlops: z.number().describe('floating-point operations of one step'),
  examples: z.strictObject(ofSplits(count)),
  measured: z.strictObject(ofSplits(measurement.exactOptional())).describe('empty where training failed'),
  curve: z
    .array(z.number())
    .readonly()
    .describe(
      'mean batch loss over equal stretches of steps, oldest first; shorter where training ended early',
    ),
});

export const trainAnswer = {
  name: 'train',
  version: 1,
  summary: 'what one training came to: its end, its curve, loss and accuracy on every held-out split',
  answer: trainSchema,
};
