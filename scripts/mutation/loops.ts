/**
 * Every turn of every loop is counted, so that an endless loop ends after a number of turns and not after a time, which a busy machine would decide. StrykerJS counts only how often the
 * changed place itself is reached.
 */
import ts from 'typescript';

/** Turns of all loops of a thread. */
export interface Loops {
  turns: number;
  /** With the first turn beyond, and with each after it, the loop throws. */
  limit: number;
}

const globalName = '__streetlight_loops__';

/** The count of this thread, which compiled sources share; without a limit. */
export function loopsOfThread(): Loops {
  const scope = globalThis as unknown as Record<string, Loops | undefined>;
  scope[globalName] ??= { turns: 0, limit: Number.POSITIVE_INFINITY };
  return scope[globalName];
}

const head = `const ${globalName} = (globalThis.${globalName} ??= { turns: 0, limit: Infinity });\n`;
const guard = `if (++${globalName}.turns > ${globalName}.limit) throw new Error('A loop does not end.');`;

/** The JavaScript with a count in each of its loops; unchanged where it has none. */
export function countLoops(source: string): string {
  const file = ts.createSourceFile('source.js', source, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIterationStatement(node, false)) {
      const { statement } = node;
      if (ts.isBlock(statement)) insertions.push({ at: statement.getStart(file) + 1, text: guard });
      else {
        insertions.push(
          { at: statement.getStart(file), text: `{${guard}` },
          { at: statement.end, text: '}' },
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  if (insertions.length === 0) return source;
  insertions.sort((a, b) => b.at - a.at);
  let counted = source;
  for (const { at, text } of insertions) counted = counted.slice(0, at) + text + counted.slice(at);
  const afterHashbang = /^(#!.*\n)?/.exec(counted)?.[0].length ?? 0;
  return counted.slice(0, afterHashbang) + head + counted.slice(afterHashbang);
}
