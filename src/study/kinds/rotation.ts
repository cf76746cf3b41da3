/** How much a rule gains from the axes of the parameters of evolved architectures. */
import { z } from 'zod';
import { panelOf } from '../../assays/panel-rules.ts';
import { populationOf } from '../../assays/populations.ts';
import { bothCoordinates } from '../../assays/rotated-bench.ts';
import { rotationPopulations } from '../../assays/rotation-cells.ts';
import { grouped, rateTrials } from '../../assays/scores.ts';
import type { Lineage } from '../../lineage/open.ts';
import { UserError } from '../../notation/user-error.ts';
import { alignmentMeasures } from '../../statistics/rotation.ts';
import { assayKind, type DerivedRow, differences, found } from './kind.ts';
import { cap, oneOrTwo, rule, sample, seeds, top, tuningSeeds } from './parts.ts';
import { judgedHomes, sampledCandidates } from './populations.ts';

export const rotationKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('rotation'),
    conditions: oneOrTwo(),
    rule: rule.default('adam').describe('whose advantage: a known rule, or notation'),
    null: rule
      .default('sgd')
      .describe(
        'a rule that commutes with rotations, on which nothing may be found: a known rule, or notation',
      ),
    top: top(8),
    sample: sample(),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('learning rates are chosen, in plain and in rotated coordinates'),
    cap: cap(),
  }),
  measures: alignmentMeasures,
  isTrained: true,
  rules: ({ rule: own, null: none }) => [
    { path: ['rule'], rule: own },
    { path: ['null'], rule: none },
  ],
  trainings(assay, { population, own, judged }) {
    const anew = assay.sample === undefined ? population * own : 0;
    const trials = 4 * (assay.sample ?? assay.top) * judged;
    return assay.conditions.length * (anew + trials * (rateTrials.length * assay.tuningSeeds + assay.seeds));
  },
  candidates: sampledCandidates,
  derived(_, { rows }, lineage) {
    const coordinates = storedCoordinates(lineage);
    const architectures = rows.flatMap((row) =>
      populationOf(lineage, row).genomes.map(({ architecture }) => architecture),
    );
    return [...new Set(architectures)].flatMap(coordinates);
  },
  async measure(assay, blocks, tools) {
    const homes = await judgedHomes(blocks, tools);
    const { lineage } = tools;
    const { rules, rule: place } = panelOf(lineage, [assay.null], assay.rule);
    const populations = await rotationPopulations(
      tools.stages(assay.cap),
      { rule: rules[place]!, null: rules[0]! },
      bothCoordinates(lineage),
      homes.flat(),
      assay,
    );
    return grouped(
      populations.map(({ means }) => means),
      homes.map(({ length }) => length),
    ).map((means) =>
      found(differences(alignmentMeasures, means), 'nobody lives, or no network could be trained rotated'),
    );
  },
});

/** Rows of both coordinates of an architecture that was a subject; nobody else needs to have them. */
function storedCoordinates(lineage: Lineage): (architecture: number) => DerivedRow[] {
  const coordinates = bothCoordinates(lineage);
  return (architecture) => {
    try {
      const { plain, rotated } = coordinates(architecture);
      return [
        { architecture, as: 'plain', derived: plain },
        { architecture, as: 'rotated', derived: rotated },
      ];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  };
}
