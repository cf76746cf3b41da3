/** Whether architectures of a run are better with the rules of their own run than with those of the other runs of their block. */
import { z } from 'zod';
import { populationOf } from '../../assays/populations.ts';
import { rateTrials } from '../../assays/scores.ts';
import { transplantPairs, transplantSubjects } from '../../assays/transplant-pairs.ts';
import { mean } from '../../statistics/moments.ts';
import { assayKind, type Found, found, notFound } from './kind.ts';
import { cap, name, seeds, top, tuningSeeds } from './parts.ts';
import { livingCandidates } from './populations.ts';

export const transplantKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('transplant'),
    conditions: z.array(name).min(2).max(8).describe('the runs of a block between which architectures go'),
    top: top(4),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('each architecture and rule choose among 9 learning rates'),
    cap: cap(),
  }),
  measures: ['own', 'at home', 'away'],
  isTrained: true,
  rules: () => [],
  trainings(assay, { population, own, judged }) {
    const runs = assay.conditions.length;
    const pairs = (runs * assay.top) ** 2 * judged;
    return runs * population * own + pairs * (rateTrials.length * assay.tuningSeeds + assay.seeds);
  },
  candidates: (_, block, lineage) => livingCandidates(block, lineage),
  async measure({ cap: most, top: best, ...effort }, blocks, { lineage, benches, stages }) {
    const places = await benches();
    const open = stages(most);
    const results: Found[] = [];
    for (const [i, { name: block, rows }] of blocks.entries()) {
      const populations = rows.map((row) => populationOf(lineage, row));
      if (populations.some(({ living }) => living === 0)) {
        results.push(notFound('nobody lives in one of the runs'));
        continue;
      }
      const { own, judged } = places[i]!;
      const subjects = await transplantSubjects(open, { workbench: own, block }, populations, best);
      const { pairs } = await transplantPairs(open, { workbench: judged, block }, subjects, effort);
      const meanOf = (isHome: boolean) =>
        mean(
          pairs
            .filter(({ architectures, rules }) => (architectures === rules) === isHome)
            .map(({ scores }) => mean(scores)),
        );
      const [atHome, away] = [meanOf(true), meanOf(false)];
      // Good architectures and good rules cancel, as each run is once at home and as often away as any other.
      results.push(found({ own: atHome - away, 'at home': atHome, away }));
    }
    return results;
  },
});
