/** Which architectures go with which rules, at each census and over runs. */
import { z } from 'zod';
import type { Chromosome } from '../genome/genome.ts';
import { runCensusTimes } from '../lineage/census.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import { flowOf } from '../lineage/flow.ts';
import { loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import { unfinishedRuns } from '../lineage/runs.ts';
import { traitReader } from '../lineage/trait-values.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { associationAnswer } from './association-answer.ts';
import { overRuns, type ReadTrait, runAssociation } from './census-association.ts';
import { measureTraits } from './measured-traits.ts';
import { censusSpacing, runsParam } from './params.ts';
import { param, question } from './question.ts';
import { evolutionOf } from './settings.ts';

/** How its numbers are to be read. */
const conventions = {
  linkage:
    "D (in JSON and CSV), D' (Lewontin) and r2 where both traits have two values, positive where both lower values go together (no before yes); D' multi (Hedrick 1987) for any number; V is Cramér's as counted, V corrected is without what chance alone brings (Bergsma 2013), none where that leaves fewer than two values",
  information:
    'MI is mutual information in nats as counted, MI corrected is less the bias that Miller 1955 gives; NMI is MI as counted over the geometric mean of the entropies',
  correlation:
    'Pearson and Spearman where both traits are numbers (yes 1, no 0); a run is the mean of Fisher z over its censuses',
  within:
    'p within is of MI, with rules dealt anew to architectures at one census. Descriptive: the living of a run share ancestors, and such tests reject far too often without any co-evolution',
  between: "over runs: each run is one unit; sign flips and t of the runs' z",
} as const;

/** Association of two traits among the living at each census, averaged within runs and tested between them. */
export const association = question({
  name: 'association',
  version: 1,
  summary: 'which architectures go with which rules: linkage, information and correlation among the living',
  params: z.strictObject({
    runs: runsParam(),
    architecture: param(z.string().default('depth'), {
      summary:
        'trait of architectures, such as depth (`streetlight reference` explains all), block (each its own) or NAME=VALUE',
      value: 'trait',
    }),
    rule: param(z.string().default('family'), {
      summary: 'trait of rules, such as family or al-scale, block or NAME=VALUE',
      value: 'trait',
    }),
    every: censusSpacing(),
  }),
  answer: associationAnswer,
  async ask(lineage, { runs, every, architecture, rule }, context) {
    const chosen = chosenUnits(lineage, runs);
    requireBirths(...chosen);
    const numbers = chosen.map(({ run }) => run);
    const names = { architecture, rule };
    for (const chromosome of ['architecture', 'rule'] as const)
      await measureTraits(lineage, numbers, chromosome, [names[chromosome]], context);
    const traits = {
      architecture: readerOf(lineage, 'architecture', architecture),
      rule: readerOf(lineage, 'rule', rule),
    };
    const byRun = chosen.map((row) => {
      const times = runCensusTimes(row.lastTold, evolutionOf(row)?.population ?? 1, every);
      const random = stream(streamNames.association(row.run));
      return runAssociation(row.run, loadHistory(lineage, row.run), times, traits, random);
    });
    return {
      ...{ runs: numbers, unfinished: unfinishedRuns(chosen), architecture, rule, conventions },
      flow: flowOf(lineage, numbers),
      overRuns: overRuns(byRun, stream(streamNames.associationOverRuns())),
      byRun,
    };
  },
});

/** @throws UserError for what is no trait. */
function readerOf(lineage: Lineage, chromosome: Chromosome, name: string): ReadTrait {
  // Marked, as the number of a block is a name and no quantity.
  if (name === 'block') return (block) => `#${block}`;
  const equals = name.indexOf('=');
  if (equals <= 0) return traitReader(lineage, chromosome, name);
  const read = traitReader(lineage, chromosome, name.slice(0, equals));
  return (block) => {
    const value = read(block);
    return value === null ? null : value === name.slice(equals + 1) ? 'yes' : 'no';
  };
}
