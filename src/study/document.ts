/** YAML text -> validated study. All issues at once: of the study itself, and of the search document of each of its conditions. */
import { fail, firstIssues, type Issue, ok, type Result } from '../notation/issue.ts';
import { judgeDocument, type SearchDocument } from '../search-space/document.ts';
import { isRelated, locateIn, type Placed } from '../search-space/place.ts';
import { schemaIssues, valueAt } from '../search-space/schema-issues.ts';
import { soundPart } from '../search-space/sound-part.ts';
import { readYaml } from '../search-space/yaml-text.ts';
import { studyIssues } from './document-issues.ts';
import { chainOf, locateInStudy, mergedDocument, namesIn } from './place.ts';
import { type StudyDocument, studySchema } from './schema.ts';

export type { StudyAssay } from './kinds/table.ts';
export type { StudyDocument } from './schema.ts';

/** A study that was read: its document, the search documents of its conditions before tasks and founders are drawn, and where keys stand in its text. */
export interface ReadStudy {
  readonly document: StudyDocument;
  readonly base: SearchDocument;
  /** By the names of the conditions, in their order. */
  readonly searches: Readonly<Record<string, SearchDocument>>;
}

/** Of what must be there: so many blocks that no test lacks any. */
const standIns = { name: 'unnamed', question: '-', blocks: 800, base: {}, conditions: {} };

/** `file` names the text in messages. */
export function readStudy(text: string, file: string): Result<ReadStudy> {
  const yaml = readYaml(text, file, []);
  if (!yaml.ok) return yaml;
  const { root, plain, lines } = yaml.value;
  const locate = locateIn(root, file, lines, []);
  const parsed = studySchema.safeParse(plain);
  const refused = parsed.success ? [] : schemaIssues(plain, parsed.error.issues, studySchema);
  const issues: Issue[] = [...yaml.value.issues, ...firstIssues(refused, locate)];
  const base = judgeDocument({ ...asMap(valueAt(plain, ['base'])), name: 'base' });
  issues.push(...firstIssues(base.issues, (issue) => locate({ ...issue, path: ['base', ...issue.path] })));
  const searches: Record<string, SearchDocument> = {};
  for (const name of namesIn(plain, 'conditions')) {
    const judged = judgeDocument({ ...asMap(mergedDocument(plain, name)), name });
    const locateHere = locateInStudy(plain, name, locate);
    issues.push(...firstIssues(judged.issues, (issue) => ofCondition(locateHere(issue), issue, plain, name)));
    if (judged.document !== null) searches[name] = judged.document;
  }
  const sound = parsed.success
    ? parsed.data
    : soundPart(studySchema, structuredClone(plain), parsed.error.issues, standIns);
  if (sound !== null) {
    const wrong = refused.filter(({ code }) => code !== 'unknown-key').map(({ path }) => path);
    const joined = studyIssues(sound, plain, base.document, searches).filter(
      ({ path, reads = [] }) => ![path, ...reads].some((key) => wrong.some((other) => isRelated(key, other))),
    );
    issues.push(...firstIssues(joined, locate));
  }
  const all = withoutRepeats(issues);
  if (all.length > 0 || !parsed.success || base.document === null) return fail(all);
  return ok({
    document: Object.freeze(parsed.data),
    base: Object.freeze(base.document),
    searches: Object.freeze(searches),
  });
}

const asMap = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** An issue that the base alone has is the same in all conditions; one that a condition has is told with its name. */
function ofCondition(issue: Issue, { path }: Placed, plain: unknown, name: string): Issue {
  const own = chainOf(valueAt(plain, ['conditions']), name).some(
    (each) => path.length > 0 && valueAt(plain, ['conditions', each, 'set', path[0]!]) !== undefined,
  );
  return own ? { ...issue, message: `condition ${name}: ${issue.message}` } : issue;
}

/** Each issue once: conditions that share a place share what is wrong with it. */
function withoutRepeats(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ code, path, line, column, message }) => {
    const key = JSON.stringify([code, path, line, column, message.replace(/^condition \S+: /, '')]);
    return !seen.has(key) && seen.add(key);
  });
}
