/** A user's mistake that ends a command: a list of issues, shown all at once; `cli/` turns it into exit code 2. */
import type { Issue } from './issue.ts';

/** Carries every issue that was found; its message is theirs, one a line. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[] | Issue) {
    const list = Array.isArray(issues) ? (issues as readonly Issue[]) : [issues as Issue];
    super(list.map((issue) => issue.message).join('\n'));
    this.issues = list;
  }
}

/** `file:line:column: message` and the hint below it, as compilers print. */
export function renderIssue(issue: Issue): string {
  const place = [issue.path, issue.line, issue.column].filter((part) => part !== undefined).join(':');
  const head = place === '' ? issue.message : `${place}: ${issue.message}`;
  return issue.hint === undefined ? head : `${head}\n    hint: ${issue.hint}`;
}
