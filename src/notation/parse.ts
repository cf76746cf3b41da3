/** Text -> document. Each line is parsed by itself, so every line with a mistake is reported, not just the first. */
import { fail, firstIssues, type Issue, ok, type Result } from './issue.ts';
import { maxNesting } from './nesting.ts';
import {
  type Attribute,
  binaryOperators,
  type Document,
  type Expression,
  negationPrecedence,
  type Position,
  type Statement,
} from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

class SyntaxIssue extends Error {
  readonly issue: Issue;
  constructor(message: string, at: Position, hint?: string) {
    super(message);
    this.issue = {
      code: 'syntax',
      message,
      line: at.line,
      column: at.column,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

/** Parses a whole program. Line numbers count from `firstLine`, for text that is embedded in another file. */
export function parse(text: string, firstLine = 1): Result<Document> {
  const statements: Statement[] = [];
  const issues: Issue[] = [];
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const tokens = tokenize(line, firstLine + i);
    if (tokens.length === 1) continue;
    try {
      statements.push(parseStatement(tokens));
    } catch (error) {
      if (!(error instanceof SyntaxIssue)) throw error;
      issues.push(error.issue);
    }
  }
  return issues.length > 0 ? fail(firstIssues(issues, (issue) => issue)) : ok({ statements });
}

function parseStatement(tokens: readonly Token[]): Statement {
  const cursor = createCursor(tokens);
  const first = cursor.expect(
    'name',
    'a line starts with the name that it defines',
    'write `name = expression`',
  );
  const statement: Statement =
    first.text === 'init' && cursor.peek().kind === 'name'
      ? parseInit(cursor, first.at)
      : { kind: 'assign', name: first.text, value: parseAssigned(cursor), at: first.at };
  const rest = cursor.peek();
  if (rest.kind !== 'end')
    throw new SyntaxIssue(
      `unexpected \`${rest.text}\` after the expression`,
      rest.at,
      'one definition per line; is an operator or a comma missing?',
    );
  return statement;
}

function parseInit(cursor: Cursor, at: Position): Statement {
  const name = cursor.next().text;
  cursor.symbol('=', 'write `init name = number`');
  const negative = cursor.accept('-');
  const number = cursor.expect('number', 'an initial value is a number', 'write `init name = number`');
  return { kind: 'init', name, value: (negative ? -1 : 1) * finite(number), at };
}

function parseAssigned(cursor: Cursor): Expression {
  cursor.symbol('=', 'write `name = expression`');
  return parseExpression(cursor, 0, 0);
}

function parseExpression(cursor: Cursor, minPrecedence: number, depth: number): Expression {
  if (depth > maxNesting)
    throw new SyntaxIssue(
      `nested deeper than ${maxNesting}`,
      cursor.peek().at,
      'name a part of it on a line of its own',
    );
  let left = parseOperand(cursor, depth);
  let chain = 0;
  for (;;) {
    const token = cursor.peek();
    const operator = token.kind === 'symbol' ? binaryOperators[token.text] : undefined;
    if (operator === undefined || operator.precedence < minPrecedence) return left;
    if (++chain > maxNesting)
      throw new SyntaxIssue(
        `more than ${maxNesting} operators in a row`,
        token.at,
        'name a part of it on a line of its own',
      );
    cursor.next();
    const right = parseExpression(cursor, operator.precedence + 1, depth + 1);
    left = { kind: 'call', op: operator.op, args: [left, right], attributes: [], at: token.at };
  }
}

function parseOperand(cursor: Cursor, depth: number): Expression {
  const token = cursor.next();
  if (token.kind === 'number') return { kind: 'number', value: finite(token), at: token.at };
  if (token.kind === 'name') return parseNamed(cursor, token, depth);
  if (token.kind === 'symbol' && token.text === '(') {
    const inner = parseExpression(cursor, 0, depth + 1);
    cursor.symbol(')', 'close the parenthesis');
    return inner;
  }
  if (token.kind === 'symbol' && token.text === '-') {
    // A minus directly before a number is the number's sign, so that -0.001 is a constant.
    if (cursor.peek().kind === 'number')
      return { kind: 'number', value: -finite(cursor.next()), at: token.at };
    const arg = parseExpression(cursor, negationPrecedence, depth + 1);
    return { kind: 'call', op: 'neg', args: [arg], attributes: [], at: token.at };
  }
  const what =
    token.kind === 'end' ? 'the line ends where a value is needed' : `\`${token.text}\` is not a value`;
  throw new SyntaxIssue(
    what,
    token.at,
    'a value is a number, a name, a call `op(...)` or an expression in parentheses',
  );
}

function parseNamed(cursor: Cursor, token: Token, depth: number): Expression {
  if (cursor.accept("'")) return { kind: 'previous', name: token.text, at: token.at };
  if (!cursor.accept('(')) return { kind: 'name', name: token.text, at: token.at };
  const args: Expression[] = [];
  const attributes: { key: string; value: Attribute; at: Position }[] = [];
  if (!cursor.accept(')')) {
    do {
      if (cursor.peek().kind === 'name' && cursor.peek(1).text === ':') {
        const key = cursor.next();
        cursor.next();
        attributes.push({ key: key.text, value: parseAttribute(cursor), at: key.at });
      } else if (attributes.length > 0) {
        throw new SyntaxIssue(
          'an argument without a name follows a named one',
          cursor.peek().at,
          'put named arguments last',
        );
      } else args.push(parseExpression(cursor, 0, depth + 1));
    } while (cursor.accept(','));
    cursor.symbol(')', 'close the argument list, or separate arguments by commas');
  }
  return { kind: 'call', op: token.text, args, attributes, at: token.at };
}

function parseAttribute(cursor: Cursor): Attribute {
  const negative = cursor.accept('-');
  const token = cursor.next();
  if (token.kind === 'number') return (negative ? -1 : 1) * finite(token);
  if (token.kind !== 'name' || negative)
    throw new SyntaxIssue(
      `\`${token.text}\` is not the value of a named argument`,
      token.at,
      'write a number, a name, true or false',
    );
  return token.text === 'true' ? true : token.text === 'false' ? false : token.text;
}

function finite(token: Token): number {
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw new SyntaxIssue(`${token.text} is too large for a number`, token.at);
  return value;
}

interface Cursor {
  peek(ahead?: number): Token;
  next(): Token;
  accept(symbol: string): boolean;
  symbol(symbol: string, hint: string): void;
  expect(kind: Token['kind'], message: string, hint: string): Token;
}

function createCursor(tokens: readonly Token[]): Cursor {
  let index = 0;
  const last = tokens.length - 1;
  const peek = (ahead = 0) => tokens[Math.min(index + ahead, last)]!;
  const next = () => tokens[Math.min(index++, last)]!;
  return {
    peek,
    next,
    accept(symbol) {
      if (peek().kind !== 'symbol' || peek().text !== symbol) return false;
      next();
      return true;
    },
    symbol(symbol, hint) {
      const token = next();
      if (token.kind !== 'symbol' || token.text !== symbol)
        throw new SyntaxIssue(
          `expected \`${symbol}\`${token.kind === 'end' ? ' before the end of the line' : ` and found \`${token.text}\``}`,
          token.at,
          hint,
        );
    },
    expect(kind, message, hint) {
      const token = next();
      if (token.kind !== kind)
        throw new SyntaxIssue(
          `${message}${token.kind === 'end' ? '' : `; found \`${token.text}\``}`,
          token.at,
          hint,
        );
      return token;
    },
  };
}
