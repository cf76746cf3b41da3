/** What the schema refuses, in our words: what was expected, what was found, and what the key is for. */
import type { z } from 'zod';
import { didYouMean, firstIssues } from '../notation/issue.ts';
import type { Path, Placed } from './place.ts';
import { documentSchema } from './schema.ts';
import { jsonSchema, type KeySchema } from './schema-keys.ts';

/** One issue for each value that is wrong, however many rules it breaks. `schema` is what refused the document. */
export function schemaIssues(
  document: unknown,
  refused: readonly z.core.$ZodIssue[],
  schema: z.ZodType = documentSchema,
): Placed[] {
  const whole = wholeSchema(schema);
  const seen = new Set<string>();
  return refused.flatMap((issue): Placed[] => {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys')
      return [...firstIssues(issue.keys, (key) => unknownKey(whole, document, [...path, key]))];
    const name = path.join('.');
    if (seen.has(name)) return [];
    seen.add(name);
    return [wrongValue(whole, document, path)];
  });
}

function unknownKey(whole: KeySchema, document: unknown, path: Path): Placed {
  const known = Object.keys(schemaAt(whole, document, path.slice(0, -1)).schema.properties ?? {});
  const hint = didYouMean(String(path.at(-1)), known) ?? `keys here are ${known.join(', ')}`;
  return { code: 'unknown-key', path, message: 'there is no such key', hint, atKey: true };
}

function wrongValue(whole: KeySchema, document: unknown, path: Path): Placed {
  const { schema, meaning } = schemaAt(whole, document, path);
  const value = valueAt(document, path);
  const expected = expectedText(schema);
  if (value === undefined)
    return {
      code: 'missing-key',
      path,
      message: 'this key is required and missing',
      hint: `give ${expected}${meaning === undefined ? '' : `: ${meaning}`}`,
    };
  const choices = schema.enum?.map(String) ?? [];
  const near = typeof value === 'string' ? didYouMean(value, choices) : null;
  return {
    code: 'wrong-value',
    path,
    message: `expected ${expected}, got ${valueText(value)}`,
    hint: near ?? meaning ?? '`npx streetlight reference` lists every key',
  };
}

/** Anything as people would write it, cut where it is long. */
function valueText(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The value at a path of plain data; undefined where the path leads nowhere. Keys of prototypes are not followed. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value;
}

/** Made when they are first needed. */
const made = new Map<z.ZodType, KeySchema>();
function wholeSchema(schema: z.ZodType): KeySchema {
  const whole = made.get(schema) ?? jsonSchema(schema);
  made.set(schema, whole);
  return whole;
}

/** The schema at a path, and what the nearest key on the way is for. A task's options are those of its name. */
function schemaAt(
  whole: KeySchema,
  document: unknown,
  path: Path,
): { schema: KeySchema; meaning: string | undefined } {
  let schema = whole;
  let meaning: string | undefined;
  path.forEach((key, depth) => {
    const below = stepInto(schema, key);
    schema = below.oneOf === undefined ? below : chosen(below.oneOf, document, path.slice(0, depth + 1));
    meaning = below.description ?? meaning;
  });
  return { schema, meaning };
}

function stepInto(schema: KeySchema, key: string | number): KeySchema {
  if (typeof key === 'number') return schema.prefixItems?.[key] ?? (schema.items || {});
  return schema.properties?.[key] ?? (schema.additionalProperties || {});
}

/** The alternative that is named, such as a task; where it is none of them, all that there are. */
function chosen(alternatives: readonly KeySchema[], document: unknown, path: Path): KeySchema {
  const key = Object.entries(alternatives[0]?.properties ?? {}).find(([, { const: only }]) => only)?.[0];
  if (key === undefined) return {};
  const name = valueAt(document, [...path, key]);
  const names = alternatives.map(({ properties }) => properties?.[key]?.const);
  const found = alternatives[names.indexOf(name)];
  return found ?? { type: 'object', properties: { [key]: { enum: names } } };
}

/** A value of the schema, in words. */
function expectedText({ type, items, prefixItems, properties, ...schema }: KeySchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (type) {
    case 'integer':
      return `a whole number${rangeText(schema)}`;
    case 'number':
      return `a number${rangeText(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return schema.maxLength === undefined ? 'a text' : `a text of 1 to ${schema.maxLength} characters`;
    case 'array': {
      if (prefixItems !== undefined) return `[${prefixItems.map(expectedText).join(', ')}]`;
      const { minItems = 0, maxItems } = schema;
      const few = minItems > 0 ? ` of at least ${minItems}` : '';
      const many = maxItems === undefined ? '' : ` of at most ${maxItems}`;
      return `a list${few === '' ? many : few}, each ${expectedText(items || {})}`;
    }
    case 'object':
      return properties === undefined
        ? 'keys with values'
        : `the keys ${Object.keys(properties).slice(0, 4).join(', ')}${Object.keys(properties).length > 4 ? ', ...' : ''}`;
    default:
      return 'another value';
  }
}

function rangeText({ minimum, exclusiveMinimum, maximum }: KeySchema): string {
  const bounded = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const [from, to] = [bounded(minimum), bounded(maximum)];
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${to === undefined ? '' : ` and up to ${to}`}`;
  if (from === undefined) return to === undefined ? '' : ` up to ${to}`;
  return to === undefined ? ` from ${from} on` : ` from ${from} to ${to}`;
}
