/**
 * Behaviour of a genome as two hashes of batch losses. The probe trains from streams that are the same for every individual, so equal probes mean that two genomes did the
 * same on them. The opening is the beginning of an individual's own training: repeating it from that individual's streams verifies a match on other weights and batches.
 */
import { createHash } from 'node:crypto';

/** 16 hex digits over losses at so many significant digits; 17 tell any two doubles apart. */
export function lossHash(losses: readonly (readonly number[])[], digits: number): string {
  const text = losses.map((each) => each.map((loss) => loss.toPrecision(digits)).join(' ')).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
