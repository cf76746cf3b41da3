/** YAML text -> validated search document. All issues at once, each with the line and column of the value that is wrong, and a hint. */
import {
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parse as parseValue,
  parseDocument as parseYaml,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { boundIssues, type Path } from './bounds.ts';
import { chromosomeIssues } from './chromosomes.ts';
import { documentSchema, type SearchDocument } from './schema.ts';

export { type SearchDocument, tasksOf } from './schema.ts';

/** Where a path stands in the text: the place of its value, or of its key. */
type Place = (path: Path, atKey?: boolean) => { readonly line?: number; readonly column?: number };

/** `--set path=value`. */
export interface Override {
  readonly path: string;
  readonly value: string;
}

/** `file` names the text in messages. Overrides replace values before anything is checked. */
export function parseDocument(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Result<SearchDocument> {
  const lines = new LineCounter();
  const yaml = parseYaml(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (yaml.errors.length > 0) {
    return fail(
      yaml.errors.map((error): Issue => {
        const at = lines.linePos(error.pos[0]);
        return { code: 'yaml', path: file, line: at.line, column: at.col, message: error.message };
      }),
    );
  }
  const overridden = applyOverrides(yaml, overrides);
  if (overridden.length > 0) return fail(overridden);
  const place: Place = (path, atKey = false) => positionOf(yaml.contents, path, lines, atKey);
  let plain: unknown;
  try {
    plain = yaml.toJS() ?? {};
  } catch (error) {
    // Aliases without an anchor, and aliases that would unfold without end.
    return fail([{ code: 'yaml', path: file, message: (error as Error).message }]);
  }
  const parsed = documentSchema.safeParse(plain);
  if (!parsed.success) return fail(parsed.error.issues.flatMap((issue) => fromZod(issue, file, place)));
  const issues = [...boundIssues(parsed.data), ...chromosomeIssues(parsed.data)].map(
    ({ path, ...issue }): Issue => ({
      ...issue,
      path: file,
      ...place(path),
      message: `${path.join('.')}: ${issue.message}`,
    }),
  );
  return issues.length > 0 ? fail(issues) : ok(Object.freeze(parsed.data));
}

function applyOverrides(yaml: ReturnType<typeof parseYaml>, overrides: readonly Override[]): Issue[] {
  return overrides.flatMap(({ path, value }): Issue[] => {
    try {
      yaml.setIn(path.split('.'), parseValue(value));
      return [];
    } catch (error) {
      return [
        {
          code: 'override',
          message: `--set ${path}=${value}: ${(error as Error).message}`,
          hint: 'write it as path=value, such as evolution.population=32',
        },
      ];
    }
  });
}

/** Line and column of the deepest node on the path that the text has. */
function positionOf(
  root: Node | null,
  path: Path,
  lines: LineCounter,
  atKey: boolean,
): { readonly line?: number; readonly column?: number } {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const key of path) {
    if (isMap(node)) {
      const pair = (node as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else node = (node as { items?: readonly unknown[] } | null)?.items?.[key as number];
    const range = (node as Node | null)?.range;
    if (range != null && !isMap(node) && !atKey) offset = range[0];
  }
  if (offset === undefined) return {};
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function fromZod(issue: z.core.$ZodIssue, file: string, place: Place): Issue[] {
  const path = issue.path as Path;
  const where = (key: Path) => (key.length === 0 ? 'the document' : key.join('.'));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(path);
      const hint = didYouMean(key, known) ?? (known.length > 0 ? `keys here are ${known.join(', ')}` : null);
      return {
        code: 'unknown-key',
        path: file,
        ...place([...path, key], true),
        message: `${where([...path, key])}: there is no such key`,
        ...(hint === null ? {} : { hint }),
      };
    });
  }
  return [{ code: issue.code, path: file, ...place(path), message: `${where(path)}: ${issue.message}` }];
}

/** Keys that the schema has at a path, for hints. */
function knownKeys(path: Path): string[] {
  let schema: unknown = documentSchema;
  for (const key of path) {
    const shape = shapeOf(schema);
    if (shape === null) return [];
    schema = shape[key as string];
  }
  return Object.keys(shapeOf(schema) ?? {});
}

function shapeOf(schema: unknown): Record<string, unknown> | null {
  let inner = schema as { shape?: Record<string, unknown>; unwrap?: () => unknown } | undefined;
  while (inner !== undefined && inner.shape === undefined && inner.unwrap !== undefined)
    inner = inner.unwrap() as typeof inner;
  return inner?.shape ?? null;
}

/** The document as stored with a run: JSON with every default filled in. */
export const documentText = (document: SearchDocument): string => JSON.stringify(document);
