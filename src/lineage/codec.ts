/** Chromosomes to and from the text that the database stores: what people read is what is kept. */
import type { Architecture } from '../genome/architecture/architecture.ts';
import { printArchitecture } from '../genome/architecture/print.ts';
import { readCanonicalArchitecture } from '../genome/architecture/read.ts';
import { printUpdateRule } from '../genome/update-rule/print.ts';
import { readCanonicalUpdateRule } from '../genome/update-rule/read.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Result } from '../notation/issue.ts';

export const architectureText: (architecture: Architecture) => string = printArchitecture;
export const ruleText: (rule: UpdateRule) => string = printUpdateRule;

export const architectureFromText = (text: string): Architecture =>
  stored(readCanonicalArchitecture(text), text);
export const ruleFromText = (text: string): UpdateRule => stored(readCanonicalUpdateRule(text), text);

function stored<T>(read: Result<T>, text: string): T {
  if (read.ok) return read.value;
  throw new Error(
    `A stored chromosome cannot be read back: ${read.issues.map((issue) => issue.message).join('; ')}\n${text}`,
  );
}
