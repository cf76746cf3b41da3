/** Home advantage of two populations of each block. */
import { z } from 'zod';
import { type MeasureName, measureNames } from '../../assays/home-advantage-answer.ts';
import { type HomeBlockAnswer, homeAdvantageBlocks } from '../../assays/home-advantage-blocks.ts';
import { populationOf } from '../../assays/populations.ts';
import { rateTrials } from '../../assays/scores.ts';
import { ruleBlock } from '../../lineage/blocks.ts';
import { documentRule } from '../../variation/settings.ts';
import { assayKind, found, type Measures } from './kind.ts';
import { cap, pair, rule, seeds, top, tuningSeeds } from './parts.ts';
import { livingCandidates } from './populations.ts';

const parts = {
  advantage: 'advantage',
  'at first': 'atFirst',
  'at second': 'atSecond',
} as const satisfies Record<string, keyof HomeBlockAnswer['advantages'][MeasureName]>;

const partNames = Object.keys(parts) as (keyof typeof parts)[];

/** `excess`: how much larger the advantage at the first home is than that at the second. `from rate`: what tuning the learning rate takes away of H. */
const measuresOf = ({ advantages }: HomeBlockAnswer): Measures => ({
  ...Object.fromEntries(
    measureNames.flatMap((measure) =>
      partNames.map((part) => [`${measure} ${part}`, advantages[measure][parts[part]]]),
    ),
  ),
  'default excess': advantages.default.atFirst - advantages.default.atSecond,
  'tuned excess': advantages.tuned.atFirst - advantages.tuned.atSecond,
  'from rate': advantages.default.advantage - advantages.tuned.advantage,
});

export const homeAdvantageKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('home-advantage'),
    conditions: pair('the two populations of a block'),
    rules: z
      .tuple([rule, rule])
      .describe('the home of the first population and that of the second: known rules, or notation'),
    top: top(8),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('each architecture and rule choose among 9 learning rates'),
    cap: cap(),
  }),
  measures: [
    ...measureNames.flatMap((measure) => partNames.map((part) => `${measure} ${part}`)),
    ...['default excess', 'tuned excess', 'from rate'],
  ],
  isTrained: true,
  rules: ({ rules }) => rules.map((each, i) => ({ path: ['rules', i], rule: each })),
  trainings({ rules, top: subjects, seeds: fresh, tuningSeeds: other }, { population, own, judged }) {
    const trials = 2 * rules.length * subjects * judged;
    return 2 * population * own + trials * (rateTrials.length * other + 2 * fresh);
  },
  candidates: (_, block, lineage) => livingCandidates(block, lineage),
  async measure({ rules, cap: most, ...effort }, blocks, { lineage, benches, stages }) {
    const places = await benches();
    const [first, second] = rules.map((each) => ruleBlock(lineage, documentRule(each)));
    const answers = await homeAdvantageBlocks(
      stages(most),
      [first!, second!],
      blocks.map(({ name, rows }, i) => ({
        name,
        populations: [populationOf(lineage, rows[0]!), populationOf(lineage, rows[1]!)],
        ...places[i]!,
      })),
      effort,
    );
    return answers.map((answer) => found(measuresOf(answer)));
  },
});
