/** An answer as JSON: one object that begins with the id of its schema. */
import type { Answering } from './command-answers.ts';
import { jsonText } from './json.ts';

/** Such as `streetlight/survivorship/1`: what a JSON answer begins with. */
export const schemaId = ({ name, version }: Pick<Answering, 'name' | 'version'>): string =>
  `streetlight/${name}/${version}`;

/** An answer as JSON, after the id of its schema. */
export const answerJson = (asked: Pick<Answering, 'name' | 'version'>, answer: object): string =>
  jsonText({ schema: schemaId(asked), ...answer });
