/** Kernels of dropout, embeddings and rows added to all rows. */
import type { ModuleBuilder } from './assembler.ts';
import {
  createGroup,
  type Group,
  ints,
  locals,
  moveOn,
  nextRow,
  overChannels,
  store,
  vector,
} from './channel-groups.ts';
import { countDown, overVectors } from './loops.ts';
import { passModes } from './pass-modes.ts';

/** Adds them to the kernel module. */
export function defineLayerKernels(module: ModuleBuilder): void {
  defineDropout(module);
  defineDropoutGrad(module);
  defineEmbed(module);
  defineEmbedGrad(module);
  defineRowAdditions(module);
}

/** dropout(x, draws, out, vectors, mode, rate, scale) */
function defineDropout(module: ModuleBuilder): void {
  module.function(
    [...ints(5), 'f32', 'f32'],
    [],
    (code) => {
      const [x, draws, out, vectors, mode, rate, scale] = [0, 1, 2, 3, 4, 5, 6] as const;
      code
        .get(mode)
        .i32(passModes.measure)
        .op('i32.eq')
        .if(
          () =>
            overVectors(code, vectors, [x, out], () =>
              code.get(out).get(x).access('v128.load').access('v128.store'),
            ),
          () =>
            overVectors(code, vectors, [x, draws, out], () => {
              code.get(out).get(x).access('v128.load').get(scale).op('f32x4.splat', 'f32x4.mul');
              code.get(draws).access('v128.load').get(rate).op('f32x4.splat', 'f32x4.ge', 'v128.and');
              code.access('v128.store');
            }),
        );
    },
    'dropout',
  );
}

/** dropoutGrad(draws, dy, dx, vectors, keep, rate, scale) */
function defineDropoutGrad(module: ModuleBuilder): void {
  module.function(
    [...ints(5), 'f32', 'f32'],
    [],
    (code) => {
      const [draws, dy, dx, vectors, keep, rate, scale] = [0, 1, 2, 3, 4, 5, 6] as const;
      overVectors(code, vectors, [draws, dy, dx], () => {
        code.get(dx).get(dy).access('v128.load').get(scale).op('f32x4.splat', 'f32x4.mul');
        code.get(draws).access('v128.load').get(rate).op('f32x4.splat', 'f32x4.ge', 'v128.and');
        code.get(dx).access('v128.load').get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
        code.access('v128.store');
      });
    },
    'dropoutGrad',
  );
}

/** Rows of x by position: body() with the address of the token's row of the table in `row` and the position's vectors at `og`. */
function overTokens(
  module: ModuleBuilder,
  name: string,
  body: (group: Group, row: number, og: number) => void,
): void {
  // <name>(x, xStride, table, tableStride, out, outStride, rows, positions, units, tokens)
  module.function(
    ints(10),
    [],
    (code) => {
      const [x, xStride, table, tableStride, out, outStride, rows, positions, units, tokens] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ] as const;
      const [at, og, left, row] = locals(code, 'i32', 4);
      const [value, last] = [code.local('f32'), code.local('f32')];
      const all = createGroup(code, units);
      code.get(tokens).i32(1).op('i32.sub', 'f32.convert_i32_s').set(last);
      countDown(code, rows, () => {
        code.get(x).set(at).get(out).set(og).get(positions).set(left);
        countDown(code, left, () => {
          code.get(at).access('f32.load').set(value);
          code.get(value).get(last).get(value).get(last).op('f32.lt', 'select');
          code.f32(0).get(value).f32(0).op('f32.gt', 'select', 'i32.trunc_f32_s');
          code.get(tableStride).op('i32.mul').get(table).op('i32.add').set(row);
          overChannels(all, (group) => body(group, row, og));
          code.advance(at, 4);
          moveOn(code, [og], units);
        });
        nextRow(code, [x], xStride);
        nextRow(code, [out], outStride);
      });
    },
    name,
  );
}

const defineEmbed = (module: ModuleBuilder) =>
  overTokens(module, 'embed', (group, row, og) => store(group, og, () => vector(group, row)));

/** As `embed`, with dy for out: adds to the table. */
const defineEmbedGrad = (module: ModuleBuilder) =>
  overTokens(module, 'embedGrad', (group, row, og) =>
    store(group, row, () => {
      vector(group, row);
      vector(group, og).op('f32x4.add');
    }),
  );

/** addRow(x, row, out, rows, vectors) and clear(out, vectors) */
function defineRowAdditions(module: ModuleBuilder): void {
  module.function(
    ints(5),
    [],
    (code) => {
      const [x, row, out, rows, vectors] = [0, 1, 2, 3, 4] as const;
      const [at, left] = locals(code, 'i32', 2);
      countDown(code, rows, () => {
        code.get(row).set(at).get(vectors).set(left);
        overVectors(
          code,
          left,
          [x, at, out],
          (offset) =>
            code
              .get(out)
              .get(x)
              .access('v128.load', offset)
              .get(at)
              .access('v128.load', offset)
              .op('f32x4.add')
              .access('v128.store', offset),
          4,
        );
      });
    },
    'addRow',
  );
  module.function(
    ints(2),
    [],
    (code) => overVectors(code, 1, [0], () => code.get(0).lanes(0).access('v128.store')),
    'clear',
  );
}
