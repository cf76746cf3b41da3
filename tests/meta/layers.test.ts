/** Data flows one way: a folder of src imports only from folders that stand above it in docs/ARCHITECTURE.md. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The order, read from the document that promises it: table rows such as "| `src/random` | ...". */
function documentedOrder(): string[] {
  const text = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
  return [...text.matchAll(/^\| `src\/([a-z-]+)` *\|/gm)].map((match) => match[1]!);
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, resolve(root, dirname(file), match[1]!)),
  );
}

const folderOf = (path: string) => path.split(sep)[1]!;

describe('layers', () => {
  const order = documentedOrder();

  it('documents every folder of src, and only folders that exist', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && sourceFiles(join('src', entry.name)).length > 0)
      .map((entry) => entry.name);
    expect([...order].sort()).toEqual(folders.sort());
  });

  it.each(sourceFiles('src'))('%s imports only from above', (file) => {
    const own = order.indexOf(folderOf(file));
    for (const target of importsOf(file)) {
      expect(existsSync(join(root, target)), `${file} imports ${target}`).toBe(true);
      expect(target.split(sep)[0], `${file} imports ${target}`).toBe('src');
      const other = order.indexOf(folderOf(target));
      expect(other, `${file} imports ${target}, which stands below it`).toBeLessThanOrEqual(own);
    }
  });

  it('keeps chance and the clock out of everything that decides a lineage', () => {
    const pure = order.slice(0, order.indexOf('dispatch'));
    for (const file of pure.flatMap((folder) => sourceFiles(join('src', folder)))) {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text, file).not.toMatch(/Math\.random|Date\.now|new Date\(|performance\.now/);
    }
  });

  it('uses only arithmetic that is the same on every machine where results depend on it', () => {
    const pure = order.slice(0, order.indexOf('dispatch'));
    for (const file of pure.flatMap((folder) => sourceFiles(join('src', folder)))) {
      const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(text, file).not.toMatch(
        /Math\.(exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|sinh|cosh|cbrt|hypot|atan2?)\b|\*\*/,
      );
    }
  });
});
