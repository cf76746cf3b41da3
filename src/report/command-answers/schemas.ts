/** Which answers have a schema: all. */
import { z } from 'zod';

export const schemasAnswer = {
  name: 'schemas',
  version: 1,
  summary: 'the schemas of JSON answers (`schema`)',
  answer: z.strictObject({
    schemas: z
      .array(
        z.strictObject({
          name: z.string(),
          id: z.string().describe('what an answer begins with'),
          file: z.string().describe('in docs/schemas'),
          summary: z.string(),
        }),
      )
      .readonly(),
  }),
};
