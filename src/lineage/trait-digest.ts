/** The digest that is stored beside the value of a trait. */
import { createHash } from 'node:crypto';
import type { TraitValue } from '../traits/table.ts';

/** A value of a trait as it is stored, with what names it. */
export interface StoredTrait {
  readonly target: string;
  readonly name: string;
  readonly version: number;
  /** The id of the chromosome's row. */
  readonly block: number;
  readonly value: TraitValue;
}

/** The first 8 bytes of a SHA-256 of trait, chromosome and value. */
export const traitDigest = ({ target, name, version, block, value }: StoredTrait): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([target, name, version, block, typeof value, value]))
    .digest()
    .subarray(0, 8);
