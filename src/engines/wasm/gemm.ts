/**
 * Matrix products: Out = Init + alpha op(A) op(B), where Init is a row-strided matrix (a bias has stride 0, accumulation names Out itself) or nothing.
 *
 * The columns of Out are taken in panels as wide as a register tile. A panel of B is copied into a buffer, row by row (or out of the rows of a transposed B), so that
 * the tiles read it from one stream whatever the stride: columns at a stride of a power of two would share a few sets of the first cache. Where Out has few rows, they
 * read B where it lies. Tiles have 8 accumulators: with what one step of k loads, they fill the 15 vector registers that V8 gives out on x86. The loop over k is not
 * unrolled, because V8 would move the loads of all the steps to the front of the body and spill them.
 *
 * Kernels have runtime sizes, so that all genomes share them. Each element of Out is summed in the order of k.
 */
import type { Callable, Code, ModuleBuilder, ValueType } from './assembler.ts';
import { countDown, laneMasksAddress } from './loops.ts';
import { transpose } from './transpose.ts';

/** Which operand is read transposed: none, B, or A. */
export const gemmKinds = ['nn', 'nt', 'tn'] as const;

/** Which operand is transposed: none, the second, the first. */
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
const fusion = gemmParameters.length;

/**
 * Kinds that can also do a rectifier, as `fused_<kind>` with one parameter more behind the others. Products nn are rectified where it is not 0. Products nt are gated where
 * it is not 0: it is the way in bytes from Out to a matrix laid out like it, and elements of Out become 0 where that matrix's are not above 0.
 */
export const fusedKinds = ['nn', 'nt'] as const satisfies readonly GemmKind[];

/** So many rows of Out are made from B where it lies. */
const rowsNotPacked = 16;

/** Numbers in one row of the widest panel. */
export const panelColumns = 16;

/**
 * Panels from the left on: how many vectors wide, while more columns than `above` are left. A transposed A offers neighbouring rows in one cache line, so its tiles
 * are better tall than wide.
 */
const wide: readonly (readonly [vectors: number, above: number])[] = [
  [4, 12],
  [3, 8],
  [2, 4],
  [1, 0],
];
const panelWidths: Readonly<Record<GemmKind, typeof wide>> = {
  nn: wide,
  nt: wide,
  tn: [
    [2, 12],
    [3, 8],
    [2, 4],
    [1, 0],
  ],
};

/** Rows of the tiles of a panel. */
const heightsOf = (vectors: number): readonly number[] => (vectors > 2 ? [2, 1] : [4, 2, 1]);

interface Panel {
  readonly vectors: number;
  readonly pack: Callable;
  readonly tiles: readonly { readonly rows: number; readonly column: Callable }[];
}

const definePanel = (module: ModuleBuilder, kind: GemmKind, vectors: number): Panel => ({
  vectors,
  pack: kind === 'nt' ? definePackTransposed(module, vectors) : definePack(module, vectors),
  tiles: heightsOf(vectors).map((rows) => ({
    rows,
    column: defineTiles(module, kind, rows, vectors),
  })),
});

/** Gives the fused kernel, which does no more than the other where its last argument is 0. */
export function defineGemm(module: ModuleBuilder, kind: GemmKind): Callable {
  const panels = new Map(
    panelWidths[kind].map(([vectors]): [number, Panel] => [vectors, definePanel(module, kind, vectors)]),
  );
  const parameters = gemmParameters.map((name): ValueType => (name === 'alpha' ? 'f32' : 'i32'));
  const fused = module.function(
    [...parameters, 'i32'],
    [],
    (code) => {
      const [left, bColumn, outColumn, initColumn] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      const [panelStart, panelStride] = [code.local('i32'), code.local('i32')];
      const overRows = rowGroups(code, kind, { panelStart, panelStride, outColumn, initColumn });
      code.get(P.b).set(bColumn).get(P.out).set(outColumn).get(P.init).set(initColumn).get(P.n).set(left);
      for (const [vectors, above] of panelWidths[kind]) {
        const panel = panels.get(vectors)!;
        code.while(
          () => code.get(left).i32(above).op('i32.gt_s'),
          () => {
            const pack = () =>
              code.get(bColumn).get(P.bStride).get(P.panel).get(P.k).get(left).call(panel.pack);
            code
              .get(P.panel)
              .set(panelStart)
              .i32(16 * vectors)
              .set(panelStride);
            if (kind === 'nt') pack();
            else {
              // Few rows do not repay a copy, and a B that is no wider than the panel is one already.
              code.get(P.m).i32(rowsNotPacked).op('i32.le_s');
              code.if(
                () => code.get(bColumn).set(panelStart).get(P.bStride).set(panelStride),
                () => {
                  code
                    .get(P.bStride)
                    .i32(16 * vectors)
                    .op('i32.eq');
                  code.if(() => code.get(bColumn).set(panelStart), pack);
                },
              );
            }
            overRows(panel);
            const right = 16 * panel.vectors;
            if (kind === 'nt') moveDown(code, bColumn, P.bStride, 4 * panel.vectors);
            else code.advance(bColumn, right);
            code.advance(outColumn, right).advance(left, -4 * panel.vectors);
            code.get(initColumn).if(() => code.advance(initColumn, right));
          },
        );
      }
    },
    `fused_${kind}`,
  );
  module.function(
    parameters,
    [],
    (code) => {
      for (const parameter of parameters.keys()) code.get(parameter);
      code.i32(0).call(fused);
    },
    `gemm_${kind}`,
  );
  return fused;
}

/** pointer += rows stride. */
const moveDown = (code: Code, pointer: number, stride: number, rows: number) =>
  code.get(pointer).get(stride).i32(rows).op('i32.mul', 'i32.add').set(pointer);

/** Emits the rows of Out in one panel: as many of the tallest tile as fit, then of the next. */
function rowGroups(
  code: Code,
  kind: GemmKind,
  {
    panelStart,
    panelStride,
    outColumn,
    initColumn,
  }: {
    readonly panelStart: number;
    readonly panelStride: number;
    readonly outColumn: number;
    readonly initColumn: number;
  },
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
          code.get(aRow).get(P.aStride).get(panelStart).get(panelStride).get(outRow).get(P.outStride);
          code
            .get(initRow)
            .get(P.initStride)
            .get(P.k)
            .get(count)
            .i32(0)
            .get(fusion)
            .get(P.alpha)
            .call(column);
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
 * read for them lies in the arena behind B. Four columns at a time, then one by one.
 */
function definePackTransposed(module: ModuleBuilder, vectors: number): Callable {
  return module.function(['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) => {
    const rows = Array.from({ length: 4 }, () => code.local('i32'));
    const [to, i] = [code.local('i32'), code.local('i32')];
    const [column, mask] = [code.local('v128'), code.local('v128')];
    const four = () => Array.from({ length: 4 }, () => code.local('v128'));
    const [pieces, columns] = [four(), four()];
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
      code.get(3).i32(2).op('i32.shr_u').set(i);
      countDown(code, i, () => {
        for (const [r, row] of rows.entries()) code.get(row).access('v128.load').set(pieces[r]!);
        transpose(code, pieces, columns);
        for (const [c, turned] of columns.entries())
          code
            .get(to)
            .get(turned)
            .get(mask)
            .op('v128.and')
            .access('v128.store', 16 * vectors * c);
        for (const row of rows) code.advance(row, 16);
        code.advance(to, 64 * vectors);
      });
      code.get(3).i32(3).op('i32.and').set(i);
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
 * tiles(a, aStride, panel, panelStride, out, outStride, init, initStride, k, count, zero, fusion, alpha): `count` tiles below each other. A tile keeps rows x vectors accumulators over the whole of k.
 * `zero` is 0: V8 does not know that the upper half of an argument's register is clear, but knows it of a sum, which spares a move at each access.
 */
function defineTiles(module: ModuleBuilder, kind: GemmKind, rows: number, vectors: number): Callable {
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
      // k is 1 at least. A loop that may be left out would have its accumulators shuffled behind it.
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
