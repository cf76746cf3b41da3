/** Parameters of a question as arguments and options of a command: how they are written, read and explained comes from their schemas. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { paramFacts } from '../analysis/question.ts';

type Schema = z.core.$ZodType;

/** A parameter's schema without the wrappers that say what holds where nothing is given. */
interface Unwrapped {
  readonly schema: Schema;
  readonly isOptional: boolean;
  /** Undefined where there is none. */
  readonly otherwise: unknown;
}

function unwrapped(schema: Schema, isOptional = false, otherwise?: unknown): Unwrapped {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'default') return unwrapped(def.innerType, true, def.defaultValue);
  if (def.type === 'optional') return unwrapped(def.innerType, true, otherwise);
  return { schema, isOptional, otherwise };
}

const kindOf = (schema: Schema) => (schema as z.core.$ZodTypes)._zod.def;

/** `confType` is `--conf-type`. What holds unless it is ruled out is named by its contrary: `paired`, true unless said, is `--no-paired`. */
function flagOf(key: string, outer: Schema): string {
  const { schema, otherwise } = unwrapped(outer);
  const isRuledOut = kindOf(schema).type === 'boolean' && otherwise === true;
  return `--${isRuledOut ? 'no-' : ''}${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The text of one value, read as the schema has it. @throws InvalidArgumentError with what the schema says. */
function readValue(schema: Schema, text: string): unknown {
  const isNumber = kindOf(schema).type === 'number';
  const value = isNumber ? (text.trim() === '' ? Number.NaN : Number(text)) : text;
  const read = (schema as z.ZodType).safeParse(value);
  if (read.success) return read.data;
  throw new InvalidArgumentError(read.error.issues[0]!.message);
}

/** How commander is to read the texts that are given for a parameter. */
function readerOf(outer: Schema): (text: string, before: unknown) => unknown {
  const { list = 'repeated' } = paramFacts(outer);
  const { schema, otherwise } = unwrapped(outer);
  const def = kindOf(schema);
  if (def.type !== 'array') return (text) => readValue(schema, text);
  return (text, before) => {
    const texts = list === 'repeated' ? [text] : text.split(',');
    const values = texts.map((each) => readValue(def.element, each.trim()));
    const earlier = list === 'commas' || before === otherwise ? [] : ((before ?? []) as unknown[]);
    return (schema as z.ZodType).parse([...earlier, ...values]);
  };
}

/** The option of each parameter that is given by its name. */
export const optionsOf = (params: z.ZodObject, keys = Object.keys(params.shape)): readonly Option[] =>
  keys.flatMap((key) => {
    const outer = params.shape[key]!;
    const { summary, value, isPositional, conflicts } = paramFacts(outer);
    return isPositional === true ? [] : [optionOf(outer, flagOf(key, outer), summary, value, conflicts)];
  });

function optionOf(
  outer: Schema,
  flag: string,
  summary: string,
  value: string | undefined,
  conflicts: readonly string[] = [],
): Option {
  const { schema, isOptional, otherwise } = unwrapped(outer);
  const def = kindOf(schema);
  const option = new Option(value === undefined ? flag : `${flag} <${value}>`, summary);
  if (def.type === 'enum') option.choices(Object.values(def.entries).map(String));
  else if (value !== undefined) option.argParser(readerOf(outer));
  // What is either set or not needs no default: commander has that of a `--no-` option, and the schema has the other.
  if (otherwise !== undefined && def.type !== 'boolean') option.default(otherwise);
  if (!isOptional) option.makeOptionMandatory();
  return conflicts.length === 0 ? option : option.conflicts([...conflicts]);
}

/** Adds what a person may type: `[runs...]`, and the options. Gives the names of the parameters that have a place, in order. */
export function addParams(command: Command, params: z.ZodObject): readonly string[] {
  const positional: string[] = [];
  for (const [key, outer] of Object.entries(params.shape)) {
    const { summary, isPositional } = paramFacts(outer);
    if (isPositional !== true) continue;
    const { schema, isOptional } = unwrapped(outer);
    const name = kindOf(schema).type === 'array' ? `${key}...` : key;
    command.argument(isOptional ? `[${name}]` : `<${name}>`, summary, readerOf(outer));
    positional.push(key);
  }
  for (const option of optionsOf(params)) command.addOption(option);
  return positional;
}
