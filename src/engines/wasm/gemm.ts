/**
 * Matrix products: Out = Init + alpha A B, where Init is a row-strided matrix (a bias has stride 0, accumulation names Out itself) or nothing.
 *
 * A register tile of 6 rows by 2 vectors keeps 12 accumulators, two vectors of B and one splat of A in the 16 vector registers of x86; k is unrolled by 4. Kernels
 * have runtime sizes, so that all genomes share them. `nn` reads A by rows; `tn` reads A transposed, where the rows of a tile are neighbours in memory.
 */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';

type Kind = 'nn' | 'tn';

/** Byte strides throughout; `init` is an address or 0. `n` counts vectors of four columns. */
export const gemmParameters = [
  'a',
  'aStride',
  'b',
  'bStride',
  'out',
  'outStride',
  'init',
  'initStride',
  'm',
  'n',
  'k',
  'alpha',
] as const;
type Parameter = (typeof gemmParameters)[number];
const P = Object.fromEntries(gemmParameters.map((name, i) => [name, i])) as Record<Parameter, number>;

const tileRows = [6, 4, 2, 1] as const;
const unroll = 4;

export function defineGemm(module: ModuleBuilder, kind: Kind): Callable {
  const params = gemmParameters.map((name) => (name === 'alpha' ? ('f32' as const) : ('i32' as const)));
  const tiles = new Map<string, Callable>();
  for (const vectors of [2, 1])
    for (const rows of tileRows) tiles.set(`${rows}x${vectors}`, defineTile(module, kind, rows, vectors));
  return module.function(
    params,
    [],
    (code) => {
      const [j, i, aRow, bColumn, outRow, initRow, initColumn, outColumn] = Array.from({ length: 8 }, () =>
        code.local('i32'),
      ) as [number, number, number, number, number, number, number, number];
      code.get(P.b).set(bColumn).get(P.out).set(outColumn).get(P.init).set(initColumn).get(P.n).set(j);
      const columnBlock = (vectors: number) => {
        code.get(P.a).set(aRow).get(outColumn).set(outRow).get(initColumn).set(initRow).get(P.m).set(i);
        for (const rows of tileRows) {
          code.while(
            () => code.get(i).i32(rows).op('i32.ge_s'),
            () => {
              code
                .get(aRow)
                .get(P.aStride)
                .get(bColumn)
                .get(P.bStride)
                .get(outRow)
                .get(P.outStride)
                .get(initRow)
                .get(P.initStride)
                .get(P.k)
                .get(P.alpha)
                .call(tiles.get(`${rows}x${vectors}`)!);
              if (kind === 'nn') code.get(aRow).get(P.aStride).i32(rows).op('i32.mul', 'i32.add').set(aRow);
              else code.advance(aRow, 4 * rows);
              code.get(outRow).get(P.outStride).i32(rows).op('i32.mul', 'i32.add').set(outRow);
              code.get(initRow).get(P.initStride).i32(rows).op('i32.mul', 'i32.add').set(initRow);
              code.advance(i, -rows);
            },
          );
        }
        code
          .advance(bColumn, 16 * vectors)
          .advance(outColumn, 16 * vectors)
          .advance(j, -vectors);
        code.get(initColumn).if(() => code.advance(initColumn, 16 * vectors));
      };
      for (const vectors of [2, 1])
        code.while(
          () => code.get(j).i32(vectors).op('i32.ge_s'),
          () => columnBlock(vectors),
        );
    },
    `gemm_${kind}`,
  );
}

/** One tile: rows x vectors accumulators over the whole of k. */
function defineTile(module: ModuleBuilder, kind: Kind, rows: number, vectors: number): Callable {
  return module.function(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'f32'],
    [],
    (code) => {
      const [a, aStride, b, bStride, out, outStride, init, initStride, k, alpha] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ];
      const accumulators = Array.from({ length: rows * vectors }, () => code.local('v128'));
      const columns = Array.from({ length: vectors }, () => code.local('v128'));
      const splat = code.local('v128');
      const rowPointers = [
        a!,
        ...Array.from({ length: kind === 'nn' ? rows - 1 : 0 }, () => code.local('i32')),
      ];
      for (let r = 1; r < rowPointers.length; r++)
        code
          .get(rowPointers[r - 1]!)
          .get(aStride!)
          .op('i32.add')
          .set(rowPointers[r]!);

      const rank1 = (step: number) => {
        for (const [v, column] of columns.entries())
          code
            .get(b!)
            .access('v128.load', 16 * v)
            .set(column);
        for (let r = 0; r < rows; r++) {
          if (kind === 'nn') code.get(rowPointers[r]!).access('v128.load32_splat', 4 * step);
          else code.get(a!).access('v128.load32_splat', 4 * r);
          code.set(splat);
          for (const [v, column] of columns.entries()) {
            const accumulator = accumulators[r * vectors + v]!;
            code.get(accumulator).get(splat).get(column).op('f32x4.mul', 'f32x4.add').set(accumulator);
          }
        }
        code.get(b!).get(bStride!).op('i32.add').set(b!);
        if (kind === 'tn') code.get(a!).get(aStride!).op('i32.add').set(a!);
      };
      const block = (steps: number) => {
        for (let step = 0; step < steps; step++) rank1(step);
        if (kind === 'nn') for (const pointer of rowPointers) code.advance(pointer, 4 * steps);
        code.advance(k!, -steps);
      };
      code.while(
        () => code.get(k!).i32(unroll).op('i32.ge_s'),
        () => block(unroll),
      );
      code.while(
        () => code.get(k!).i32(1).op('i32.ge_s'),
        () => block(1),
      );
      store(code, {
        rows,
        vectors,
        accumulators,
        out: out!,
        outStride: outStride!,
        init: init!,
        initStride: initStride!,
        alpha: alpha!,
        splat,
      });
    },
  );
}

interface Store {
  readonly rows: number;
  readonly vectors: number;
  readonly accumulators: readonly number[];
  readonly out: number;
  readonly outStride: number;
  readonly init: number;
  readonly initStride: number;
  readonly alpha: number;
  readonly splat: number;
}

function store(
  code: Code,
  { rows, vectors, accumulators, out, outStride, init, initStride, alpha, splat }: Store,
): void {
  code.get(alpha).op('f32x4.splat').set(splat);
  for (const accumulator of accumulators) code.get(accumulator).get(splat).op('f32x4.mul').set(accumulator);
  const initPointer = code.local('i32');
  code.get(init).if(() => {
    code.get(init).set(initPointer);
    for (let r = 0; r < rows; r++) {
      for (let v = 0; v < vectors; v++) {
        const accumulator = accumulators[r * vectors + v]!;
        code
          .get(accumulator)
          .get(initPointer)
          .access('v128.load', 16 * v)
          .op('f32x4.add')
          .set(accumulator);
      }
      code.get(initPointer).get(initStride).op('i32.add').set(initPointer);
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
