/**
 * What of a document the schema takes: wrong values are left out, so that defaults stand in for them, and the checks that join several keys can be made on the rest in the
 * same go. What such a check says of a key that is wrong itself means nothing; see `Placed.reads`.
 */
import type { z } from 'zod';
import type { Path } from './place.ts';

/** `plain` is changed; null where it is no map. `standIns`: for keys at the root that must be there, values that say nothing. */
export function soundPart<Schema extends z.ZodObject>(
  schema: Schema,
  plain: unknown,
  refused: readonly z.core.$ZodIssue[],
  standIns: Readonly<Record<string, unknown>>,
): z.output<Schema> | null {
  let issues = refused;
  // Each round leaves out something, and a document that has nothing left but the keys that must be there is sound.
  for (;;) {
    for (const issue of issues) {
      const path = issue.path as Path;
      const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
      for (const each of paths) if (!leaveOut(plain, each, standIns)) return null;
    }
    const parsed = schema.safeParse(plain);
    if (parsed.success) return parsed.data;
    issues = parsed.error.issues;
  }
}

/** Leaves out the value at the path; the whole list of an element; the parent of a key that is missing. False where that is the document. */
function leaveOut(document: unknown, path: Path, standIns: Readonly<Record<string, unknown>>): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  const root = document as Record<string, unknown>;
  const key = String(path[0]);
  if (path.length === 1 && Object.hasOwn(standIns, key)) {
    root[key] = standIns[key];
    return true;
  }
  for (let length = path.length; length > 0; length--) {
    let parent: unknown = root;
    for (const step of path.slice(0, length - 1))
      parent = (parent as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    const last = path[length - 1]!;
    // An issue before this one may have left out more.
    if (parent === undefined) return true;
    if (
      typeof parent !== 'object' ||
      parent === null ||
      Array.isArray(parent) ||
      !Object.hasOwn(parent, last)
    )
      continue;
    delete (parent as Record<string | number, unknown>)[last];
    return true;
  }
  return false;
}
