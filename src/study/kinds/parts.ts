/** Keys that several kinds of assays have in a study document. */
import { z } from 'zod';

/** A number of things, of which there must be one. */
export const count = z.int().min(1);

/** What conditions, assays and endpoints are called. They stand in streams and on command lines. */
export const name = z
  .string()
  .max(40)
  .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'letters, digits and hyphens, a letter first');

/** Two conditions. */
export const pair = (of: string) => z.tuple([name, name]).describe(of);

/** One condition, or two. */
export const oneOrTwo = () =>
  z
    .array(name)
    .min(1)
    .max(2)
    .describe('one population of a block; or what is subtracted from what: the first less the second');

/** A known rule or notation. */
export const rule = z.string().min(1);

export const top = (usual: number) =>
  count.max(1000).default(usual).describe('so many of each population, the best when trained anew');

export const sample = () =>
  count
    .max(1000)
    .optional()
    .describe('so many of the living at random in the place of the best, and `top` counts no longer');

export const seeds = () => count.max(1000).default(5).describe('fresh seeds that scores are means of');

export const tuningSeeds = (chosen: string) =>
  count.max(1000).default(2).describe(`other seeds, by which ${chosen}`);

export const cap = () =>
  z
    .number()
    .positive()
    .max(100)
    .default(6)
    .describe(
      'a score counts at most so many decades of loss, so that a task solved whole cannot decide alone',
    );
