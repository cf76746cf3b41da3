/** Which named questions in SQL there are. */
import { z } from 'zod';

const namedQuery = z.strictObject({
  name: z.string(),
  question: z.string(),
  parameters: z.array(z.string()).readonly().describe('of run and window, those that it depends on'),
});

export const queriesAnswer = {
  name: 'queries',
  version: 1,
  summary: 'the named questions in SQL (`query --list`)',
  answer: z.strictObject({ queries: z.array(namedQuery).readonly() }),
};
