/**
 * Matrix products: Out = Init + alpha op(A) op(B), where Init is a row-strided matrix (a bias has stride 0, accumulation names Out itself) or nothing.
 *
 * The columns of Out are taken in panels as wide as a register tile. A panel of B is copied into a buffer, row by row (or out of the rows of a transposed B), so that
 * the tiles read it from one stream whatever the stride: columns at a stride of a power of two would share a few sets of the first cache. Tiles have 8 accumulators:
 * with what one step of k loads, they fill the 15 vector registers that V8 gives out on x86. The loop over k is not unrolled, because V8 would move the loads of
 * all the steps to the front of the body and spill them.
 *
 * Kernels have runtime sizes, so that all genomes share them. Each element of Out is summed in the order of k.
 */
import type { Callable, Code, ModuleBuilder } from './assembler.ts';
import { countDown, laneMasksAddress } from './loops.ts';

/** Which operand is read transposed: none, B, or A. */
export const gemmKinds = ['nn', 'nt', 'tn'] as const;
export type GemmKind = (typeof gemmKinds)[number];

/** Byte strides throughout; `init` is an address or 0; `panel` has room for k x `panelColumns` numbers. */
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
  'panel',
  'alpha',
] as const;
type Parameter = (typeof gemmParameters)[number];
const P = Object.fromEntries(gemmParameters.map((name, i) => [name, i])) as Record<Parameter, number>;

/** Numbers in one row of the widest panel. */
export const panelColumns = 16;

/** Tiles by width in vectors, each with its heights in rows. A transposed A offers neighbouring rows in one cache line, so its tiles are taller. */
const tilings: Readonly<
  Record<GemmKind, readonly (readonly [vectors: number, heights: readonly number[]])[]>
> = {
  nn: [
    [4, [2, 1]],
    [2, [4, 2, 1]],
    [1, [4, 2, 1]],
  ],
  nt: [
    [4, [2, 1]],
    [2, [4, 2, 1]],
    [1, [4, 2, 1]],
  ],
  tn: [
    [2, [4, 2, 1]],
    [1, [4, 2, 1]],
  ],
};

interface Panel {
  readonly vectors: number;
  readonly pack: Callable;
  readonly tiles: readonly { readonly rows: number; readonly column: Callable }[];
}

export function defineGemm(module: ModuleBuilder, kind: GemmKind): Callable {
  const panels = tilings[kind].map(
    ([vectors, heights]): Panel => ({
      vectors,
      pack: kind === 'nt' ? definePackTransposed(module, vectors) : definePack(module, vectors),
      tiles: heights.map((rows) => ({ rows, column: defineTiles(module, kind === 'tn', rows, vectors) })),
    }),
  );
  return module.function(
    gemmParameters.map((name) => (name === 'alpha' ? 'f32' : 'i32')),
    [],
    (code) => {
      const [left, bColumn, outColumn, initColumn] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      const overRows = rowGroups(code, kind, outColumn, initColumn);
      code.get(P.b).set(bColumn).get(P.out).set(outColumn).get(P.init).set(initColumn).get(P.n).set(left);
      for (const panel of panels)
        code.while(
          () =>
            code
              .get(left)
              .i32(4 * panel.vectors - 4)
              .op('i32.gt_s'),
          () => {
            code.get(bColumn).get(P.bStride).get(P.panel).get(P.k).get(left).call(panel.pack);
            overRows(panel);
            const right = 16 * panel.vectors;
            if (kind === 'nt') moveDown(code, bColumn, P.bStride, 4 * panel.vectors);
            else code.advance(bColumn, right);
            code.advance(outColumn, right).advance(left, -4 * panel.vectors);
            code.get(initColumn).if(() => code.advance(initColumn, right));
          },
        );
    },
    `gemm_${kind}`,
  );
}

/** pointer += rows stride. */
const moveDown = (code: Code, pointer: number, stride: number, rows: number) =>
  code.get(pointer).get(stride).i32(rows).op('i32.mul', 'i32.add').set(pointer);

/** Emits the rows of Out in one panel: as many of the tallest tile as fit, then of the next. */
function rowGroups(
  code: Code,
  kind: GemmKind,
  outColumn: number,
  initColumn: number,
): (panel: Panel) => void {
  const [below, count, aRow, outRow, initRow] = Array.from({ length: 5 }, () => code.local('i32')) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return ({ tiles }) => {
    code.get(P.a).set(aRow).get(outColumn).set(outRow).get(initColumn).set(initRow).get(P.m).set(below);
    for (const { rows, column } of tiles) {
      code
        .get(below)
        .i32(rows)
        .op('i32.div_u')
        .tee(count)
        .if(() => {
          code.get(aRow).get(P.aStride).get(P.panel).get(outRow).get(P.outStride);
          code.get(initRow).get(P.initStride).get(P.k).get(count).i32(0).get(P.alpha).call(column);
          code.get(count).i32(rows).op('i32.mul').set(count);
          const down = (pointer: number, stride: number) =>
            code.get(pointer).get(stride).get(count).op('i32.mul', 'i32.add').set(pointer);
          if (kind === 'tn') code.get(aRow).get(count).i32(2).op('i32.shl', 'i32.add').set(aRow);
          else down(aRow, P.aStride);
          down(outRow, P.outStride);
          down(initRow, P.initStride);
          code.get(below).get(count).op('i32.sub').set(below);
        });
    }
  };
}

/** pack(b, bStride, panel, k, -): panel row i = the first vectors of row i of B. */
function definePack(module: ModuleBuilder, vectors: number): Callable {
  return module.function(['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) => {
    countDown(code, 3, () => {
      for (let v = 0; v < vectors; v++)
        code
          .get(2)
          .get(0)
          .access('v128.load', 16 * v)
          .access('v128.store', 16 * v);
      code.get(0).get(1).op('i32.add').set(0);
      code.advance(2, 16 * vectors);
    });
  });
}

/**
 * pack(b, bStride, panel, k, left): panel row i = column i of the first rows of B, of which `left` exist. Lanes of rows that do not exist are masked to 0; what is
 * read for them lies in the arena behind B.
 */
function definePackTransposed(module: ModuleBuilder, vectors: number): Callable {
  return module.function(['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) => {
    const rows = Array.from({ length: 4 }, () => code.local('i32'));
    const [to, i] = [code.local('i32'), code.local('i32')];
    const [column, mask] = [code.local('v128'), code.local('v128')];
    for (let v = 0; v < vectors; v++) {
      for (const row of rows) code.get(0).set(row).get(0).get(1).op('i32.add').set(0);
      code
        .get(2)
        .i32(16 * v)
        .op('i32.add')
        .set(to);
      // All lanes unless fewer than a whole vector of rows is left.
      code.get(4).i32(3).op('i32.and').i32(4).op('i32.shl').i32(0);
      code
        .get(4)
        .i32(4 * v + 4)
        .op('i32.lt_s', 'select')
        .access('v128.load', laneMasksAddress)
        .set(mask);
      code.get(3).set(i);
      countDown(code, i, () => {
        code.get(rows[0]!).access('v128.load32_zero').set(column);
        for (let r = 1; r < 4; r++) code.get(rows[r]!).get(column).loadLane(r).set(column);
        code.get(to).get(column).get(mask).op('v128.and').access('v128.store');
        for (const row of rows) code.advance(row, 4);
        code.advance(to, 16 * vectors);
      });
    }
  });
}

/**
 * tiles(a, aStride, panel, out, outStride, init, initStride, k, count, zero, alpha): `count` tiles below each other. A tile keeps rows x vectors accumulators over the whole of k.
 * `zero` is 0: V8 does not know that the upper half of an argument's register is clear, but knows it of a sum, which spares a move at each access.
 */
function defineTiles(module: ModuleBuilder, transposedA: boolean, rows: number, vectors: number): Callable {
  return module.function([...Array.from({ length: 10 }, () => 'i32' as const), 'f32'], [], (code) => {
    const [a, aStride, panel, out, outStride, init, initStride, k, count, zero, alpha] = [
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ] as const;
    const accumulators = Array.from({ length: rows * vectors }, () => code.local('v128'));
    const columns = Array.from({ length: vectors }, () => code.local('v128'));
    const [splat, b, end] = [code.local('v128'), code.local('i32'), code.local('i32')];
    const rowPointers = Array.from({ length: transposedA ? 1 : rows }, () => code.local('i32'));
    code
      .get(panel)
      .get(k)
      .i32(16 * vectors)
      .op('i32.mul', 'i32.add')
      .set(end);
    countDown(code, count, () => {
      for (const [r, pointer] of rowPointers.entries())
        code
          .get(r === 0 ? a : rowPointers[r - 1]!)
          .get(r === 0 ? zero : aStride)
          .op('i32.add')
          .set(pointer);
      for (const accumulator of accumulators) code.lanes(0).set(accumulator);
      code.get(panel).get(zero).op('i32.add').set(b);
      code.while(
        () => code.get(b).get(end).op('i32.ne'),
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
          code.advance(b, 16 * vectors);
          if (transposedA) code.get(rowPointers[0]!).get(aStride).op('i32.add').set(rowPointers[0]!);
          else for (const pointer of rowPointers) code.advance(pointer, 4);
        },
      );
      store(code, { rows, vectors, accumulators, out, outStride, init, initStride, alpha, splat });
      if (transposedA) code.advance(a, 4 * rows);
      else moveDown(code, a, aStride, rows);
    });
  });
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

/** Writes one tile and moves `out`, and `init` where there is one, below it. */
function store(
  code: Code,
  { rows, vectors, accumulators, out, outStride, init, initStride, alpha, splat }: Store,
): void {
  code.get(alpha).op('f32x4.splat').set(splat);
  for (const accumulator of accumulators) code.get(accumulator).get(splat).op('f32x4.mul').set(accumulator);
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
  for (let r = 0; r < rows; r++) {
    for (let v = 0; v < vectors; v++)
      code
        .get(out)
        .get(accumulators[r * vectors + v]!)
        .access('v128.store', 16 * v);
    code.get(out).get(outStride).op('i32.add').set(out);
  }
}
