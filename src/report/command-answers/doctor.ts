/** What a machine offers. */
import { z } from 'zod';

const check = z.strictObject({
  name: z.string(),
  state: z
    .enum(['ok', 'absent', 'broken'])
    .describe('absent: an optional part that is not there, which is no fault'),
  detail: z.string(),
});

export const doctorAnswer = {
  name: 'doctor',
  version: 1,
  summary: 'what this machine offers, and whether it works',
  answer: z.strictObject({ checks: z.array(check).readonly() }),
};
