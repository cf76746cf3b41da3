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

const documents = 'search-spaces';
const ending = '.yaml';

/** Names of the documents that come with the program, such as `smoke`. */
export const knownDocumentNames = (): string[] =>
  readdirSync(join(packageRoot(), documents))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

/** Where a document of this name lies and what it says; null where none has it. */
export function knownDocument(name: string): { readonly path: string; readonly text: string } | null {
  if (!knownDocumentNames().includes(name)) return null;
  const path = packagedPath(documents, `${name}${ending}`);
  return { path, text: readFileSync(join(packageRoot(), documents, `${name}${ending}`), 'utf8') };
}

/** The command that sets up TensorFlow. npm must start it, as it brings the compiler driver. */
export function tensorflowSetupCommand(): string {
  const root = packageRoot();
  const at = root === process.cwd() ? '' : ` --prefix ${shellPath(packagedPath())}`;
  return `npm${at} run setup:tensorflow`;
}
