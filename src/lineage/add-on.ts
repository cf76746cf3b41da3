/** SQLite is a native add-on: built for one Node, and not built at all where npm was told to run no scripts. */
import type { Issue } from '../notation/issue.ts';

/** What to tell a person where loading the add-on failed; null for any other error. */
export function addOnIssue(error: unknown): Issue | null {
  if (!(error instanceof Error)) return null;
  const code = String((error as { code?: unknown }).code ?? '');
  const isMissing = /could not locate the bindings file/i.test(error.message);
  const isOther = code === 'ERR_DLOPEN_FAILED' || /NODE_MODULE_VERSION/.test(error.message);
  if (!isMissing && !isOther) return null;
  return {
    code: 'add-on-unavailable',
    message: `the SQLite add-on ${isMissing ? 'is not built' : 'cannot be loaded'} for this Node (${process.version}, ${process.platform} ${process.arch})`,
    hint: 'build it: npm rebuild better-sqlite3 (where scripts are off: npm rebuild better-sqlite3 --ignore-scripts=false)',
  };
}
