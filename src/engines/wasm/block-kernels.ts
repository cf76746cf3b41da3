/**
 * Products of blocks: the kernels of `gemm.ts` on sub-matrices. Those write whole vectors of four, so a block whose width is no multiple of four spills into its right neighbour.
 * Blocks of a row are therefore computed from left to right, and each overwrites what its left neighbour spilled. Where a spill would leave the row, or where blocks accumulate, the
 * product is computed in scratch and copied.
 */
import type { Callable, ModuleBuilder } from './assembler.ts';
import { locals, nextRow } from './channel-groups.ts';
import { panelColumns } from './gemm.ts';
import type { GemmKind } from './gemm-tiles.ts';
import { countDown } from './loops.ts';

/** Steps are the bytes from a block to the next one below, and to the next one on the right. `direct`: no block ends inside a vector of another. `keep` -1 accumulates. */
export const blockParameters = [
  ...['a', 'aStride', 'aDown', 'aRight', 'b', 'bStride', 'bDown', 'bRight'],
  ...['out', 'outStride', 'outDown', 'outRight'],
  ...['m', 'n', 'k', 'rowBlocks', 'columnBlocks', 'panel', 'direct', 'keep', 'alpha'],
] as const;

/** Defines the kernel `blocks_<kind>`: products of many blocks of one matrix, as attention has them. */
export function defineBlockProduct(
  module: ModuleBuilder,
  kind: GemmKind,
  gemm: Callable,
  copyColumns: Callable,
): void {
  module.function(
    blockParameters.map((name) => (name === 'alpha' ? 'f32' : 'i32')),
    [],
    (code) => {
      const [a, aStride, aDown, aRight, b, bStride, bDown, bRight] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
      const [out, outStride, outDown, outRight] = [8, 9, 10, 11] as const;
      const [m, n, k, rowBlocks, columnBlocks, panel, direct, keep, alpha] = [
        12, 13, 14, 15, 16, 17, 18, 19, 20,
      ] as const;
      const [ag, bg, og, left, aside, asideStride] = locals(code, 'i32', 6);
      const inPlace = code.local('i32');
      code
        .get(k)
        .i32(4 * panelColumns)
        .op('i32.mul')
        .get(panel)
        .op('i32.add')
        .set(aside);
      code.get(n).i32(3).op('i32.add').i32(2).op('i32.shr_u').i32(4).op('i32.shl').set(asideStride);
      countDown(code, rowBlocks, () => {
        code.get(a).set(ag).get(b).set(bg).get(out).set(og).get(columnBlocks).set(left);
        countDown(code, left, () => {
          code.get(og).get(out).op('i32.sub').get(asideStride).op('i32.add').get(outStride).op('i32.le_s');
          code.get(keep).op('i32.eqz', 'i32.and').get(direct).op('i32.or').set(inPlace);
          code.get(ag).get(aStride).get(bg).get(bStride);
          code.get(og).get(aside).get(inPlace).op('select');
          code.get(outStride).get(asideStride).get(inPlace).op('select');
          for (const from of [og, outStride])
            code.get(from).get(keep).op('i32.and').i32(0).get(inPlace).op('select');
          code.get(m).get(n).get(k).get(panel).get(alpha).i32(0).call(gemm);
          code
            .get(inPlace)
            .op('i32.eqz')
            .if(() =>
              code
                .get(aside)
                .get(asideStride)
                .get(og)
                .get(outStride)
                .get(m)
                .get(n)
                .get(keep)
                .call(copyColumns),
            );
          nextRow(code, [ag], aRight);
          nextRow(code, [bg], bRight);
          nextRow(code, [og], outRight);
        });
        nextRow(code, [a], aDown);
        nextRow(code, [b], bDown);
        nextRow(code, [out], outDown);
      });
    },
    `blocks_${kind}`,
  );
}
