/** The closed table of questions. */
import type { z } from 'zod';
import { ancestors } from './ancestors.ts';
import { association } from './association.ts';
import { commonAncestor } from './common-ancestor.ts';
import { compare } from './compare.ts';
import { coverage } from './coverage.ts';
import { diversity } from './diversity.ts';
import { genome } from './genome.ts';
import { hazard } from './hazard.ts';
import { hazardRows } from './hazard-rows.ts';
import { query } from './query.ts';
import type { Question } from './question.ts';
import { runs } from './runs.ts';
import { selection } from './selection.ts';
import { show } from './show.ts';
import { survivorship } from './survivorship.ts';

/** By their names: permanent. */
export const questions = {
  runs,
  show,
  coverage,
  genome,
  query,
  ancestors,
  'common-ancestor': commonAncestor,
  survivorship,
  hazard,
  'hazard-rows': hazardRows,
  selection,
  diversity,
  association,
  compare,
} as const satisfies Readonly<Record<string, Question>>;

/** The name of a question, which is that of its command where it has one of its own. Names are typed by people and in scripts: permanent. */
export type QuestionName = keyof typeof questions;

/** The answer to the question of that name. */
export type AnswerTo<Name extends QuestionName> = z.output<(typeof questions)[Name]['answer']>;
