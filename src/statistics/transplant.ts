/** What a table of scores says, of architectures in rows and rules in columns, each from one run: the transplant test, components of variance and axes of the interaction. */
import type { Random } from '../random/stream.ts';
import { forkNames } from '../random/stream-names.ts';
import { type Ammi, ammi, type CellError } from './ammi.ts';
import { averageRanks } from './correlation.ts';
import { mean } from './moments.ts';
import { type PairingEffect, pairingEffect } from './pairing.ts';
import { interactionShareInterval, type PigeonholeInterval } from './pigeonhole.ts';
import { type ReplicatedTable, type TwoWayAnalysis, twoWayAnalysis } from './two-way.ts';

/** Of one table, in one unit of its scores. */
export interface TransplantAnalysis {
  /** Own pairs less all others, beyond rows and columns. */
  readonly pairing: PairingEffect;
  /** With replicates that belong together (`paired`). */
  readonly variance: TwoWayAnalysis;
  readonly interactionShare: PigeonholeInterval;
  readonly ammi: Ammi;
}

/** `scores[i][j][k]`: architectures of run i, rules of run j, seed k, which is the same for all pairs. @throws RangeError for fewer than two runs, a table that is not square or not balanced, or numbers not finite. */
export function transplantAnalysis(scores: ReplicatedTable, random: Random): TransplantAnalysis {
  const table = scores.map((row) => row.map((cell) => mean(cell)));
  const variance = twoWayAnalysis(scores, { paired: true });
  return {
    pairing: pairingEffect(table, random.fork(forkNames.permutation())),
    variance,
    interactionShare: interactionShareInterval(scores, random.fork(forkNames.bootstrap()), { paired: true }),
    ammi: ammi(table, cellError(variance)),
  };
}

function cellError({ meanSquares, df, replicates }: TwoWayAnalysis): CellError | null {
  const { error } = meanSquares;
  return error === null || error === 0 ? null : { meanSquare: error, df: df.error!, replicates };
}

/** The same table with ranks over all its scores, as shares of the highest rank, in place of scores: no single score can decide. */
export function rankedTable(scores: ReplicatedTable): ReplicatedTable {
  const ranks = averageRanks(scores.flat(2));
  let next = 0;
  return scores.map((row) => row.map((cell) => cell.map(() => ranks[next++]! / ranks.length)));
}
