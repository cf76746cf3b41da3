/** Chromosomes to and from the text that the database stores: what people read is what is kept. */
import type { Architecture } from '../genome/architecture/architecture.ts';
import { printArchitecture } from '../genome/architecture/print.ts';
import { readCanonicalArchitecture } from '../genome/architecture/read.ts';
import { printUpdateRule } from '../genome/update-rule/print.ts';
import { readCanonicalUpdateRule } from '../genome/update-rule/read.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Result } from '../notation/issue.ts';

/** The text of an architecture as the database keeps it. */
export const architectureText: (architecture: Architecture) => string = printArchitecture;

/** The text of an update rule as the database keeps it. */
export const ruleText: (rule: UpdateRule) => string = printUpdateRule;

/** The architecture of a stored text. Throws where it cannot be read back: the file is damaged, or of a newer version. */
export const architectureFromText = (text: string): Architecture =>
  stored(readCanonicalArchitecture(text), text);

/** The update rule of a stored text. Throws where it cannot be read back: the file is damaged, or of a newer version. */
export const ruleFromText = (text: string): UpdateRule => stored(readCanonicalUpdateRule(text), text);

function stored<T>(read: Result<T>, text: string): T {
  if (read.ok) return read.value;
  throw new Error(
    `A stored chromosome cannot be read back: ${read.issues.map((issue) => issue.message).join('; ')}\n${text}`,
  );
}
