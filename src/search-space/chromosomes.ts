/** The chromosomes that a document names or writes out: founders and the panel of rules. */
import { readArchitecture } from '../genome/architecture/read.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { didYouMean, firstIssues, type Issue, type Result } from '../notation/issue.ts';
import type { Path, Placed } from './place.ts';
import { valueAt } from './schema-issues.ts';

const isName = (text: string) => /^[A-Za-z0-9-]+$/.test(text);

interface Kind {
  readonly what: string;
  known(name: string): unknown;
  names(): string[];
  read(text: string): Result<unknown>;
}

const kinds = {
  architecture: {
    what: 'architecture',
    known: knownArchitecture,
    names: knownArchitectureNames,
    read: readArchitecture,
  },
  rule: { what: 'rule', known: knownRule, names: knownRuleNames, read: readUpdateRule },
} as const satisfies Record<string, Kind>;

/** Of the plain document, so that every text is read whatever else is wrong. */
export function chromosomeIssues(document: unknown): Placed[] {
  return [
    ...issuesOf(kinds.architecture, document, ['founders', 'architectures']),
    ...issuesOf(kinds.rule, document, ['founders', 'rules']),
    ...issuesOf(kinds.rule, document, ['evolution', 'panel']),
  ];
}

function issuesOf({ what, known, names, read }: Kind, document: unknown, at: Path): readonly Placed[] {
  const texts = valueAt(document, at);
  if (!Array.isArray(texts)) return [];
  const unknown: { readonly name: string; readonly path: Path }[] = [];
  const unread: Placed[] = [];
  for (const [i, text] of (texts as readonly unknown[]).entries()) {
    // The schema refuses what is no text.
    if (typeof text !== 'string' || text === '') continue;
    const path = [...at, i];
    if (isName(text)) {
      if (known(text) === null) unknown.push({ name: text, path });
      continue;
    }
    const result = read(text);
    if (!result.ok) unread.push(...result.issues.map((issue) => placedAt(path, issue)));
  }
  const misnamed = firstIssues(unknown, ({ name, path }): Placed => {
    const hint = didYouMean(name, names()) ?? `known are ${names().join(', ')}`;
    return { code: 'unknown-founder', path, message: `there is no known ${what} \`${name}\``, hint };
  });
  return [...misnamed, ...unread];
}

const placedAt = (path: Path, { code, line, column, message, hint }: Issue): Placed => ({
  code,
  path,
  message: `line ${line} column ${column} of the text: ${message}`,
  ...(hint === undefined ? {} : { hint }),
});
