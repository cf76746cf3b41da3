/** Noise of update rules in place, four elements at a time: the draws of `../noise.ts`, bit for bit where they are uniform and to rounding where they are normal. */
import type { Code, ModuleBuilder } from './assembler.ts';
import { countDown } from './loops.ts';
import type { VectorMath } from './vector-math.ts';

const multipliers = [0xd2511f53, 0xcd9e8d57] as const;
const weyl = [0x9e3779b9, 0xbb67ae85] as const;
const rounds = 10;

/** Philox4x32-10 on the locals `words` under the locals `key`, all i32 (Salmon et al. 2011, section 4.3). Changes the key. */
function philox(code: Code, words: readonly number[], key: readonly number[]): void {
  const products = [code.local('i64'), code.local('i64')];
  const [x0, x1, x2, x3] = words as [number, number, number, number];
  const high = (product: number) =>
    code.get(product).i32(32).op('i64.extend_i32_u', 'i64.shr_u', 'i32.wrap_i64');
  for (let round = 0; round < rounds; round++) {
    for (const [side, word] of [x0, x2].entries())
      code
        .get(word)
        .op('i64.extend_i32_u')
        .i32(multipliers[side]!)
        .op('i64.extend_i32_u', 'i64.mul')
        .set(products[side]!);
    high(products[1]!).get(x1).op('i32.xor').get(key[0]!).op('i32.xor').set(x0);
    high(products[0]!).get(x3).op('i32.xor').get(key[1]!).op('i32.xor').set(x2);
    code.get(products[1]!).op('i32.wrap_i64').set(x1).get(products[0]!).op('i32.wrap_i64').set(x3);
    for (const [side, step] of weyl.entries()) code.advance(key[side]!, step);
  }
}

/** Leaves four uniform numbers in [0, 1) of 24 bits, from the words in these lanes. */
function uniform(code: Code, lanes: readonly number[]): void {
  code.get(lanes[0]!).op('i32x4.splat');
  for (let lane = 1; lane < 4; lane++) code.get(lanes[lane]!).replaceLane(lane);
  code
    .i32(8)
    .op('i32x4.shr_u', 'f32x4.convert_i32x4_s')
    .lanes(1 / 16777216)
    .op('f32x4.mul');
}

/** `noise_<kind>(out, rows, vectors, parameter, t, key0, key1)`: fills a whole tensor, padding included. */
export function defineNoiseKernels(module: ModuleBuilder, math: VectorMath): void {
  for (const kind of ['normal', 'uniform'] as const)
    module.function(
      Array.from({ length: 7 }, () => 'i32' as const),
      [],
      (code) => {
        const [out, rows, vectors, parameter, t, key0, key1] = [0, 1, 2, 3, 4, 5, 6] as const;
        const [row, block] = [code.local('i32'), code.local('i32')];
        const words = Array.from({ length: 4 }, () => code.local('i32')) as [number, number, number, number];
        const key = [code.local('i32'), code.local('i32')];
        countDown(code, rows, () => {
          code.i32(0).set(block);
          code.while(
            () => code.get(block).get(vectors).op('i32.lt_s'),
            () => {
              for (const [place, source] of [block, row, parameter, t].entries())
                code.get(source).set(words[place]!);
              code.get(key0).set(key[0]!).get(key1).set(key[1]!);
              philox(code, words, key);
              code.get(out);
              if (kind === 'uniform') uniform(code, words);
              else normal(code, words, math);
              code.access('v128.store').advance(out, 16).advance(block, 1);
            },
          );
          code.advance(row, 1);
        });
      },
      `noise_${kind}`,
    );
}

/** Leaves r0 cos a0, r0 sin a0, r1 cos a1, r1 sin a1; a sine is the cosine a quarter turn back. */
function normal(
  code: Code,
  [w0, w1, w2, w3]: readonly [number, number, number, number],
  math: VectorMath,
): void {
  const quarter = code.local('v128');
  code.lanes(1);
  uniform(code, [w0, w0, w2, w2]);
  code.op('f32x4.sub').call(math.log).lanes(-2).op('f32x4.mul', 'f32x4.sqrt');
  code.lanes(0.25).set(quarter);
  for (const lane of [0, 2]) code.get(quarter).f32(0).replaceLane(lane, 'f32x4').set(quarter);
  uniform(code, [w1, w1, w3, w3]);
  code
    .get(quarter)
    .op('f32x4.sub')
    .lanes(2 * Math.PI)
    .op('f32x4.mul')
    .call(math.cos)
    .op('f32x4.mul');
}
