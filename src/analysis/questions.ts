/** The closed table of questions. */
import type { z } from 'zod';
import type { Question } from './question.ts';
import { survivorship } from './survivorship.ts';

/** By their names: permanent. */
export const questions = { survivorship } as const satisfies Readonly<Record<string, Question>>;

export type QuestionName = keyof typeof questions;
export type AnswerTo<Name extends QuestionName> = z.output<(typeof questions)[Name]['answer']>;
