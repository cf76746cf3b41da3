/** How friendly architectures are to a rule, by its regret to the best of a panel. */
import { z } from 'zod';
import { panelPopulations } from '../../assays/panel-cells.ts';
import { panelNames, panelOf } from '../../assays/panel-rules.ts';
import { grouped, rateTrials } from '../../assays/scores.ts';
import { panelMeasures } from '../../statistics/panel.ts';
import { assayKind, differences, found } from './kind.ts';
import { cap, oneOrTwo, rule, sample, seeds, top, tuningSeeds } from './parts.ts';
import { judgedHomes, sampledCandidates } from './populations.ts';

export const panelKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('panel'),
    conditions: oneOrTwo(),
    rule: rule.default('adam').describe('whose regret: a known rule, or notation'),
    panel: z
      .array(rule)
      .min(1)
      .max(64)
      .default([...panelNames])
      .describe('the rules that it is compared with: known rules, or notation'),
    top: top(8),
    sample: sample(),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('learning rates and the best rule are chosen'),
    cap: cap(),
  }),
  measures: panelMeasures,
  isTrained: true,
  rules: ({ rule: own, panel }) => [
    ...panel.map((each, i) => ({ path: ['panel', i], rule: each })),
    { path: ['rule'], rule: own },
  ],
  trainings(assay, { population, own, judged }) {
    const populations = assay.conditions.length;
    const rules = new Set([...assay.panel, assay.rule]).size;
    // A sample is drawn; the best are found by trainings.
    const anew = assay.sample === undefined ? populations * population * own : 0;
    const trials = populations * rules * (assay.sample ?? assay.top) * judged;
    return anew + trials * (rateTrials.length * assay.tuningSeeds + 2 * assay.seeds);
  },
  candidates: sampledCandidates,
  async measure(assay, blocks, tools) {
    const homes = await judgedHomes(blocks, tools);
    const panel = panelOf(tools.lineage, assay.panel, assay.rule);
    const populations = await panelPopulations(tools.stages(assay.cap), panel, homes.flat(), assay);
    return grouped(
      populations.map(({ means }) => means),
      homes.map(({ length }) => length),
    ).map((means) =>
      // Where nobody lives, or no rule gets anywhere on any subject, there is no regret.
      found(differences(panelMeasures, means), 'nobody lives, or no rule gets anywhere'),
    );
  },
});
