/** The lives behind `hazard`, one row for each part of a life: for whoever fits a model of their own. */
import { z } from 'zod';
import { runNumber } from './answer-parts.ts';
import { hazardConventions, hazardLives, hazardParams, hazardScope, nameInR } from './hazard-lives.ts';
import type { HazardSample } from './hazard-sample.ts';
import { question } from './question.ts';

/** Times are in births. */
const hazardRowsAnswer = z.strictObject({
  ...hazardScope.shape,
  conventions: z.strictObject({ time: z.string(), resident: z.string() }),
  columns: z
    .array(z.strictObject({ name: z.string(), inR: z.string().describe('a name that R takes as it is') }))
    .readonly()
    .describe('of the values in each row: the traits, and `resident` where it is asked for'),
  rows: z
    .array(
      z.strictObject({
        run: runNumber,
        unit: z.string().describe('RUN:BIRTH of the founder of the taxon'),
        ...{ entry: z.number(), exit: z.number(), event: z.union([z.literal(0), z.literal(1)]) },
        values: z.array(z.number()).readonly(),
      }),
    )
    .readonly(),
});

/** What an answer of rows holds. */
export type HazardRowsAnswer = z.output<typeof hazardRowsAnswer>;

/** Lives of taxa as rows (entry, exit] with their traits, cut where the value of the residents changes. */
export const hazardRows = question({
  name: 'hazard-rows',
  version: 1,
  summary: 'the rows (entry, exit] to which `hazard` is fitted, one for each part of a life',
  params: hazardParams,
  answer: hazardRowsAnswer,
  async ask(lineage, params, context) {
    const { sample, scope } = await hazardLives(lineage, params, context);
    const terms = ownTerms(sample, params.trait.length, params.resident !== undefined);
    return {
      ...scope,
      conventions: hazardConventions,
      columns: terms.map(({ name }) => ({ name, inR: nameInR(name) })),
      rows: rowsOf(sample, terms),
    };
  },
});

/** Without the products, which whoever fits a model makes by a formula. */
const ownTerms = ({ rows }: HazardSample, traits: number, hasResident: boolean) =>
  rows.terms.slice(0, traits + (hasResident ? 1 : 0));

const rowsOf = ({ rows, unit }: HazardSample, terms: HazardSample['rows']['terms']) =>
  unit.map((name, i) => ({
    ...{ run: rows.runs[i]!, unit: name, entry: rows.entry[i]!, exit: rows.exit[i]! },
    event: rows.event[i] === 1 ? (1 as const) : (0 as const),
    values: terms.map(({ values }) => values[i]!),
  }));
