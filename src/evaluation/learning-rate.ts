/** Learning-rate trials: the same rule with its update multiplied, on the relative grid 10^(j/2). */
import type { Genome } from '../genome/genome.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';

/** 10^(j/2) from decimal literals and one square root, so that it has the same bits on every machine. */
export function rateFactor(j: number): number {
  const whole = Math.floor(j / 2);
  const decade = Number(`1e${whole}`);
  return j === 2 * whole ? decade : decade * Math.sqrt(10);
}

/** `u` becomes factor * u; trial 0 is the rule itself. Decay of weights inside `u` scales with it. */
export function withRate(genome: Genome, j: number): Genome {
  return j === 0 ? genome : { ...genome, rule: scaled(genome.rule, rateFactor(j)) };
}

function scaled({ nodes, states, output }: UpdateRule, factor: number): UpdateRule {
  const at = nodes.length;
  return canonicalUpdateRule({
    nodes: [...nodes, { kind: 'constant', value: factor }, { kind: 'op', op: 'mul', args: [at, output] }],
    states,
    output: at + 1,
  });
}

/** The trials of a document: j from the first to the last. */
export const trialsOf = ([from, to]: readonly [number, number]): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
