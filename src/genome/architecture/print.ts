/** Architecture -> text. A line ends where an op other than an activation would nest; genes at their defaults are left out. */
import { maxNesting } from '../../notation/nesting.ts';
import { printExpression, printStatement } from '../../notation/print.ts';
import type { Expression, Statement } from '../../notation/syntax.ts';
import type { Architecture } from './architecture.ts';
import { type ArchitectureOp, activationNames, architectureOps } from './ops.ts';

const at = { line: 0, column: 0 };
const isActivation = (op: string) => (activationNames as readonly string[]).includes(op);

/** The whole program. Reading it back gives the same canonical architecture. */
export function printArchitecture(architecture: Architecture): string {
  const names = nodeNames(architecture);
  const statements: Statement[] = [];
  for (const index of architecture.nodes.keys()) {
    const name = names[index];
    if (index > 0 && name != null)
      statements.push({ kind: 'assign', name, value: expressionOf(architecture, index, names, true), at });
  }
  if (names[architecture.output] !== 'y')
    statements.push({
      kind: 'assign',
      name: 'y',
      value: expressionOf(architecture, architecture.output, names, false),
      at,
    });
  return statements.map((statement) => `${printStatement(statement)}\n`).join('');
}

/** How mutation logs and messages speak of a node: its name where it has one, else its expression. */
export function architectureNodeText(architecture: Architecture, index: number): string {
  const names = nodeNames(architecture);
  return names[index] ?? printExpression(expressionOf(architecture, index, names, true));
}

/** A node is named unless its one reader is an activation, in which it nests as long as the text can be read back. */
function nodeNames(architecture: Architecture): (string | null)[] {
  const readers: number[][] = architecture.nodes.map(() => []);
  for (const [index, node] of architecture.nodes.entries())
    for (const input of node.inputs) readers[input]!.push(index);
  let count = 0;
  /** How many calls deep the text of each node is, and 0 where its name stands for it. */
  const depths: number[] = [];
  return architecture.nodes.map((node, index) => {
    const depth = 1 + node.inputs.reduce((most, input) => Math.max(most, depths[input]!), 0);
    depths.push(0);
    if (index === 0) return 'x';
    const reads = readers[index]!;
    if (index === architecture.output && reads.length === 0) return 'y';
    const nests =
      index !== architecture.output &&
      reads.length === 1 &&
      isActivation(architecture.nodes[reads[0]!]!.op) &&
      depth < maxNesting;
    if (nests) depths[index] = depth;
    return nests ? null : `h${++count}`;
  });
}

function expressionOf(
  architecture: Architecture,
  index: number,
  names: readonly (string | null)[],
  expand: boolean,
): Expression {
  const name = names[index];
  const node = architecture.nodes[index]!;
  if (node.op === 'input' || (name != null && !expand)) return { kind: 'name', name: name ?? 'x', at };
  const spec: ArchitectureOp = architectureOps[node.op];
  return {
    kind: 'call',
    op: node.op,
    args: node.inputs.map((input) => expressionOf(architecture, input, names, false)),
    attributes: Object.entries(spec.genes)
      .filter(([key, gene]) => node.genes[key] !== gene.default)
      .map(([key]) => ({ key, value: node.genes[key]!, at })),
    at,
  };
}
