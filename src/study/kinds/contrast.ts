/** The difference of two conditions in what the record says of their runs. Nothing is trained. */
import { z } from 'zod';
import { runSource, statisticNamed } from '../../analysis/run-statistics.ts';
import { assayKind, type Found, found, notFound } from './kind.ts';
import { pair } from './parts.ts';

const trait = (chromosome: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(`of the statistic association: a trait of the ${chromosome}, or TRAIT=VALUE`);

export const contrastKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('contrast'),
    conditions: pair('what is subtracted from what: the first less the second, block by block'),
    statistic: z
      .string()
      .min(1)
      .describe('a statistic of a run, as `compare` has them, such as final-fitness or architecture.depth'),
    architecture: trait('architecture'),
    rule: trait('rule'),
  }),
  measures: ['difference', 'first', 'second'],
  isTrained: false,
  rules: () => [],
  trainings: () => 0,
  candidates: () => [],
  async measure({ statistic, architecture = '', rule = '' }, blocks, { lineage }) {
    const { of } = statisticNamed(statistic);
    const sources = blocks.flatMap(({ rows }) => rows.map((row) => runSource(lineage, row)));
    const { values } = of(sources, { architecture, rule });
    return blocks.map((_, i): Found => {
      const [first, second] = [values[2 * i]!, values[2 * i + 1]!];
      if ('missing' in first) return notFound(first.missing);
      if ('missing' in second) return notFound(second.missing);
      return found({ difference: first.value - second.value, first: first.value, second: second.value });
    });
  },
});
