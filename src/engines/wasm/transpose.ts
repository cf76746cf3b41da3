/** Transposes blocks of four by four numbers in registers. */
import type { Code } from './assembler.ts';

/** Lane i of vector j of `from` becomes lane j of vector i of `to`. */
export function transpose(code: Code, from: readonly number[], to: readonly number[]): void {
  const [a, b, c, d] = from as [number, number, number, number];
  const pairs = Array.from({ length: 4 }, () => code.local('v128')) as [number, number, number, number];
  code.get(a).get(b).shuffle([0, 4, 1, 5]).set(pairs[0]).get(a).get(b).shuffle([2, 6, 3, 7]).set(pairs[1]);
  code.get(c).get(d).shuffle([0, 4, 1, 5]).set(pairs[2]).get(c).get(d).shuffle([2, 6, 3, 7]).set(pairs[3]);
  for (const half of [0, 1]) {
    code
      .get(pairs[half]!)
      .get(pairs[half + 2]!)
      .shuffle([0, 1, 4, 5])
      .set(to[2 * half]!);
    code
      .get(pairs[half]!)
      .get(pairs[half + 2]!)
      .shuffle([2, 3, 6, 7])
      .set(to[2 * half + 1]!);
  }
}
