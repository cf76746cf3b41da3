/** What the code promises a reader: nearly every export says what it is, and files and functions stay small. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';

const root = join(packageRoot(), 'src');

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort()
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
  });

const isExported = (statement: ts.Statement) =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

/** What is exported where it is declared, with whether a docstring stands before it. */
const exported = sources.flatMap(({ file, tree }) =>
  tree.statements.filter(isExported).flatMap((statement) => {
    const comments = ts.getJSDocCommentsAndTags(statement);
    const documented = comments.length > 0;
    const words = comments.reduce((sum, each) => sum + each.getText().split(/\s+/).length - 2, 0);
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText())
      : [(statement as ts.DeclarationStatement).name?.getText() ?? 'default'];
    return names.map((name) => ({ name: `${file}: ${name}`, documented, words }));
  }),
);

/** Lines from a function's head to its end. */
function functionLengths({ tree }: (typeof sources)[number]): number[] {
  const lengths: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
      lengths.push(line(node.end) - line(node.getStart()) + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return lengths;
}

const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;

describe('docstrings', () => {
  it('stand before at least 95 % of what is exported', () => {
    const missing = exported.filter(({ documented }) => !documented).map(({ name }) => name);
    const most = Math.floor(0.05 * exported.length);
    expect(missing.length, `of ${exported.length}:\n${missing.join('\n')}\n`).toBeLessThanOrEqual(most);
  });

  it('say more than a word', () => {
    const short = exported.filter(({ documented, words }) => documented && words < 2).map(({ name }) => name);
    expect(short).toEqual([]);
  });
});

describe('sizes', () => {
  const files = sources.map(({ text }) => text.split('\n').length - 1);
  const functions = sources.flatMap(functionLengths);

  it('of files: half have at most 120 lines, nine of ten at most 350', () => {
    expect(quantile(files, 0.5)).toBeLessThanOrEqual(120);
    expect(quantile(files, 0.9)).toBeLessThanOrEqual(350);
  });

  it('of functions: half have at most 10 lines, nine of ten at most 35', () => {
    expect(quantile(functions, 0.5)).toBeLessThanOrEqual(10);
    expect(quantile(functions, 0.9)).toBeLessThanOrEqual(35);
  });
});
