/** The schema of what the rotation assay answers. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { AlignmentMeans, alignmentMeasures } from '../statistics/rotation.ts';
import { overBlocks } from './home-advantage-answer.ts';
import { askedFields, cellsAnswer, populationFields } from './subject-answer.ts';

const measures = <S extends z.ZodType>(schema: S) =>
  ({
    ...{ alignment: schema, 'null alignment': schema, 'excess alignment': schema },
  }) satisfies Record<(typeof alignmentMeasures)[number], S>;

const means = schemaOf<AlignmentMeans>()(
  'AlignmentMeans',
  z.strictObject({ cells: count, undefined: count, ...measures(defined) }),
);

const rule = z.strictObject({ name: z.string(), text: z.string() });

/** Mean scores over the fresh seeds in both coordinates, and j of the rates that are best there: 10^(j/2) times the own one. */
const inBoth = z.strictObject({
  ...{ plain: z.number(), rotated: z.number(), plainRate: z.int(), rotatedRate: z.int() },
  /** plain - rotated; null where the rotated network cannot be trained here. */
  alignment: defined,
});

export const rotationAnswer = z.strictObject({
  ...{ runs: z.array(runNumber), unfinished: z.array(runNumber) },
  /** The rule in question, and the one that commutes with rotations. */
  ...{ rule, null: rule },
  asked: z.strictObject(askedFields),
  conventions: z.record(z.string(), z.string()),
  /** Keys in which the documents of the runs differ. */
  documents: z.array(z.string()),
  cells: cellsAnswer,
  populations: z.array(
    z.strictObject({
      ...populationFields,
      /** Subjects with rotations of their own, which were taken off. */
      rotated: count,
      means,
    }),
  ),
  /** Each subject on each task. */
  alignments: z.array(
    z.strictObject({
      run: runNumber,
      /** The first born of the living that have it. */
      architecture: z.string(),
      task: z.string(),
      ...{ rule: inBoth, null: inBoth },
    }),
  ),
  /** Over runs; null where no run has the number. */
  results: z.strictObject(measures(overBlocks.nullable())),
  caution: z.string(),
});

export type RotationAnswer = z.output<typeof rotationAnswer>;
