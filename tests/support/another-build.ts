/** A second build of the program, whole, that differs in some places. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';

/** In a file of the built program, what stands there once becomes something else. */
export type Edit = readonly [file: string, from: string, to: string];

/** Makes it at `root`, which must not be there yet; gives the path of its command. */
export function anotherBuild(root: string, edits: readonly Edit[]): string {
  mkdirSync(root);
  for (const part of ['dist', 'db', 'search-spaces', 'studies', 'package.json'])
    cpSync(join(packageRoot(), part), join(root, part), { recursive: true });
  symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'));
  for (const [file, from, to] of edits) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(text.split(from).length, `${from} in ${file}`).toBe(2);
    writeFileSync(join(root, file), text.replace(from, to));
  }
  return join(root, 'dist/src/cli/main.js');
}
