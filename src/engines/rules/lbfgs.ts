/**
 * Limited-memory BFGS (Nocedal 1980): a ring of pairs (s, y) and the two-loop recursion. The rule says what s and y are, so pairs of one batch, damping and step sizes are
 * matters of the genome.
 */
import type { Call } from './landscape-ops.ts';

/** Places in `numbers`: pairs held, place of the newest in the ring, its s.y / y.y, then 1 / s.y of each pair and room for the recursion's coefficients. */
const held = 0;
const newest = 1;
const scale = 2;
const first = 3;

/** A pair of less curvature than this is not remembered. */
const leastCurvature = 1e-10;

/** Remembers the pair (s, y) and sets `out` to the inverse Hessian's estimate times the gradient. Gives 0: it evaluates nothing. */
export function lbfgs<V>(call: Call<V>): number {
  remember(call);
  const { landscape, vectors, out } = call;
  const g = vectors[0]!;
  if (call.numbers[held] === 0) {
    const length = Math.sqrt(landscape.dot(g, g));
    landscape.combine(out, Math.min(1, 1 / length), g, 0, g);
  } else recur(call);
  return 0;
}

function remember<V>({ landscape, vectors, kept, numbers, count }: Call<V>): void {
  const [, s, y] = vectors as readonly [V, V, V];
  const curvature = landscape.dot(s, y);
  if (!(curvature > leastCurvature)) return;
  const place = numbers[held] === 0 ? 0 : (numbers[newest]! + 1) % count;
  landscape.combine(kept[2 * place]!, 1, s, 0, s);
  landscape.combine(kept[2 * place + 1]!, 1, y, 0, y);
  numbers[first + place] = 1 / curvature;
  numbers[scale] = curvature / landscape.dot(y, y);
  numbers[newest] = place;
  numbers[held] = Math.min(numbers[held]! + 1, count);
}

/** out = H g (Nocedal and Wright 2006, algorithm 7.4). */
function recur<V>({ landscape, vectors, out, kept, numbers, count }: Call<V>): void {
  const g = vectors[0]!;
  const pair = (back: number) => {
    const place = (numbers[newest]! - back + count) % count;
    return {
      s: kept[2 * place]!,
      y: kept[2 * place + 1]!,
      rho: numbers[first + place]!,
      at: first + count + place,
    };
  };
  landscape.combine(out, 1, g, 0, g);
  for (let back = 0; back < numbers[held]!; back++) {
    const { s, y, rho, at } = pair(back);
    numbers[at] = rho * landscape.dot(s, out);
    landscape.combine(out, 1, out, -numbers[at]!, y);
  }
  landscape.combine(out, numbers[scale]!, out, 0, out);
  for (let back = numbers[held]! - 1; back >= 0; back--) {
    const { s, y, rho, at } = pair(back);
    landscape.combine(out, 1, out, numbers[at]! - rho * landscape.dot(y, out), s);
  }
}
