/** Panels of the second operand of a matrix product, copied into one stream. */
import type { Callable, ModuleBuilder } from './assembler.ts';
import { countDown, laneMasksAddress } from './loops.ts';
import { transpose } from './transpose.ts';

/** pack(b, bStride, panel, k, -): panel row i = the first vectors of row i of B. */
export function definePack(module: ModuleBuilder, vectors: number): Callable {
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
 * pack(b, bStride, panel, k, left): panel row i = column i of the first rows of B, of which `left` exist. Lanes of rows that do not exist are masked to 0; the memory
 * that is read for them lies behind B in the arena, so it exists. Four columns at a time, then one by one.
 */
export function definePackTransposed(module: ModuleBuilder, vectors: number): Callable {
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
