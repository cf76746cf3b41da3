/** The mistakes in one text, as a reader finds them. */
import { firstIssues, type Issue } from './issue.ts';
import type { Position } from './syntax.ts';

/** What to do about a mistake, or how to work it out: only those that are shown are asked. */
export type Hint = string | null | (() => string | null);

/** Collects what is wrong with one text. */
export interface IssueList {
  report(code: string, message: string, at: Position, hint?: Hint): void;
  isEmpty(): boolean;
  /** In the order of finding; beyond the first hundred they are counted. */
  issues(): readonly Issue[];
}

/** An empty list. */
export function createIssueList(): IssueList {
  const found: { readonly issue: Issue; readonly hint: Hint }[] = [];
  return {
    report(code, message, { line, column }, hint = null) {
      found.push({ issue: { code, message, line, column }, hint });
    },
    isEmpty: () => found.length === 0,
    issues: () =>
      firstIssues(found, ({ issue, hint }): Issue => {
        const text = typeof hint === 'function' ? hint() : hint;
        return text === null ? issue : { ...issue, hint: text };
      }),
  };
}
