import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureHash } from '../../genome/identity.ts';
import type { Operator } from '../operator.ts';

/** Replaces the whole architecture by that of a founder. */
export const swapArchitecture: Operator<Architecture> = (architecture, settings, random) => {
  const others = settings.architectures.filter(
    (other) => architectureHash(other) !== architectureHash(architecture),
  );
  if (others.length === 0) return null;
  const result = random.pick(others);
  return {
    result,
    locus: 'architecture',
    before: architectureHash(architecture).slice(0, 8),
    after: architectureHash(result).slice(0, 8),
  };
};
