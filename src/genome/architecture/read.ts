/** Text -> architecture in canonical form. Every mistake is an issue with its place. */
import { didYouMean, fail, ok, type Result } from '../../notation/issue.ts';
import { createIssueList } from '../../notation/issue-list.ts';
import { parse } from '../../notation/parse.ts';
import type { Attribute, Expression } from '../../notation/syntax.ts';
import type { Architecture, ArchitectureNode, GeneValue } from './architecture.ts';
import { canonicalArchitecture, canonicalInOrder } from './canonical.ts';
import { type ArchitectureOp, type ArchitectureOpName, architectureOps, type GeneSpec } from './ops.ts';

/** True for the name of an architecture op, `input` included. */
export const isArchitectureOp = (name: string): name is ArchitectureOpName =>
  Object.hasOwn(architectureOps, name);

/** Reads a program of the notation into canonical form. Line numbers of issues count from `firstLine`. */
export const readArchitecture = (text: string, firstLine = 1): Result<Architecture> =>
  readInto(canonicalArchitecture, text, firstLine);

/** Text that `architectureText` printed, sooner than `readArchitecture` reads it. */
export const readCanonicalArchitecture = (text: string): Result<Architecture> =>
  readInto(canonicalInOrder, text, 1);

function readInto(
  canonical: (architecture: Architecture) => Architecture,
  text: string,
  firstLine: number,
): Result<Architecture> {
  const parsed = parse(text, firstLine);
  if (!parsed.ok) return parsed;
  const nodes: ArchitectureNode[] = [{ op: 'input', inputs: [], genes: {} }];
  const names = new Map<string, number>([['x', 0]]);
  const mistakes = createIssueList();
  const { report } = mistakes;

  function build(expression: Expression): number {
    if (expression.kind === 'name') {
      const known = names.get(expression.name);
      if (known === undefined)
        report(
          'unknown-name',
          `\`${expression.name}\` is not defined above this line`,
          expression.at,
          () => didYouMean(expression.name, [...names.keys()]) ?? '`x` is the example',
        );
      return known ?? 0;
    }
    if (expression.kind !== 'call') {
      report(
        'not-a-node',
        'an architecture is made of calls and names',
        expression.at,
        'write for instance relu(dense(x, units: 100))',
      );
      return 0;
    }
    const inputs = expression.args.map(build);
    const { op, at } = expression;
    if (!isArchitectureOp(op) || op === 'input') {
      report(
        'unknown-op',
        `there is no architecture op \`${op}\``,
        at,
        () =>
          didYouMean(op, Object.keys(architectureOps)) ??
          `ops are ${Object.keys(architectureOps)
            .filter((name) => name !== 'input')
            .join(', ')}`,
      );
      return 0;
    }
    const spec: ArchitectureOp = architectureOps[op];
    if (inputs.length !== spec.inputs.min)
      report(
        'argument-count',
        `\`${op}\` reads ${spec.inputs.min} node${spec.inputs.min === 1 ? '' : 's'}, not ${inputs.length}`,
        at,
        `${op}: ${spec.summary}`,
      );
    return nodes.push({ op, inputs, genes: genesOf(expression, spec) }) - 1;
  }

  function genesOf(
    expression: Extract<Expression, { kind: 'call' }>,
    spec: ArchitectureOp,
  ): Record<string, GeneValue> {
    const given = new Map(expression.attributes.map((attribute) => [attribute.key, attribute]));
    for (const { key, at } of expression.attributes) {
      if (!(key in spec.genes))
        report(
          'unknown-gene',
          `\`${expression.op}\` has no gene \`${key}\``,
          at,
          () =>
            didYouMean(key, Object.keys(spec.genes)) ??
            (Object.keys(spec.genes).length > 0
              ? `genes are ${Object.keys(spec.genes).join(', ')}`
              : 'it has none'),
        );
    }
    const genes: Record<string, GeneValue> = {};
    for (const [key, gene] of Object.entries(spec.genes)) {
      const attribute = given.get(key);
      if (attribute === undefined && gene.default === null)
        report('missing-gene', `\`${expression.op}\` needs \`${key}:\``, expression.at);
      const problem = attribute === undefined ? null : geneProblem(gene, attribute.value);
      if (problem !== null)
        report('gene-value', `\`${key}\` ${problem}, not ${String(attribute!.value)}`, attribute!.at);
      genes[key] = attribute === undefined || problem !== null ? (gene.default ?? 1) : attribute.value;
    }
    return genes;
  }

  for (const statement of parsed.value.statements) {
    if (statement.kind === 'init') report('not-a-node', '`init` belongs to update rules', statement.at);
    else {
      if (names.has(statement.name))
        report(
          'defined-twice',
          `\`${statement.name}\` is defined twice`,
          statement.at,
          'each name has one definition',
        );
      names.set(statement.name, build(statement.value));
    }
  }
  const output = names.get('y');
  if (output === undefined)
    report(
      'no-output',
      'the program never defines `y`, what the head reads',
      { line: firstLine, column: 1 },
      'end with a line such as `y = relu(dense(x, units: 100))`',
    );
  return !mistakes.isEmpty() || output === undefined
    ? fail(mistakes.issues())
    : ok(canonical({ nodes, output }));
}

/** What is wrong with a gene's value, or null. */
export function geneProblem(gene: GeneSpec, value: Attribute): string | null {
  switch (gene.kind) {
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && value >= gene.min && value <= gene.max
        ? null
        : `is a whole number from ${gene.min} to ${gene.max}`;
    case 'real':
      return typeof value === 'number' && value >= gene.min && value <= gene.max
        ? null
        : `is a number from ${gene.min} to ${gene.max}`;
    case 'flag':
      return typeof value === 'boolean' ? null : 'is true or false';
    case 'extent':
      return gene.choices.includes(value as string) ||
        (typeof value === 'number' && Number.isInteger(value) && value >= gene.min && value <= gene.max)
        ? null
        : `is ${gene.choices.join(', ')} or a whole number from ${gene.min} to ${gene.max}`;
    case 'choice':
      return typeof value === 'string' && gene.choices.includes(value)
        ? null
        : `is one of ${gene.choices.join(', ')}`;
  }
}
