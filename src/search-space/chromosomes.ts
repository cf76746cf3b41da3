/** The chromosomes that a document names or writes out: founders and the panel of rules. */
import { readArchitecture } from '../genome/architecture/read.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { didYouMean, type Result } from '../notation/issue.ts';
import type { Path, Placed } from './bounds.ts';
import type { SearchDocument } from './schema.ts';

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

export function chromosomeIssues({ founders, evolution }: SearchDocument): Placed[] {
  return [
    ...issuesOf(kinds.architecture, founders.architectures, ['founders', 'architectures']),
    ...issuesOf(kinds.rule, founders.rules, ['founders', 'rules']),
    ...issuesOf(kinds.rule, evolution.panel, ['evolution', 'panel']),
  ];
}

function issuesOf({ what, known, names, read }: Kind, texts: readonly string[], at: Path): Placed[] {
  return texts.flatMap((text, i): Placed[] => {
    const path = [...at, i];
    if (isName(text)) {
      if (known(text) !== null) return [];
      const hint = didYouMean(text, names()) ?? `known are ${names().join(', ')}`;
      return [{ code: 'unknown-founder', path, message: `there is no known ${what} \`${text}\``, hint }];
    }
    const result = read(text);
    if (result.ok) return [];
    return result.issues.map((issue) => ({
      code: issue.code,
      path,
      message: `line ${issue.line} column ${issue.column} of the text: ${issue.message}`,
      ...(issue.hint === undefined ? {} : { hint: issue.hint }),
    }));
  });
}
