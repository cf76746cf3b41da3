/**
 * A question: parameters with a schema, an answer that is plain data with a schema, and how the one comes from the other. The command line, and whoever else asks,
 * are made from these values; how an answer is shown is a matter of report/.
 */
import { z } from 'zod';
import type { Lineage } from '../lineage/open.ts';

/** What a person who sets a parameter must know, beside its schema. */
export interface ParamFacts {
  /** What it says, as help puts it. */
  readonly summary: string;
  /** What stands for its value in help, such as `births`; none for what is either set or not. */
  readonly value?: string;
  /** Given by its place in a command line and not by a name; a list takes all places that are left. */
  readonly isPositional?: boolean;
  /** How a list is written: between commas, again and again or both; `repeated` unless said. */
  readonly list?: 'commas' | 'repeated' | 'both';
  /** Parameters or forms of output that it excludes. */
  readonly conflicts?: readonly string[];
}

const facts = z.registry<ParamFacts>();

/** The schema of one parameter, with what a person must know of it. */
export function param<S extends z.ZodType>(schema: S, about: ParamFacts): S {
  facts.add(schema, about);
  return schema;
}

/** @throws Error for a schema that is no parameter: a defect of the question. */
export function paramFacts(schema: z.core.$ZodType): ParamFacts {
  const found = facts.get(schema);
  if (found === undefined) throw new Error('this parameter says nothing about itself');
  return found;
}

/** Work of many parts that is on its way. */
export interface Work {
  /** So many parts are done, of so many. */
  update(done: number, total: number): void;
  /** True once it is to end early; what is done is kept. */
  shouldStop(): boolean;
  /** Must be called once, however the work ends. */
  end(): void;
}

/** Who asks: told what is no part of the answer, and able to end long work. */
export interface AskContext {
  note(text: string): void;
  begin(what: string, total: number): Work;
}

/** Asks without listening, and lets work come to its end. */
export const silentContext: AskContext = {
  note: () => {},
  begin: () => ({ update: () => {}, shouldStop: () => false, end: () => {} }),
};

/** Whoever asked ended the work before there was an answer. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** One question to a lineage database. */
export interface Question<
  Params extends z.ZodObject = z.ZodObject,
  Answer extends z.ZodObject = z.ZodObject,
> {
  /** Stands in the id of the answer's schema and on command lines: permanent. */
  readonly name: string;
  /** Of the answer's schema: any change of what an answer may hold, an addition too, makes the next one. */
  readonly version: number;
  readonly summary: string;
  readonly params: Params;
  /** Strict, and of what JSON can hold. */
  readonly answer: Answer;
  /** @throws UserError for parameters that make no sense together, or of this database; Interrupted where the context ends it. */
  ask(
    lineage: Lineage,
    params: z.output<Params>,
    context: AskContext,
  ): z.output<Answer> | Promise<z.output<Answer>>;
}

/** A question whose parts agree in their types. */
export const question = <Params extends z.ZodObject, Answer extends z.ZodObject>(
  parts: Question<Params, Answer>,
): Question<Params, Answer> => parts;

/**
 * A schema of an interface, under the interface's name in what is published. Neither can drift from the other: each value of the interface must be one of the schema
 * and the other way round, with the same keys.
 */
export const schemaOf =
  <T>() =>
  <S extends z.ZodType<T>>(
    name: string,
    schema: T extends z.output<S> ? ([keyof T] extends [keyof z.output<S>] ? S : never) : never,
  ): S =>
    (schema as S).meta({ id: name });
