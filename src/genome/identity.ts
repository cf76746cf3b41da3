/** Identity of chromosomes: SHA-256 of a version tag and the canonical text. Equal hashes mean equal behaviour under that version of the canonical form. */
import { hash as digest } from 'node:crypto';
import type { Architecture } from './architecture/architecture.ts';
import { printArchitecture } from './architecture/print.ts';
import type { Chromosome } from './genome.ts';
import { printUpdateRule } from './update-rule/print.ts';
import type { UpdateRule } from './update-rule/update-rule.ts';

const canonicalVersion = 1;

interface Identified {
  readonly text: string;
  readonly hash: string;
}

const known = new WeakMap<object, Identified>();

/** The hash of a chromosome from its canonical text. */
export const hashOfText = (kind: Chromosome, text: string): string =>
  digest('sha256', `${kind} ${canonicalVersion}\n${text}`);

function identify(chromosome: object, kind: Chromosome, print: () => string): Identified {
  let identified = known.get(chromosome);
  if (identified === undefined) {
    const text = print();
    identified = {
      text,
      hash: hashOfText(kind, text),
    };
    known.set(chromosome, identified);
  }
  return identified;
}

const ofArchitecture = (a: Architecture) => identify(a, 'architecture', () => printArchitecture(a));
const ofRule = (r: UpdateRule) => identify(r, 'rule', () => printUpdateRule(r));

/** Canonical text of a canonical architecture. */
export const architectureText = (architecture: Architecture): string => ofArchitecture(architecture).text;
/** Canonical text of a canonical update rule. */
export const ruleText = (rule: UpdateRule): string => ofRule(rule).text;
/** Hex SHA-256. */
export const architectureHash = (architecture: Architecture): string => ofArchitecture(architecture).hash;
/** Hex SHA-256. */
export const ruleHash = (rule: UpdateRule): string => ofRule(rule).hash;
