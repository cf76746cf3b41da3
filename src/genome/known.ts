/** The known rules and architectures: ordinary genomes, kept as text in search-spaces/ and compiled by the same path as any other. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../notation/issue.ts';
import type { Architecture } from './architecture/architecture.ts';
import { readArchitecture } from './architecture/read.ts';
import { readUpdateRule } from './update-rule/read.ts';
import type { UpdateRule } from './update-rule/update-rule.ts';

/** The folder of package.json, whether this file runs from src or from dist. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(
        'package.json of streetlight is missing above its own code: the installation is incomplete',
      );
    folder = parent;
  }
  return folder;
}

const library = {
  rule: { folder: 'rules', ending: '.rule' },
  architecture: { folder: 'architectures', ending: '.net' },
} as const;

const folderOf = (kind: keyof typeof library) => join(packageRoot(), 'search-spaces', library[kind].folder);

function namesOf(kind: keyof typeof library): string[] {
  const { ending } = library[kind];
  return readdirSync(folderOf(kind))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

/** Names that files go by no longer, and those they have now: what databases and documents say stays readable. */
const formerNames: Readonly<Record<string, string>> = { rprop: 'rprop-torch' };

/** The file's text with its comments, or null where there is no such name. */
export function knownText(kind: keyof typeof library, name: string): string | null {
  const file = kind === 'rule' && Object.hasOwn(formerNames, name) ? formerNames[name]! : name;
  return namesOf(kind).includes(file)
    ? readFileSync(join(folderOf(kind), `${file}${library[kind].ending}`), 'utf8')
    : null;
}

function shipped<T>(kind: keyof typeof library, name: string, read: (text: string) => Result<T>): T | null {
  const text = knownText(kind, name);
  if (text === null) return null;
  const result = read(text);
  if (!result.ok)
    throw new Error(
      `the shipped ${kind} ${name} does not parse: ${result.issues.map((issue) => issue.message).join('; ')}`,
    );
  return result.value;
}

/** Names of the rules that come with the program, sorted. */
export const knownRuleNames = (): string[] => namesOf('rule');

/** Names of the architectures that come with the program, sorted. */
export const knownArchitectureNames = (): string[] => namesOf('architecture');

/** The rule of this name in canonical form; null where there is none. */
export const knownRule = (name: string): UpdateRule | null => shipped('rule', name, readUpdateRule);

/** The architecture of this name in canonical form; null where there is none. */
export const knownArchitecture = (name: string): Architecture | null =>
  shipped('architecture', name, readArchitecture);
