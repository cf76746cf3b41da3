/** What the commands of a study answer as JSON. */
import { z } from 'zod';
import { count, runNumber } from '../../analysis/answer-parts.ts';
import { registrationReport, verdictAnswer } from '../../study/verdict-answer.ts';

const power = z.strictObject({
  ...{ effect: z.number(), power: z.number(), rejections: count, simulations: count },
  ...{ lower: z.number(), upper: z.number() },
});

/** Of `study plan`. */
export const studyPlanAnswer = {
  name: 'study-plan',
  version: 1,
  summary: 'what a study will take: runs and trainings, time on this machine, power',
  answer: z.strictObject({
    ...{ study: z.string(), question: z.string() },
    conditions: z.array(z.strictObject({ name: z.string(), summary: z.string() })),
    counts: z.strictObject({
      ...{ blocks: count, runs: count, births: count },
      trainings: count.describe('of the runs, where no evaluation is used again'),
      costUnits: z.number().describe('that these may spend at most'),
      assayTrainings: count.describe('at most'),
    }),
    time: z.strictObject({
      sample: count.describe('trainings that were timed'),
      workers: count,
      secondsPerTraining: z.number().describe('wall time, with all workers busy'),
      seconds: z
        .number()
        .describe('of the whole study on this machine, if all trainings were like the sample'),
    }),
    power: z
      .strictObject({
        pilotBlocks: count,
        ...{ mean: z.number(), sd: z.number() },
        powers: z.array(power).describe('of the primary test, if an effect has this size'),
      })
      .nullable()
      .describe('from the spread of the pilot; null where that was not carried out'),
  }),
};

/** Of `study register`. */
export const studyRegistrationAnswer = {
  name: 'study-registration',
  version: 1,
  summary: 'a study as it was registered',
  answer: z.strictObject({
    study: z.string(),
    hash: z.string().describe('SHA-256 of what was registered'),
    registeredAt: z.string().describe('ISO 8601'),
    runs: count.describe('whose identities are part of it'),
    lastRun: count.describe('the newest run in the file then; 0 for none'),
    isNew: z.boolean().describe('false where it was registered before, as it stands'),
  }),
};

const trouble = z.strictObject({
  ...{ block: z.string(), condition: z.string(), run: runNumber.nullable() },
  issues: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

/** Of `study run` and `study assay`. */
export const studyRunAnswer = {
  name: 'study-run',
  version: 1,
  summary: 'how far a study came: its runs and the trainings of its assays',
  answer: z.strictObject({
    study: z.string(),
    isPilot: z.boolean(),
    ...{ runs: count, over: count },
    troubles: z.array(trouble).describe('runs that could not go on, and why; the others did'),
    assays: z
      .array(z.strictObject({ name: z.string(), blocks: count, missing: count }))
      .nullable()
      .describe('null where they were not begun'),
  }),
};

/** Of `study status`. */
export const studyStatusAnswer = {
  name: 'study-status',
  version: 1,
  summary: 'the runs of a study in a database, and its registration',
  answer: z.strictObject({
    study: z.string(),
    registration: registrationReport,
    runs: z.array(
      z.strictObject({
        ...{ block: z.string(), condition: z.string(), run: runNumber.nullable() },
        state: z.enum(['missing', 'running', 'interrupted', 'finished']),
        ...{ told: count, births: count },
        eventHash: z.string().nullable(),
      }),
    ),
  }),
};

/** Of `study verdict`. */
export const studyVerdictAnswer = {
  name: 'study-verdict',
  version: 2,
  summary: 'what a study found, how sure it is, and what would have refuted it',
  answer: verdictAnswer,
};
