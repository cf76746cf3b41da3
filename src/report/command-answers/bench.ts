/** What this machine was measured to do, and what there is to measure. */
import { z } from 'zod';
import { count } from '../../analysis/answer-parts.ts';

const row = z.strictObject({
  ...{ what: z.string(), value: z.number(), unit: z.string() },
  target: z.string().exactOptional(),
  met: z.boolean().exactOptional().describe('whether the value is on the right side of the target'),
  raw: z.array(z.number()).readonly().exactOptional().describe('what the value was made from'),
  note: z.string().exactOptional(),
});

const machine = z.strictObject({
  ...{ cpu: z.string(), cores: count, memoryGiB: z.number() },
  ...{ node: z.string(), os: z.string(), arch: z.string() },
});

export const benchAnswer = {
  name: 'bench',
  version: 1,
  summary: 'what this machine was measured to do',
  answer: z.strictObject({
    machine,
    commit: z.string(),
    benches: z.record(z.string(), z.array(row).readonly()).describe('rows by bench'),
  }),
};

export const benchesAnswer = {
  name: 'benches',
  version: 1,
  summary: 'what there is to measure (`bench --list`)',
  answer: z.strictObject({
    benches: z.array(z.strictObject({ name: z.string(), question: z.string() })).readonly(),
  }),
};
