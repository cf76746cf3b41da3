/** What a kind of assay is to a study: its part of the document, its measures, what it trains, and how its numbers come about. */
import type { z } from 'zod';
import type { Stages } from '../../assays/scores.ts';
import type { WorkbenchContent } from '../../dispatch/evaluator.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';

/** Values of a block by the names of the measures; one that is not defined there is not among them. */
export type Measures = Readonly<Record<string, number>>;

/** What is found of a block: measures, or why there are none, for people. */
export type Found =
  | { readonly measures: Measures; readonly missing: null }
  | { readonly measures: null; readonly missing: string };

/** A block in which all runs of an assay are over. */
export interface AssayBlock {
  readonly name: string;
  /** In the order of the assay's conditions. */
  readonly rows: readonly RunRow[];
}

/** Where the runs of a block trained their candidates, and where assays judge: tasks that no run saw or, in a study without such, the own. */
export interface Benches {
  readonly own: WorkbenchContent;
  readonly judged: WorkbenchContent;
}

/** What the blocks of an assay are measured with. */
export interface AssayTools {
  readonly lineage: Lineage;
  /** Of each block, in their order. @throws UserError where tasks cannot be opened, or runs of a block differ in theirs. */
  benches(): Promise<readonly Benches[]>;
  /** Trainings go through these; `cap`: decades that a score counts at most. */
  stages(cap: number): Stages;
}

/** Sizes on which the number of trainings depends. */
export interface TrainingSizes {
  /** Those who live at the end of a run, at most. */
  readonly population: number;
  /** Births of a run. */
  readonly births: number;
  /** Tasks that runs train on, and those that assays judge on. */
  readonly own: number;
  readonly judged: number;
}

/** A rule that an assay names, and where it stands among the assay's keys. */
export interface NamedRule {
  readonly path: readonly (string | number)[];
  readonly rule: string;
}

/** A genome, by the ids of its rows in `block`, that an assay chose its subjects among. */
export interface Candidate {
  /** Among the assay's conditions. */
  readonly place: number;
  /** Populations that are compared have sides, from 1 on. */
  readonly side: number;
  /** Births after which it lived; how many lived then, and so many of them had it. */
  readonly time: number;
  readonly living: number;
  readonly carriers: number;
  readonly architecture: number;
  readonly rule: number;
  /** j of the rate that it had. */
  readonly learningRate: number;
}

/** A birth that was sampled by what became of it. */
export interface SampledBirthRow {
  readonly place: number;
  readonly side: number;
  readonly birth: number;
  readonly fate: string;
  /** Births of its fate in the run. */
  readonly ofFate: number;
  readonly architecture: number;
  readonly rule: number;
  /** Births of the culled with its architecture. */
  readonly sharing: number;
  readonly livesOn: boolean;
  /** Architectures of the culled of its run that nobody living has. */
  readonly lostArchitectures: number;
}

/** An architecture that was trained in the place of another one, by rows in `block`. */
export interface DerivedRow {
  readonly architecture: number;
  readonly as: string;
  readonly derived: number;
}

/** A kind of assay. `Schema`: its part of a study document; `conditions` is among its keys. */
export interface AssayKind<Schema extends z.ZodObject = z.ZodObject> {
  readonly schema: Schema;
  /** Names of what it gives for a block. They stand in study documents: permanent. */
  readonly measures: readonly string[];
  /** Whether all of its conditions must train their candidates alike, as one workbench stands for all. */
  readonly isTrained: boolean;
  rules(assay: z.output<Schema>): readonly NamedRule[];
  /** Of one block, at most. */
  trainings(assay: z.output<Schema>, sizes: TrainingSizes): number;
  /** Of a block, in the order in which equals are chosen. For those who compute its numbers again; none where nothing is trained. */
  candidates(assay: z.output<Schema>, block: AssayBlock, lineage: Lineage): readonly Candidate[];
  /** Births that it is about, where it samples births; in their order. */
  births?(assay: z.output<Schema>, block: AssayBlock, lineage: Lineage): readonly SampledBirthRow[];
  /** What it trained in the place of its subjects, where these are not trained as they are. */
  derived?(assay: z.output<Schema>, block: AssayBlock, lineage: Lineage): readonly DerivedRow[];
  /** In the order of the blocks; there is at least one. @throws UserError; Interrupted, with what was trained stored. */
  measure(
    assay: z.output<Schema>,
    blocks: readonly AssayBlock[],
    tools: AssayTools,
  ): Promise<readonly Found[]>;
}

/** Names a value a kind, with the type of its schema. */
export const assayKind = <Schema extends z.ZodObject>(kind: AssayKind<Schema>): AssayKind<Schema> => kind;

/** Of several values of a block each: the measures of one population, or of the first less those of the second. What one of them has not is left out. */
export const differences = <Measure extends string>(
  measures: readonly Measure[],
  populations: readonly Readonly<Record<Measure, number | null>>[],
): Measures =>
  Object.fromEntries(
    measures.flatMap((measure) => {
      const [first, second] = populations.map((values) => values[measure]);
      if (first == null || second === null) return [];
      return [[measure, second === undefined ? first : first - second]];
    }),
  );

/** Measures; `otherwise` says why where there are none. */
export const found = (measures: Measures, otherwise = 'nothing could be measured'): Found =>
  Object.keys(measures).length > 0 ? { measures, missing: null } : notFound(otherwise);

/** No measures, and why. */
export const notFound = (missing: string): Found => ({ measures: null, missing });
