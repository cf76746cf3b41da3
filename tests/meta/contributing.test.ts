/** The lists of CONTRIBUTING.md: the files of every example are exactly those that name it, and a tensor op is one record and one emitter for each engine. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { tensorOps } from '../../src/compiler/tensor-ops/table.ts';
import { architectureOps } from '../../src/genome/architecture/ops.ts';
import { ruleOps } from '../../src/genome/update-rule/ops.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name}`)
  .sort();

/** What a file names by literals, keys of objects and exports. Comments, imports and locals do not count. */
const namesIn = new Map(sources.map((file) => [file, namesOf(file)]));

function namesOf(file: string): ReadonlySet<string> {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteral(node)) names.add(node.text);
    else if (
      ts.isPropertyAssignment(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isShorthandPropertyAssignment(node)
    ) {
      if (ts.isIdentifier(node.name)) names.add(node.name.text);
    } else if (ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node)) {
      const isExported = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
      if (isExported && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

const filesNaming = (name: string) => sources.filter((file) => namesIn.get(file)!.has(name));

/** The same, with files that are called so. */
const filesOf = (name: string) =>
  sources.filter((file) => namesIn.get(file)!.has(name) || basename(file, '.ts') === name);

const sections = guide
  .split(/^## /m)
  .slice(1)
  .map((section) => section.slice(0, section.indexOf('\n')));
const examples = [...guide.matchAll(/^Example `([^`]+)`.*:\n\n((?:- `[^`]+`\n)+)/gm)].map(
  ([, name, list]) => ({ name: name!, files: [...list!.matchAll(/`([^`]+)`/g)].map(([, file]) => file!) }),
);

describe('CONTRIBUTING.md', () => {
  it('says what to touch for each kind of thing that grows', () => {
    expect(sections).toEqual(
      expect.arrayContaining([
        'A tensor op',
        'An architecture op',
        'A rule op',
        'A trait',
        'A mutation operator',
        'A command',
        'A question',
        'An engine',
      ]),
    );
    for (const section of guide.split(/^## An? /m).slice(1)) expect(section).toMatch(/^Example /m);
  });

  it('names no file that does not exist', () => {
    const named = [...guide.matchAll(/`((?:src|tests|docs|db)\/[^`<*]+\.[a-z]+)`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it.each(examples)('lists all files that name $name, and no other', ({ name, files }) => {
    expect(filesOf(name)).toEqual([...files].sort());
  });
});

describe('a tensor op', () => {
  const engines = ['reference', 'wasm', 'tensorflow'];
  /** Names that mean something else, too: ops of rules (`add`), of architectures (`dropout`). Their files cannot be told apart by name. */
  const shared = new Set<string>([...Object.keys(ruleOps), ...Object.keys(architectureOps)]);
  const own = Object.keys(tensorOps).filter((name) => !shared.has(name));

  it('has a name of its own, as a rule', () => {
    expect(own.length).toBeGreaterThan(25);
  });

  it.each(own)('%s is one record, one emitter for each engine, and kernels', (name) => {
    const files = filesNaming(name).filter((file) => /^src\/(compiler|engines)\//.test(file));
    const emitters = engines.map((engine) =>
      files.filter((file) => file.startsWith(`src/engines/${engine}/tensor-ops/`)),
    );
    for (const each of emitters) expect(each).toHaveLength(1);
    // Its record, and that of an op whose adjoint emits it, are in the compiler's files of these families; a lowering rule may emit it, too.
    const [family, ...others] = new Set(emitters.flat().map((file) => basename(file)));
    expect(others).toEqual([]);
    expect(files).toContain(`src/compiler/tensor-ops/${family}`);
    const beside = /^src\/compiler\/(tensor-ops|lowering)\/|^src\/engines\/wasm\/[a-z-]*kernels?\.ts$/;
    expect(files.filter((file) => !emitters.flat().includes(file) && !beside.test(file))).toEqual([]);
  });
});
