/** Text -> update rule in canonical form. An ill-typed program cannot be built: every mistake is an issue with its place. */
import { didYouMean, fail, ok, type Result } from '../../notation/issue.ts';
import { createIssueList } from '../../notation/issue-list.ts';
import { parse } from '../../notation/parse.ts';
import { printAttribute } from '../../notation/print.ts';
import type { Expression, Position } from '../../notation/syntax.ts';
import { canonicalInOrder, canonicalUpdateRule } from './canonical.ts';
import { type RuleOp, type RuleOpName, ruleOps } from './ops.ts';
import { inferValueShapes } from './shapes.ts';
import type { RuleInput, RuleNode, RuleState, Scope, UpdateRule } from './update-rule.ts';

const inputs: readonly RuleInput[] = ['g', 'w', 'L', 't', 'T', 'b', 'n', 'rows', 'cols'];
const scopes: readonly Scope[] = ['row', 'col', 'tensor', 'all'];

/** True for the name of an update-rule op. */
export const isRuleOp = (name: string): name is RuleOpName => Object.hasOwn(ruleOps, name);

/** Reads a program of the notation into canonical form. Line numbers of issues count from `firstLine`. */
export const readUpdateRule = (text: string, firstLine = 1): Result<UpdateRule> =>
  readInto(canonicalUpdateRule, text, firstLine);

/** Text that `ruleText` printed, sooner than `readUpdateRule` reads it. */
export const readCanonicalUpdateRule = (text: string): Result<UpdateRule> =>
  readInto(canonicalInOrder, text, 1);

function readInto(
  canonical: (rule: UpdateRule) => UpdateRule,
  text: string,
  firstLine: number,
): Result<UpdateRule> {
  const parsed = parse(text, firstLine);
  if (!parsed.ok) return parsed;
  const reader = createReader(canonical);
  for (const statement of parsed.value.statements) {
    if (statement.kind === 'assign') reader.define(statement.name, statement.value, statement.at);
    else reader.initialise(statement.name, statement.value, statement.at);
  }
  return reader.finish(firstLine);
}

function createReader(canonical: (rule: UpdateRule) => UpdateRule) {
  const nodes: RuleNode[] = [];
  const names = new Map<string, number>();
  const slots = new Map<string, { readonly slot: number; readonly at: Position }>();
  const initials = new Map<string, { readonly value: number; readonly at: Position }>();
  const mistakes = createIssueList();
  const { report } = mistakes;
  const places: Position[] = [];
  const push = (node: RuleNode, at: Position) => {
    places.push(at);
    return nodes.push(node) - 1;
  };

  function build(expression: Expression): number {
    switch (expression.kind) {
      case 'number':
        return push({ kind: 'constant', value: expression.value }, expression.at);
      case 'name':
        return named(expression.name, expression.at);
      case 'previous': {
        const known = slots.get(expression.name) ?? { slot: slots.size, at: expression.at };
        slots.set(expression.name, known);
        return push({ kind: 'state', slot: known.slot }, expression.at);
      }
      case 'call':
        return call(expression);
    }
  }

  function named(name: string, at: Position): number {
    const known = names.get(name);
    if (known !== undefined) return known;
    if ((inputs as readonly string[]).includes(name))
      return push({ kind: 'input', input: name as RuleInput }, at);
    report(
      'unknown-name',
      `\`${name}\` is not defined above this line`,
      at,
      () =>
        didYouMean(name, [...names.keys()]) ??
        `inputs are ${inputs.join(', ')}; write \`${name}'\` for its previous value`,
    );
    return push({ kind: 'constant', value: 0 }, at);
  }

  function call(expression: Extract<Expression, { kind: 'call' }>): number {
    const { op, at } = expression;
    const args = expression.args.map(build);
    if (!isRuleOp(op)) {
      report(
        'unknown-op',
        `there is no update-rule op \`${op}\``,
        at,
        () => didYouMean(op, Object.keys(ruleOps)) ?? `ops are ${Object.keys(ruleOps).join(', ')}`,
      );
      return push({ kind: 'constant', value: 0 }, at);
    }
    const spec: RuleOp = ruleOps[op];
    if (args.length !== spec.args)
      report(
        'argument-count',
        `\`${op}\` takes ${spec.args} argument${spec.args === 1 ? '' : 's'}, not ${args.length}`,
        at,
        `${op}: ${spec.summary}`,
      );
    const over = scopeOf(expression, spec);
    const count = countOf(expression, spec);
    return push(
      {
        kind: 'op',
        op,
        args,
        ...(over === null ? {} : { over }),
        ...(count === null ? {} : { count }),
      },
      at,
    );
  }

  function scopeOf(expression: Extract<Expression, { kind: 'call' }>, spec: RuleOp): Scope | null {
    const known = spec.kind === 'reduction' ? 'over' : spec.count?.key;
    for (const { key, at } of expression.attributes) {
      if (key !== known)
        report(
          'unknown-attribute',
          `\`${expression.op}\` has no argument \`${key}\``,
          at,
          known === undefined ? null : `it takes \`${known}:\``,
        );
    }
    if (spec.kind !== 'reduction') return null;
    const over = expression.attributes.find(({ key }) => key === 'over');
    if (over !== undefined && (scopes as readonly unknown[]).includes(over.value)) return over.value as Scope;
    report(
      'missing-scope',
      `\`${expression.op}\` needs \`over: ${scopes.join(' | ')}\``,
      over?.at ?? expression.at,
      `for one number per tensor write ${expression.op}(..., over: tensor)`,
    );
    return 'all';
  }

  function countOf(expression: Extract<Expression, { kind: 'call' }>, { count }: RuleOp): number | null {
    if (count === undefined) return null;
    const given = expression.attributes.find(({ key }) => key === count.key);
    if (given === undefined) return count.default;
    const { value } = given;
    if (typeof value === 'number' && Number.isInteger(value) && value >= count.min && value <= count.max)
      return value;
    report(
      'attribute-value',
      `\`${count.key}\` of \`${expression.op}\` is ${printAttribute(value)}`,
      given.at,
      `a whole number from ${count.min} to ${count.max}`,
    );
    return count.default;
  }

  /** Types are looked at once everything else is right: a misspelt name would only bring more of the same. */
  function checkShapes(rule: UpdateRule): void {
    for (const { node, message, hint } of inferValueShapes(rule).issues)
      report('ill-typed', message, places[node]!, hint);
  }

  return {
    define(name: string, value: Expression, at: Position) {
      if ((inputs as readonly string[]).includes(name))
        report('reserved-name', `\`${name}\` is an input and cannot be defined`, at, 'choose another name');
      else if (names.has(name))
        report(
          'defined-twice',
          `\`${name}\` is defined twice`,
          at,
          "each name has one definition; `x'` is its previous value",
        );
      names.set(name, build(value));
    },
    initialise(name: string, value: number, at: Position) {
      if (initials.has(name)) report('defined-twice', `\`init ${name}\` stands twice`, at);
      initials.set(name, { value, at });
    },
    finish(firstLine: number): Result<UpdateRule> {
      for (const [name, { at }] of initials) {
        if (!slots.has(name))
          report('unused-init', `\`init ${name}\` has no effect: nothing reads \`${name}'\``, at);
      }
      const states: RuleState[] = [...slots].map(([name, { at }]) => {
        const next = names.get(name);
        if (next === undefined)
          report('unknown-name', `\`${name}'\` is read and \`${name}\` is never defined`, at, () =>
            didYouMean(name, [...names.keys()]),
          );
        return { next: next ?? 0, initial: initials.get(name)?.value ?? 0 };
      });
      const output = names.get('u');
      if (output === undefined)
        report(
          'no-output',
          'the program never defines `u`, what is added to the parameter',
          { line: firstLine, column: 1 },
          'end with a line such as `u = -0.01 * g`',
        );
      if (!mistakes.isEmpty() || output === undefined) return fail(mistakes.issues());
      const rule = { nodes, states, output };
      checkShapes(rule);
      return mistakes.isEmpty() ? ok(canonical(rule)) : fail(mistakes.issues());
    },
  };
}
