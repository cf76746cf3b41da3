/** Where an issue of a document stands: in its text, or in an option of the command line that replaced a part of it. */
import { isAlias, isMap, isScalar, type LineCounter, type Node, type YAMLMap } from 'yaml';
import type { Issue } from '../notation/issue.ts';

/** The keys that lead to a value of a document; elements of lists by their index. */
export type Path = readonly (string | number)[];

/** An issue at a key of the document. */
export interface Placed {
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string;
  /** Keys that it rests on besides `path`. Where one of them is wrong itself, there is nothing to say. */
  readonly reads?: readonly Path[];
  /** Of the key and not of its value. */
  readonly atKey?: boolean;
}

/** Finds the place of an issue. */
export type Locate = (placed: Placed) => Issue;

/** `--set path=value`, or an option that stands for one. */
export interface Override {
  readonly path: string;
  readonly value: string;
  readonly option?: string;
}

/** How a person named the override on the command line. */
export const optionText = ({ path, option }: Override): string => option ?? `--set ${path}`;

/** True where one path leads to the other. */
export const isRelated = (a: Path, b: Path): boolean =>
  a.slice(0, b.length).every((key, i) => String(key) === String(b[i]));

const described = ({ code, message, path, hint }: Placed): Issue => ({
  code,
  message: path.length === 0 ? message : `${path.join('.')}: ${message}`,
  ...(hint === undefined ? {} : { hint }),
});

/** For documents without a text. */
export const locateByKey: Locate = described;

/** For a text in `file`, some keys of which were replaced. */
export function locateIn(
  root: Node | null,
  file: string,
  lines: LineCounter,
  overrides: readonly Override[],
): Locate {
  return (placed) => {
    const { path, reads = [], atKey = false } = placed;
    const own = overrides.findLast((override) => covers(override, path, atKey));
    if (own !== undefined) return { ...described(placed), path: optionText(own) };
    const { offset, isThere } = positionOf(root, path, atKey);
    const read = overrides.findLast((override) => reads.some((key) => covers(override, key, false)));
    if (!isThere && read !== undefined) return { ...described(placed), path: optionText(read) };
    if (offset === undefined) return { ...described(placed), path: file };
    const { line, col } = lines.linePos(offset);
    return { ...described(placed), path: file, line, column: col };
  };
}

/** An override sets what is below its path too, and makes keys on its way. */
function covers(override: Override, path: Path, atKey: boolean): boolean {
  const set = override.path.split('.');
  return isRelated(set, path) && (set.length <= path.length || atKey);
}

/** Offset of the deepest node on the path that the text has. */
function positionOf(
  root: Node | null,
  path: Path,
  atKey: boolean,
): { readonly offset: number | undefined; readonly isThere: boolean } {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const key of path) {
    const isElement = !isMap(node);
    if (isMap(node)) {
      const pair = (node as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) return { offset, isThere: false };
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = (node as { items?: readonly unknown[] } | null)?.items?.[key as number];
      if (node === undefined) return { offset, isThere: false };
    }
    const range = (node as Node | null)?.range;
    if (range != null && (isElement || !isMap(node)) && !atKey) offset = range[0];
    if (isAlias(node)) break;
  }
  return { offset, isThere: true };
}
