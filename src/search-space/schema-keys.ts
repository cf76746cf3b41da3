/** The keys of a schema as rows for people: path, value, default, meaning. */
import { z } from 'zod';

/** The cells of one row of a table. */
export type Row = readonly string[];

/** A row under names, as JSON has it. */
export interface KeyEntry {
  readonly key: string;
  readonly value: string;
  readonly default: string;
  readonly meaning: string;
}

/** Of the four cells of a row. */
export const keyEntry = ([key, value, otherwise, meaning]: Row): KeyEntry => ({
  key: key!,
  value: value!,
  default: otherwise!,
  meaning: meaning!,
});

/** The parts of JSON Schema that our schemas come to. */
export interface KeySchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Of a list: all its elements, or each of them. */
  readonly items?: KeySchema | false;
  readonly prefixItems?: readonly KeySchema[];
  /** Of a map: values of any key. */
  readonly additionalProperties?: KeySchema | false;
  readonly oneOf?: readonly KeySchema[];
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
}

/** A schema as JSON Schema of what people write: keys with defaults may be left out. */
export const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as KeySchema;

/** Every leaf of an object schema, with its path. */
export function keyRows(prefix: string, { properties = {}, required = [] }: KeySchema): Row[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = `${prefix}${key}`;
    if (schema.properties !== undefined) return keyRows(`${path}.`, schema);
    if (schema.const !== undefined) return [];
    if (schema.description === undefined) throw new Error(`${path} has no description`);
    const otherwise = required.includes(key)
      ? 'required'
      : schema.default === undefined
        ? 'none'
        : JSON.stringify(schema.default);
    return [[path, valueText(schema), otherwise, schema.description]];
  });
}

function valueText({ type, enum: choices, minimum, exclusiveMinimum, maximum }: KeySchema): string {
  if (choices !== undefined) return choices.join(', ');
  const from = minimum ?? (exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`);
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return from === undefined || from === Number.MIN_SAFE_INTEGER
    ? (type ?? 'any')
    : `${type} ${to === '' && minimum !== undefined ? `from ${from}` : from}${to}`;
}
