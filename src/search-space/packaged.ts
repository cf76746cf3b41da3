/** What comes with the program, by paths and names that can be typed where the user stands: in a clone, or with the package installed in another project. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../genome/known.ts';
import { shellPath } from '../notation/shell.ts';

/** The path of a file of the program, short where it lies below the working folder. */
export function packagedPath(...parts: readonly string[]): string {
  const path = join(packageRoot(), ...parts);
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}

const ending = '.yaml';

/** Folders of documents that come with the program. */
export type DocumentFolder = 'search-spaces' | 'studies';

/** Names of the documents that come with the program in a folder, such as `smoke`. */
export const knownDocumentNames = (folder: DocumentFolder): string[] =>
  readdirSync(join(packageRoot(), folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** A document as a file: where it lies and what it says. */
export interface DocumentFile {
  readonly path: string;
  readonly text: string;
}

/** The document of this name that comes with the program; null where none has it. */
export function knownDocument(folder: DocumentFolder, name: string): DocumentFile | null {
  if (!knownDocumentNames(folder).includes(name)) return null;
  const path = packagedPath(folder, `${name}${ending}`);
  return { path, text: readFileSync(join(packageRoot(), folder, `${name}${ending}`), 'utf8') };
}

/** The command that sets up TensorFlow. npm must start it, as it brings the compiler driver. */
export function tensorflowSetupCommand(): string {
  const root = packageRoot();
  const at = root === process.cwd() ? '' : ` --prefix ${shellPath(packagedPath())}`;
  return `npm${at} run setup:tensorflow`;
}
