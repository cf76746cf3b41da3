/**
 * What commands answer as JSON where they ask no lineage database: what came of training, searching, checking, copying. Questions to a database have their answers
 * in analysis/.
 */
import type { z } from 'zod';
import type { Question } from '../analysis/question.ts';
import { benchAnswer, benchesAnswer } from './command-answers/bench.ts';
import { backupAnswer, verifyAnswer } from './command-answers/database.ts';
import { doctorAnswer } from './command-answers/doctor.ts';
import { importAnswer, phylogenyAnswer } from './command-answers/import.ts';
import { queriesAnswer } from './command-answers/queries.ts';
import { referenceAnswer } from './command-answers/reference.ts';
import { schemasAnswer } from './command-answers/schemas.ts';
import { searchAnswer } from './command-answers/search.ts';
import {
  studyPlanAnswer,
  studyRegistrationAnswer,
  studyRunAnswer,
  studyStatusAnswer,
  studyVerdictAnswer,
} from './command-answers/study.ts';
import { taskAnswer, tasksAnswer } from './command-answers/tasks.ts';
import { trainAnswer } from './command-answers/train.ts';

/** An answer with the name and version of its schema, as a question has them. */
export type Answering = Pick<Question, 'name' | 'version' | 'summary' | 'answer'>;

/** By their names: permanent. Most are those of their commands. */
export const commandAnswers = {
  search: searchAnswer,
  tasks: tasksAnswer,
  task: taskAnswer,
  train: trainAnswer,
  'study-plan': studyPlanAnswer,
  'study-registration': studyRegistrationAnswer,
  'study-run': studyRunAnswer,
  'study-status': studyStatusAnswer,
  'study-verdict': studyVerdictAnswer,
  queries: queriesAnswer,
  import: importAnswer,
  phylogeny: phylogenyAnswer,
  verify: verifyAnswer,
  backup: backupAnswer,
  doctor: doctorAnswer,
  reference: referenceAnswer,
  schemas: schemasAnswer,
  bench: benchAnswer,
  benches: benchesAnswer,
} as const satisfies Readonly<Record<string, Answering>>;

/** The name of an answer of a command. */
export type CommandAnswerName = keyof typeof commandAnswers;

/** What the answer of that name is made of. */
export type CommandAnswer<Name extends CommandAnswerName> = z.output<(typeof commandAnswers)[Name]['answer']>;
