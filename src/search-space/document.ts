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
import { readArchitecture } from '../genome/architecture/read.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { didYouMean, fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { documentSchema, type SearchDocument } from './schema.ts';
import { hasAccuracy, taskBounds } from './task-schema.ts';

export type { SearchDocument } from './schema.ts';

type Path = readonly (string | number)[];

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
  const issues = [...boundIssues(parsed.data), ...founderIssues(parsed.data)].map(
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

interface Placed {
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string;
}

/** Bounds that join several keys. */
function boundIssues({ evolution, founders, variation, task, evaluation }: SearchDocument): Placed[] {
  const issues: Placed[] = [];
  const check = (holds: boolean, path: Path, message: string, hint: string) => {
    if (!holds) issues.push({ code: 'impossible-bound', path, message, hint });
  };
  const { population, tournament, inFlight, births } = evolution;
  check(
    inFlight <= population,
    ['evolution', 'inFlight'],
    `${inFlight} births in flight need at least as many founders, and the population is ${population}`,
    'lower inFlight or raise population',
  );
  check(
    births >= population,
    ['evolution', 'births'],
    `${births} births cannot fill a population of ${population}`,
    'births include the founders',
  );
  check(
    tournament <= population,
    ['evolution', 'tournament'],
    `a tournament of ${tournament} in a population of ${population}`,
    'lower tournament',
  );
  check(
    founders.mutations[0] <= founders.mutations[1],
    ['founders', 'mutations'],
    `from ${founders.mutations[0]} to ${founders.mutations[1]} is no range`,
    'write [from, to]',
  );
  check(
    variation.mutations[0] <= variation.mutations[1],
    ['variation', 'mutations'],
    `from ${variation.mutations[0]} to ${variation.mutations[1]} is no range`,
    'write [from, to]',
  );
  check(
    evaluation.fitness !== 'accuracy' || hasAccuracy(task),
    ['evaluation', 'fitness'],
    `accuracy is not defined for task ${task.name}`,
    'use loss-decades',
  );
  for (const { key, message, hint } of taskBounds(task)) check(false, ['task', key], message, hint);
  return issues;
}

const isName = (text: string) => /^[A-Za-z0-9-]+$/.test(text);

function founderIssues({ founders }: SearchDocument): Placed[] {
  const checkAll = (
    key: 'architectures' | 'rules',
    known: (name: string) => unknown,
    names: () => string[],
    read: (text: string) => Result<unknown>,
  ): Placed[] =>
    founders[key].flatMap((text, i): Placed[] => {
      const path = ['founders', key, i];
      if (isName(text)) {
        return known(text) !== null
          ? []
          : [
              {
                code: 'unknown-founder',
                path,
                message: `there is no known ${key.slice(0, -1)} \`${text}\``,
                hint: didYouMean(text, names()) ?? `known are ${names().join(', ')}`,
              },
            ];
      }
      const result = read(text);
      return result.ok
        ? []
        : result.issues.map((issue) => ({
            code: issue.code,
            path,
            message: `line ${issue.line} column ${issue.column} of the text: ${issue.message}`,
            ...(issue.hint === undefined ? {} : { hint: issue.hint }),
          }));
    });
  return [
    ...checkAll('architectures', knownArchitecture, knownArchitectureNames, readArchitecture),
    ...checkAll('rules', knownRule, knownRuleNames, readUpdateRule),
  ];
}

/** The document as stored with a run: JSON with every default filled in. */
export const documentText = (document: SearchDocument): string => JSON.stringify(document);
