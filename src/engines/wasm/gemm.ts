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
import type { Callable, Code, ModuleBuilder } from './assembler.ts';
import { definePack, definePackTransposed } from './gemm-pack.ts';
import { defineTiles, type GemmKind, moveDown } from './gemm-tiles.ts';
import type { ValueType } from './instructions.ts';

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

/** With no more rows of Out than this, B is read where it lies: packing it would cost more than it saves. */
const rowsNotPacked = 16;

/** Numbers in one row of the widest panel. */
export const panelColumns = 16;

/**
 * Panels from the left on: how many vectors wide, while more columns than `above` are left. A transposed A offers neighbouring rows in one cache line, so its tiles
 * should rather be tall than wide.
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
              // A copy does not pay where there are few rows, nor where B is no wider than the panel and so contiguous already.
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
