/**
 * What of a document the schema takes: wrong values are left out, so that defaults stand in for them, and the checks that join several keys can be made on the rest in the
 * same go. What such a check says of a key that is wrong itself means nothing; see `Placed.reads`.
 */
import type { z } from 'zod';
import type { Path } from './place.ts';
import { documentSchema, type SearchDocument } from './schema.ts';

/** Null where nothing is left. `plain` is changed. */
export function soundPart(plain: unknown, refused: readonly z.core.$ZodIssue[]): SearchDocument | null {
  let issues = refused;
  // Each round leaves out something, and a document that has nothing left but a name is sound.
  for (;;) {
    for (const issue of issues) {
      const path = issue.path as Path;
      const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
      for (const each of paths) if (!leaveOut(plain, each)) return null;
    }
    const parsed = documentSchema.safeParse(plain);
    if (parsed.success) return parsed.data;
    issues = parsed.error.issues;
  }
}

/** Leaves out the value at the path; the whole list of an element; the parent of a key that is missing. False where that is the document. */
function leaveOut(document: unknown, path: Path): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  const root = document as Record<string, unknown>;
  if (path.length === 1 && path[0] === 'name') {
    root['name'] = 'unnamed';
    return true;
  }
  for (let length = path.length; length > 0; length--) {
    let parent: unknown = root;
    for (const key of path.slice(0, length - 1))
      parent = (parent as Readonly<Record<string | number, unknown>> | undefined)?.[key];
    const key = path[length - 1]!;
    // An issue before this one may have left out more.
    if (parent === undefined) return true;
    if (typeof parent !== 'object' || parent === null || Array.isArray(parent) || !Object.hasOwn(parent, key))
      continue;
    delete (parent as Record<string | number, unknown>)[key];
    return true;
  }
  return false;
}
