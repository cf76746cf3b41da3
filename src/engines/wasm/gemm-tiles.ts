/** Register tiles of matrix products: the inner loops, and how a tile is stored. */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';
import { countDown } from './loops.ts';

/** Which operand is read transposed: none, B, or A. */
export const gemmKinds = ['nn', 'nt', 'tn'] as const;

/** One of them. */
export type GemmKind = (typeof gemmKinds)[number];

/** pointer += rows stride. */
export const moveDown = (code: Code, pointer: number, stride: number, rows: number) =>
  code.get(pointer).get(stride).i32(rows).op('i32.mul', 'i32.add').set(pointer);

/**
 * tiles(a, aStride, panel, panelStride, out, outStride, init, initStride, k, count, zero, fusion, alpha): `count` tiles below each other. A tile keeps rows x vectors accumulators over the whole of k.
 * `zero` is 0: V8 does not know that the upper half of an argument's register is clear, but knows it of a sum, which spares a move at each access.
 */
export function defineTiles(module: ModuleBuilder, kind: GemmKind, rows: number, vectors: number): Callable {
  const transposedA = kind === 'tn';
  return module.function([...Array.from({ length: 12 }, () => 'i32' as const), 'f32'], [], (code) => {
    const [a, aStride, panel, panelStride, out, outStride, init, initStride, k, count, zero, fusion, alpha] =
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;
    const accumulators = Array.from({ length: rows * vectors }, () => code.local('v128'));
    const columns = Array.from({ length: vectors }, () => code.local('v128'));
    const [splat, b, end] = [code.local('v128'), code.local('i32'), code.local('i32')];
    const rowPointers = Array.from({ length: transposedA ? 1 : rows }, () => code.local('i32'));
    code.get(panel).get(k).get(panelStride).op('i32.mul', 'i32.add').set(end);
    countDown(code, count, () => {
      for (const [r, pointer] of rowPointers.entries())
        code
          .get(r === 0 ? a : rowPointers[r - 1]!)
          .get(r === 0 ? zero : aStride)
          .op('i32.add')
          .set(pointer);
      for (const accumulator of accumulators) code.lanes(0).set(accumulator);
      code.get(panel).get(zero).op('i32.add').set(b);
      // The test is at the end, since k is at least 1: behind a loop that may be skipped V8 moves all accumulators between registers.
      code.repeat(
        () => {
          for (const [v, column] of columns.entries())
            code
              .get(b)
              .access('v128.load', 16 * v)
              .set(column);
          for (let r = 0; r < rows; r++) {
            code
              .get(rowPointers[r] ?? rowPointers[0]!)
              .access('v128.load32_splat', transposedA ? 4 * r : 0)
              .set(splat);
            for (const [v, column] of columns.entries()) {
              const accumulator = accumulators[r * vectors + v]!;
              code.get(accumulator).get(splat).get(column).op('f32x4.mul', 'f32x4.add').set(accumulator);
            }
          }
          code.get(b).get(panelStride).op('i32.add').set(b);
          if (transposedA) code.get(rowPointers[0]!).get(aStride).op('i32.add').set(rowPointers[0]!);
          else for (const pointer of rowPointers) code.advance(pointer, 4);
        },
        () => code.get(b).get(end).op('i32.ne'),
      );
      store(code, {
        kind,
        rows,
        vectors,
        accumulators,
        out,
        outStride,
        init,
        initStride,
        fusion,
        alpha,
        splat,
      });
      if (transposedA) code.advance(a, 4 * rows);
      else moveDown(code, a, aStride, rows);
    });
  });
}

interface Store {
  readonly kind: GemmKind;
  readonly rows: number;
  readonly vectors: number;
  readonly accumulators: readonly number[];
  readonly out: number;
  readonly outStride: number;
  readonly init: number;
  readonly initStride: number;
  readonly fusion: number;
  readonly alpha: number;
  readonly splat: number;
}

/** Writes one tile and moves `out`, and `init` where there is one, below it. */
function store(
  code: Code,
  { kind, rows, vectors, accumulators, out, outStride, init, initStride, fusion, alpha, splat }: Store,
): void {
  const gate = code.local('i32');
  code
    .get(alpha)
    .f32(1)
    .op('f32.ne')
    .if(() => {
      code.get(alpha).op('f32x4.splat').set(splat);
      for (const accumulator of accumulators)
        code.get(accumulator).get(splat).op('f32x4.mul').set(accumulator);
    });
  code.get(init).if(() => {
    for (let r = 0; r < rows; r++) {
      for (let v = 0; v < vectors; v++) {
        const accumulator = accumulators[r * vectors + v]!;
        code
          .get(accumulator)
          .get(init)
          .access('v128.load', 16 * v)
          .op('f32x4.add')
          .set(accumulator);
      }
      code.get(init).get(initStride).op('i32.add').set(init);
    }
  });
  if (kind === 'nn') code.get(fusion).if(() => rectify(code, accumulators));
  if (kind === 'nt')
    code.get(fusion).if(() => {
      code.get(out).get(fusion).op('i32.add').set(gate).lanes(1).set(splat);
      for (let r = 0; r < rows; r++) {
        for (let v = 0; v < vectors; v++) {
          const accumulator = accumulators[r * vectors + v]!;
          code
            .get(accumulator)
            .get(gate)
            .access('v128.load', 16 * v)
            .lanes(0)
            .op('f32x4.gt')
            .get(splat)
            .op('v128.and', 'f32x4.mul')
            .set(accumulator);
        }
        code.get(gate).get(outStride).op('i32.add').set(gate);
      }
    });
  for (let r = 0; r < rows; r++) {
    for (let v = 0; v < vectors; v++)
      code
        .get(out)
        .get(accumulators[r * vectors + v]!)
        .access('v128.store', 16 * v);
    code.get(out).get(outStride).op('i32.add').set(out);
  }
}

/** What is not above 0 becomes 0, NaN too. */
function rectify(code: Code, vectors: readonly number[]): void {
  for (const vector of vectors) code.lanes(0).get(vector).op('f32x4.pmax').set(vector);
}
