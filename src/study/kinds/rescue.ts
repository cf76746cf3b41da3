/** Whether those that selection threw away would have been as good as survivors under another rule, and how survivors differ from all births. */
import { z } from 'zod';
import { sampledBirths } from '../../assays/fates.ts';
import { panelNames, panelOf } from '../../assays/panel-rules.ts';
import { rescuePopulations } from '../../assays/rescue-cells.ts';
import { grouped, rateTrials } from '../../assays/scores.ts';
import { fates, rescueMeasures, rescueMeasuresOf } from '../../statistics/rescue.ts';
import { assayKind, differences, type Found, found, notFound } from './kind.ts';
import { cap, count, oneOrTwo, rule, seeds, tuningSeeds } from './parts.ts';
import { judgedHomes, livingCandidates } from './populations.ts';

const kind = 'rescue';

export const rescueKind = assayKind({
  schema: z.strictObject({
    kind: z.literal(kind),
    conditions: oneOrTwo(),
    rule: rule.default('adam').describe('whose regret: a known rule, or notation'),
    panel: z
      .array(rule)
      .min(1)
      .max(64)
      .default([...panelNames])
      .describe('the rules that a birth is tried under besides its own: known rules, or notation'),
    sample: count
      .min(2)
      .max(1000)
      .default(8)
      .describe('so many births of each fate (living, ancestor of the living, failed, outcompeted, aged)'),
    delta: z
      .number()
      .min(0)
      .default(0.1)
      .describe('decades below survivors that still count as as good as they'),
    tuned: z
      .boolean()
      .default(true)
      .describe('whether rules are tried at other learning rates than their own too'),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('learning rates and the best rule are chosen'),
    cap: cap(),
  }),
  measures: rescueMeasures,
  isTrained: true,
  rules: ({ rule: own, panel }) => [
    ...panel.map((each, i) => ({ path: ['panel', i], rule: each })),
    { path: ['rule'], rule: own },
  ],
  trainings(assay, { population, own, judged }) {
    const subjects = 1 + fates.length * assay.sample;
    const rules = new Set([...assay.panel, assay.rule]).size + 1;
    const [rates, choices] = assay.tuned ? [rateTrials.length, 6] : [1, 3];
    const ofSubject = rules * rates * assay.tuningSeeds + choices * assay.seeds;
    return assay.conditions.length * (population * own + subjects * judged * ofSubject);
  },
  candidates: (_, block, lineage) => livingCandidates(block, lineage),
  births: ({ sample }, { name, rows }, lineage) =>
    rows.flatMap((row, place) => {
      const { sizes, lostArchitectures, births } = sampledBirths(lineage, kind, name, row, sample);
      return births.map(({ inclusion: _, fate, ...birth }) => ({
        ...{ place, side: place + 1, fate, ofFate: sizes[fate], lostArchitectures },
        ...birth,
      }));
    }),
  async measure(assay, blocks, tools) {
    const homes = await judgedHomes(blocks, tools);
    const alive = homes.map((own) => own.filter(({ population }) => population.living > 0));
    const sampled = alive.flat().map((home) => ({
      ...home,
      sample: sampledBirths(tools.lineage, kind, home.block, home.population.row, assay.sample),
    }));
    const panel = panelOf(tools.lineage, assay.panel, assay.rule);
    const populations = await rescuePopulations(tools.stages(assay.cap), panel, sampled, assay);
    const values = populations.map(({ analysis }) => rescueMeasuresOf(analysis));
    const ofBlocks = grouped(
      values,
      alive.map(({ length }) => length),
    );
    return ofBlocks.map(
      (own, i): Found =>
        own.length < homes[i]!.length
          ? notFound('nobody lives at the end of a run')
          : found(differences(rescueMeasures, own), 'no measure is defined'),
    );
  },
});
