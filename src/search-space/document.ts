/** YAML text -> validated search document. All issues at once, each with the line and column of the value that is wrong, and a hint. */
import { didYouMean, fail, firstIssues, ok, type Result } from '../notation/issue.ts';
import { boundIssues, type SoundTask } from './bounds.ts';
import { chromosomeIssues } from './chromosomes.ts';
import { operatorNames } from './operator-names.ts';
import { isRelated, type Locate, locateIn, type Override, type Path, type Placed } from './place.ts';
import { documentSchema, type SearchDocument } from './schema.ts';
import { schemaIssues, valueAt } from './schema-issues.ts';
import { soundPart } from './sound-part.ts';
import { taskSchema } from './task-schema.ts';
import { readYaml } from './yaml-text.ts';

export type { Override } from './place.ts';
export { type SearchDocument, tasksOf } from './schema.ts';

/** A document, and where its keys stand: for issues that only show once its files are opened. */
export interface ReadDocument {
  readonly document: SearchDocument;
  readonly locate: Locate;
}

/** `file` names the text in messages. Overrides replace values before anything is checked. */
export function parseDocument(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Result<SearchDocument> {
  const read = readDocument(text, file, overrides);
  return read.ok ? ok(read.value.document) : read;
}

/** As `parseDocument`, with the way to find the place of an issue that only shows later, once the files of tasks are opened. */
export function readDocument(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Result<ReadDocument> {
  const yaml = readYaml(text, file, overrides);
  if (!yaml.ok) return yaml;
  const { root, plain, lines } = yaml.value;
  const { issues, document } = judgeDocument(plain);
  const locate = locateIn(root, file, lines, overrides);
  const all = [...yaml.value.issues, ...firstIssues(issues, locate)];
  return all.length > 0 || document === null ? fail(all) : ok({ document: Object.freeze(document), locate });
}

/** A document that was judged: what is wrong with it, and itself as far as it can be read. */
export interface Judged {
  readonly issues: readonly Placed[];
  readonly document: SearchDocument | null;
}

/** Everything that is wrong with plain values: what the schema refuses, and in the same go what the rest of the document gives rise to. */
export function judgeDocument(plain: unknown): Judged {
  const parsed = documentSchema.safeParse(plain);
  const refused = parsed.success ? [] : schemaIssues(plain, parsed.error.issues);
  const document = parsed.success
    ? parsed.data
    : soundPart(documentSchema, structuredClone(plain), parsed.error.issues, { name: 'unnamed' });
  const wrong = refused.filter(({ code }) => code !== 'unknown-key').map(({ path }) => path);
  const isJudged = ({ path, reads = [] }: Placed) =>
    ![path, ...reads].some((key) => wrong.some((other) => isRelated(key, other)));
  const joined = document === null ? [] : boundIssues(document, soundTasks(plain)).filter(isJudged);
  return {
    document,
    issues: [...refused, ...joined, ...rateIssues(plain), ...chromosomeIssues(plain)],
  };
}

function soundTasks(plain: unknown): SoundTask[] {
  const list = valueAt(plain, ['tasks']);
  const paths: Path[] = [['task'], ...(Array.isArray(list) ? list.map((_, i) => ['tasks', i]) : [])];
  return paths.flatMap((path) => {
    const task = taskSchema.safeParse(withoutUnknown(valueAt(plain, path)));
    return task.success ? [{ path, spec: task.data }] : [];
  });
}

/** A task's options without those that there are not. */
function withoutUnknown(task: unknown): unknown {
  const issues = taskSchema.safeParse(task).error?.issues ?? [];
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  return unknown.length === 0
    ? task
    : Object.fromEntries(Object.entries(task as object).filter(([key]) => !unknown.includes(key)));
}

function rateIssues(plain: unknown): readonly Placed[] {
  const at = ['variation', 'rates'];
  const rates = valueAt(plain, at);
  if (typeof rates !== 'object' || rates === null || Array.isArray(rates)) return [];
  const unknown = Object.keys(rates).filter((name) => !(operatorNames as readonly string[]).includes(name));
  return firstIssues(unknown, (name) => ({
    code: 'unknown-operator',
    path: [...at, name],
    message: 'there is no such mutation operator',
    hint: didYouMean(name, operatorNames) ?? `operators are ${operatorNames.join(', ')}`,
    atKey: true,
  }));
}

/** The document as stored with a run: JSON with every default filled in. */
export const documentText = (document: SearchDocument): string => JSON.stringify(document);
