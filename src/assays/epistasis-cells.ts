/** The trainings of the epistasis assay: the best of the living of each run, steps of its architecture and of its rule by the run's own mutation operators, and each pair of steps. */
import type { Chromosome, Genome } from '../genome/genome.ts';
import { architectureBlock, ruleBlock } from '../lineage/blocks.ts';
import { architectureFromText, ruleFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { storedDocument } from '../search/closed-document.ts';
import { type EpistasisPair, type PairEffects, pairEffects } from '../statistics/epistasis.ts';
import { mean } from '../statistics/moments.ts';
import { mutate } from '../variation/mutate.ts';
import { variationSettings } from '../variation/settings.ts';
import type { Carried } from './populations.ts';
import { grouped, type Stages, scoresBySeed, type Trial } from './scores.ts';
import { type JudgedHome, rankedGenomes } from './subjects.ts';

/** How much is trained, and how much better or worse is a difference. */
export interface EpistasisEffort {
  /** Pairs of steps of each run. */
  readonly pairs: number;
  readonly seeds: number;
  readonly margin: number;
}

/** One mutation of a chromosome: who made it, and the row of what came of it in `block`. */
export interface Step {
  readonly operator: string;
  readonly block: number;
}

/** Two steps from one parent, and what training the four genomes showed. */
export interface SteppedPair {
  readonly architecture: Step;
  readonly rule: Step;
  /** Mean scores of the four genomes. */
  readonly scores: Readonly<Record<keyof EpistasisPair, number>>;
  readonly effects: PairEffects;
}

/** What is found of one run. */
export interface EpistasisPopulation {
  readonly elite: Carried;
  /** Draws for which no operator could change the chromosome: there is no pair. */
  readonly unchanged: number;
  readonly pairs: readonly SteppedPair[];
}

/** `lineage`: open for writing, as steps get rows; what was drawn before is found there. In the order of the homes. @throws Interrupted, with what was trained stored. */
export async function epistasisPopulations(
  stages: Stages,
  lineage: Lineage,
  homes: readonly JudgedHome[],
  { pairs, seeds, margin }: EpistasisEffort,
): Promise<EpistasisPopulation[]> {
  const elites = (await rankedGenomes(stages, homes)).map(([best]) => best!);
  const drawn = homes.map((home, i) => drawnPairs(stages, lineage, home, elites[i]!, pairs));
  const trials = homes.map(({ block, judged: workbench }, i) =>
    drawn[i]!.flatMap(({ architecture, rule }): Trial[] => {
      const { architecture: a, rule: o, trial: learningRate } = elites[i]!;
      const genomes = [
        { architecture: a, rule: o },
        { architecture: architecture.block, rule: o },
        { architecture: a, rule: rule.block },
        { architecture: architecture.block, rule: rule.block },
      ];
      return genomes.map((genome) => ({ block, workbench, ...genome, learningRate, seeds }));
    }),
  );
  const judged = await scoresBySeed(stages, 'judgement', 'final', trials.flat());
  const bySeed = judged.map((each) => each.map((byTask) => mean(byTask)));
  return grouped(
    bySeed,
    trials.map(({ length }) => length),
  ).map((scores, i) => ({
    elite: elites[i]!,
    unchanged: pairs - drawn[i]!.length,
    pairs: drawn[i]!.map((steps, k) => ({ ...steps, ...foundOf(scores.slice(4 * k, 4 * k + 4), margin) })),
  }));
}

function foundOf(scores: readonly (readonly number[])[], margin: number) {
  const [parent, architecture, rule, both] = scores as [number[], number[], number[], number[]];
  return {
    scores: {
      ...{ parent: mean(parent), architecture: mean(architecture), rule: mean(rule), both: mean(both) },
    },
    effects: pairEffects({ parent, architecture, rule, both }, margin),
  };
}

/** Steps are drawn as the run would, each by a stream of its own; a pair of which one cannot be made is none. */
function drawnPairs(
  { assay }: Stages,
  lineage: Lineage,
  { block, population: { row }, own }: JudgedHome,
  elite: Carried,
  pairs: number,
): { readonly architecture: Step; readonly rule: Step }[] {
  const settings = variationSettings(storedDocument(row), own.tasks[0]!.task.signature.input);
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const parent: Genome = {
    architecture: architectureFromText(text.get(elite.architecture)!),
    rule: ruleFromText(text.get(elite.rule)!),
  };
  const step = (chromosome: Chromosome, i: number): Step | null => {
    const random = stream(streamNames.assayStep(assay, block, chromosome, i));
    const { genome, mutations } = mutate(parent, 1, [chromosome], settings, random);
    const [mutation] = mutations;
    if (mutation === undefined) return null;
    const id =
      chromosome === 'architecture'
        ? architectureBlock(lineage, genome.architecture)
        : ruleBlock(lineage, genome.rule);
    return { operator: mutation.operator, block: id };
  };
  return Array.from({ length: pairs }, (_, i) => i).flatMap((i) => {
    const [architecture, rule] = [step('architecture', i), step('rule', i)];
    return architecture === null || rule === null ? [] : [{ architecture, rule }];
  });
}
