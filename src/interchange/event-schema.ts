/**
 * The event log: JSON, one event per line, in the order in which they happened. A run begins with its document and what names it, then come told births
 * (each with the event hash after it) and resumes, then how it ended. Names are permanent; `version` grows where the form changes.
 */
import { z } from 'zod';
import type {
  EvaluationDetails,
  EvaluationOutcome,
  FailureReason,
  StopReason,
  TrainingOutcome,
} from '../evaluation/outcome.ts';
import type { Death, MutationRecord } from '../evolution/birth.ts';
import { packCurve, unpackCurve } from '../lineage/pack.ts';

/** What the first line of a log says it is. */
export const eventFormat = 'streetlight-events';
/** The form of the events that this program writes; it reads this form and older ones. Form 2 has what a document came to, and extensions. */
export const eventVersion = 2;

/** JSON has no infinities and no negative zero. */
const special = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, '-0': -0 } as const;

type Special = keyof typeof special;

const numberText = (value: number): number | Special =>
  (Object.keys(special) as Special[]).find((name) => Object.is(special[name], value)) ?? value;
const maybeText = (value: number | null) => (value === null ? null : numberText(value));

const real = z
  .union([z.number(), z.enum(['inf', '-inf', '-0'])])
  .transform((value) => (typeof value === 'string' ? special[value] : value));
const whole = z.number().int().min(0);
const index = whole.nullable();
const chromosome = z.enum(['architecture', 'rule']);
const versions = z.record(z.string(), z.string());
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'a hash has 64 hex digits');

const curve = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length % 4 === 0, 'a curve consists of 4-byte numbers')
  .transform((bytes) => unpackCurve(bytes));
const spent = { stepsDone: whole, costUnits: real, parameters: whole, curve };
const measured = { fitness: real, loss: real, accuracy: real.nullable() };

const outcome = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('completed'), ...measured, ...spent }),
    z.strictObject({
      ...{ status: z.literal('stopped'), ...measured, ...spent },
      reason: z.enum(['budget', 'hurdle'] satisfies StopReason[]),
    }),
    z.strictObject({
      ...{ status: z.literal('failed'), ...spent },
      reason: z.enum(['diverged', 'unsupported', 'too-large', 'worker-lost'] satisfies FailureReason[]),
    }),
  ])
  .transform((value): TrainingOutcome => {
    if (value.status === 'failed') return value;
    const { loss, accuracy, ...rest } = value;
    return { ...rest, search: { loss, accuracy } };
  });

const outcomeLine = (value: TrainingOutcome): z.input<typeof outcome> => {
  const spentOn = {
    ...{ stepsDone: value.stepsDone, costUnits: numberText(value.costUnits), parameters: value.parameters },
    curve: Buffer.from(packCurve(value.curve)).toString('base64'),
  };
  if (value.status === 'failed') return { status: 'failed', reason: value.reason, ...spentOn };
  const { loss, accuracy } = value.search;
  const numbers = {
    ...{ fitness: numberText(value.fitness), loss: numberText(loss), accuracy: maybeText(accuracy) },
    ...spentOn,
  };
  return value.status === 'stopped'
    ? { status: 'stopped', reason: value.reason, ...numbers }
    : { status: 'completed', ...numbers };
};

const details = z.strictObject({
  trainings: z.array(
    z.strictObject({
      ...{ purpose: z.enum(['search', 'reeval']), task: whole, replicate: whole, trial: z.number().int() },
      ...{ partner: index, counts: z.boolean(), outcome },
    }),
  ),
  rungs: z.array(z.strictObject({ training: whole, step: whole, fitness: real, bar: real.nullable() })),
  reevaluation: z.strictObject({ bar: real, fitness: real.nullable(), confirmed: z.boolean() }).nullable(),
  behaviour: z
    .strictObject({ probe: z.string().regex(/^[0-9a-f]{16}$/), opening: z.string().regex(/^[0-9a-f]{16}$/) })
    .nullable(),
  reuse: z.strictObject({ source: whole, by: z.enum(['duplicate', 'behaviour']) }).nullable(),
});

const detailsLine = ({
  trainings,
  rungs,
  reevaluation,
  behaviour,
  reuse,
}: EvaluationDetails): z.input<typeof details> => ({
  trainings: trainings.map(({ outcome: each, ...rest }) => ({ ...rest, outcome: outcomeLine(each) })),
  rungs: rungs.map(({ fitness, bar, ...rest }) => ({
    ...rest,
    ...{ fitness: numberText(fitness), bar: maybeText(bar) },
  })),
  reevaluation:
    reevaluation === null
      ? null
      : {
          ...reevaluation,
          ...{ bar: numberText(reevaluation.bar), fitness: maybeText(reevaluation.fitness) },
        },
  behaviour,
  reuse,
});

/** An outcome as a birth's line has it: infinities and -0 in words, the curve as base64 of its 4-byte numbers. */
export const evaluationLine = (value: EvaluationOutcome) => ({
  outcome: outcomeLine(value),
  ...(value.details === undefined ? {} : { details: detailsLine(value.details) }),
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The line that a run begins with: its document, what names it, and when it began. */
export const runEvent = z.strictObject({
  format: z.literal(eventFormat),
  version: z.literal([1, eventVersion]),
  run: z.strictObject({
    ...{
      document: z.string().refine(isObject, 'this is not JSON of an object'),
      documentHash: z.string(),
      seed: z.string(),
      numericClass: z.string(),
    },
    ...{ taskDigest: z.string(), tasks: z.array(z.strictObject({ key: z.string(), digest: z.string() })) },
    versions,
    closed: z
      .strictObject({ class: hash, decides: z.string(), content: z.string(), folder: z.string() })
      .optional(),
  }),
  startedAt: z.string(),
});

/** That the run went on in another session. `births`: of the whole run, where it was extended. */
export const resumeEvent = z.strictObject({ resumedAt: z.string(), versions, births: whole.optional() });

/** A told birth: parents by birth, both chromosomes as canonical text, how it was evaluated, who died, and the event hash after it. */
export const birthEvent = z.strictObject({
  ...{ birth: whole, architecture: z.string(), rule: z.string() },
  ...{ parent: index, otherParent: index, architectureFrom: index, ruleFrom: index },
  mutations: z.array(
    z.strictObject({
      ...{ operator: z.string(), target: chromosome, locus: z.string() },
      ...{ before: z.string(), after: z.string() },
    }),
  ) satisfies z.ZodType<readonly MutationRecord[]>,
  contestants: z.array(whole),
  outcome,
  details: details.optional(),
  timing: z.strictObject({ cpuMs: z.number(), probeMs: z.number() }).optional(),
  deaths: z.array(
    z.strictObject({ birthIndex: whole, cause: z.enum(['aged', 'failed', 'outcompeted']), at: whole }),
  ) satisfies z.ZodType<readonly Death[]>,
  eventHash: hash,
});

/** The line that a run ends with: why (null where it has not ended), after how many births, and their event hash. */
export const endEvent = z.strictObject({
  end: z.string().nullable(),
  births: whole,
  eventHash: z.string(),
});

/** `runEvent` as it is read. */
export type RunEvent = z.infer<typeof runEvent>;
/** `birthEvent` as it is read. */
export type BirthEvent = z.infer<typeof birthEvent>;
