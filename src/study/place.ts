/** Where the parts of a condition's search document stand in the text of its study: in the condition itself, in one that it extends, or in the base. */
import type { Locate, Path, Placed } from '../search-space/place.ts';
import { valueAt } from '../search-space/schema-issues.ts';

/** Names of the conditions or assays of a study, sound or not. */
export function namesIn(study: unknown, key: 'conditions' | 'assays'): string[] {
  const part = valueAt(study, [key]);
  return isMap(part) ? Object.keys(part) : [];
}

/** The conditions that a condition gets its values from, itself first. A chain that returns to itself ends there. */
export function chainOf(conditions: unknown, name: string): string[] {
  const chain: string[] = [];
  for (let at: unknown = name; typeof at === 'string' && !chain.includes(at); ) {
    if (valueAt(conditions, [at]) === undefined) break;
    chain.push(at);
    at = valueAt(conditions, [at, 'extends']);
  }
  return chain;
}

/** The values of a condition on top of those of the base, as plain data. */
export function mergedDocument(study: unknown, name: string): unknown {
  const layers = chainOf(valueAt(study, ['conditions']), name).map((each) =>
    valueAt(study, ['conditions', each, 'set']),
  );
  return layers.reduceRight((under, over) => merged(under, over ?? {}), valueAt(study, ['base']) ?? {});
}

/** Maps are merged key by key; null takes a key away; anything else replaces what was there. */
function merged(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over;
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.flatMap((key): [string, unknown][] => {
      if (!Object.hasOwn(over, key)) return [[key, under[key]]];
      if (over[key] === null) return [];
      return [[key, Object.hasOwn(under, key) ? merged(under[key], over[key]) : over[key]]];
    }),
  );
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The path in the study that a path of a condition's document comes from. */
export function originOf(study: unknown, name: string, path: Path): Path {
  const own = chainOf(valueAt(study, ['conditions']), name).find(
    (each) => path.length > 0 && valueAt(study, ['conditions', each, 'set', ...path]) !== undefined,
  );
  return own === undefined ? ['base', ...path] : ['conditions', own, 'set', ...path];
}

/** Finds the place of an issue of a condition's document. */
export const locateInStudy =
  (study: unknown, name: string, locate: Locate): Locate =>
  (placed: Placed) =>
    locate({
      ...placed,
      path: originOf(study, name, placed.path),
      ...(placed.reads === undefined
        ? {}
        : { reads: placed.reads.map((path) => originOf(study, name, path)) }),
    });
