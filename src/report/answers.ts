/** How answers are shown: as text for people, as CSV where they are rows, and as JSON with the id of its schema. */
import { z } from 'zod';
import { type AnswerTo, type QuestionName, questions } from '../analysis/questions.ts';
import { associationCsv, associationText } from './association.ts';
import { type Answering, commandAnswers } from './command-answers.ts';
import { compareText } from './compare.ts';
import { survivorshipCsv, survivorshipText } from './survivorship.ts';
import type { Cell } from './table.ts';

/** Rows under names. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** How the answers of one question are shown. */
export interface Renderer<Answer> {
  text(answer: Answer, colour: boolean): string;
  /** Absent where an answer is no rows; `summary` says which they are. */
  readonly csv?: { readonly summary: string; rows(answer: Answer): Rows };
}

/** One for each question: a forgotten one does not compile. */
export const renderers = {
  survivorship: {
    text: survivorshipText,
    csv: { summary: 'print the curves as CSV', rows: survivorshipCsv },
  },
  association: {
    text: associationText,
    csv: { summary: 'print the censuses as CSV', rows: associationCsv },
  },
  compare: { text: compareText },
} as const satisfies { readonly [Name in QuestionName]: Renderer<AnswerTo<Name>> };

/** Such as `streetlight/survivorship/1`: what a JSON answer begins with. */
export const schemaId = ({ name, version }: Pick<Answering, 'name' | 'version'>): string =>
  `streetlight/${name}/${version}`;

/** An answer as JSON, after the id of its schema. */
export const answerJson = (asked: Pick<Answering, 'name' | 'version'>, answer: object): string =>
  JSON.stringify({ schema: schemaId(asked), ...answer }, null, 2);

/** One published schema, and the file in docs/schemas that it is in. */
export interface PublishedSchema {
  readonly name: string;
  readonly id: string;
  readonly file: string;
  readonly summary: string;
  /** JSON Schema, draft 2020-12. */
  readonly schema: object;
}

/** Of every answer that the program gives as JSON. */
export const publishedSchemas = (): readonly PublishedSchema[] =>
  [...Object.values(questions), ...Object.values(commandAnswers)].map((each: Answering) => {
    const { name, version, summary, answer } = each;
    const id = schemaId({ name, version });
    const { $schema, ...rest } = z.toJSONSchema(z.strictObject({ schema: z.literal(id), ...answer.shape }));
    const file = `${name}.v${version}.json`;
    return { name, id, file, summary, schema: { $schema, title: id, description: summary, ...rest } };
  });
