/** Kernels of batch norm, dropout, embeddings and rows added to all rows. */
import type { Code, ModuleBuilder } from './assembler.ts';
import {
  createGroup,
  type Group,
  ints,
  locals,
  moveOn,
  nextRow,
  overChannels,
  overVectorsTogether,
  store,
  vector,
} from './channel-groups.ts';
import { countDown, overVectors } from './loops.ts';

/** The argument of a genome's `forward`, and of kernels that differ by it. */
export const passModes = { train: 0, probe: 1, measure: 2 } as const;

const epsilon = 1e-5;
const momentum = 0.1;

/** Adds them to the kernel module. */
export function defineLayerKernels(module: ModuleBuilder): void {
  defineBatchNorm(module);
  defineBatchNormGrad(module);
  defineDropout(module);
  defineDropoutGrad(module);
  defineEmbed(module);
  defineEmbedGrad(module);
  defineRowAdditions(module);
}

/** Groups of all rows: body() with the group at the local copies of `pointers`, rows `stride` apart. */
export function overGroups(
  code: Code,
  place: {
    readonly rows: number;
    readonly groups: number;
    readonly channels: number;
    readonly stride: number;
  },
  pointers: readonly number[],
  body: (copies: readonly number[]) => void,
): void {
  const [left, row] = locals(code, 'i32', 2);
  const starts = pointers.map(() => code.local('i32'));
  const copies = pointers.map(() => code.local('i32'));
  code.get(place.rows).set(row);
  for (const [i, pointer] of pointers.entries()) code.get(pointer).set(starts[i]!);
  countDown(code, row, () => {
    for (const [i, start] of starts.entries()) code.get(start).set(copies[i]!);
    code.get(place.groups).set(left);
    countDown(code, left, () => {
      body(copies);
      moveOn(code, copies, place.channels);
    });
    nextRow(code, starts, place.stride);
  });
}

/** Leaves rows * groups, at least `least`, less `less`, in all lanes. */
function countLanes(code: Code, rows: number, groups: number, less = 0): void {
  code.get(rows).get(groups).op('i32.mul').i32(less).op('i32.sub', 'f32.convert_i32_s');
  if (less > 0) code.f32(1).op('f32.max');
  code.op('f32x4.splat');
}

/** Vectors of channels that share one walk over all rows: their sums need not wait for each other. */
const together = 4;

/** batchNorm(x, gain, bias, running, stats, out, stride, statsStride, rows, groups, channels, mode) */
function defineBatchNorm(module: ModuleBuilder): void {
  module.function(
    ints(12),
    [],
    (code) => {
      const [x, gain, bias, running, stats, out, stride, statsStride, rows, groups, channels, mode] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
      ] as const;
      const all = createGroup(code, channels);
      const place = { rows, groups, channels, stride };
      const [means, squares, variances] = [0, 1, 2].map(() => locals(code, 'v128', together));
      const d = code.local('v128');
      const [runningVariance, statsInverse] = locals(code, 'i32', 2);
      const move = (group: Group, pointer: number, to: () => void) =>
        store(group, pointer, () => {
          vector(group, pointer)
            .lanes(1 - momentum)
            .op('f32x4.mul');
          to();
          code.lanes(momentum).op('f32x4.mul', 'f32x4.add');
        });
      code.get(running).get(statsStride).op('i32.add').set(runningVariance);
      code.get(stats).get(statsStride).op('i32.add').set(statsInverse);
      overVectorsTogether(all, together, (vectors) => {
        const each = vectors.map((group, i) => ({
          group,
          mean: means![i]!,
          squares: squares![i]!,
          variance: variances![i]!,
        }));
        const sumBatch = () => {
          for (const { mean, squares } of each) code.lanes(0).set(mean).lanes(0).set(squares);
          overGroups(code, place, [x], ([xg]) => {
            for (const { group, mean } of each) vector(group, xg!).get(mean).op('f32x4.add').set(mean);
          });
          for (const { mean } of each) {
            code.get(mean);
            countLanes(code, rows, groups);
            code.op('f32x4.div').set(mean);
          }
          overGroups(code, place, [x], ([xg]) => {
            for (const { group, mean, squares } of each) {
              vector(group, xg!).get(mean).op('f32x4.sub').tee(d).get(d).op('f32x4.mul');
              code.get(squares).op('f32x4.add').set(squares);
            }
          });
          for (const { squares, variance } of each) {
            code.get(squares);
            countLanes(code, rows, groups);
            code.op('f32x4.div').set(variance);
          }
        };
        code
          .get(mode)
          .i32(passModes.measure)
          .op('i32.eq')
          .if(() => {
            for (const { group, mean, variance } of each) {
              vector(group, running).set(mean);
              vector(group, runningVariance).set(variance);
            }
          }, sumBatch);
        code
          .get(mode)
          .op('i32.eqz')
          .if(() => {
            for (const { group, mean, squares } of each) {
              move(group, running, () => code.get(mean));
              move(group, runningVariance, () => {
                code.get(squares);
                countLanes(code, rows, groups, 1);
                code.op('f32x4.div');
              });
            }
          });
        for (const { group, mean, squares: shift, variance: inverse } of each) {
          code.lanes(1).get(inverse).lanes(epsilon).op('f32x4.add', 'f32x4.sqrt', 'f32x4.div').set(inverse);
          store(group, stats, () => code.get(mean));
          store(group, statsInverse, () => code.get(inverse));
          vector(group, gain).get(inverse).op('f32x4.mul').set(inverse);
          vector(group, bias).set(shift);
        }
        overGroups(code, place, [x, out], ([xg, og]) => {
          for (const { group, mean, squares: shift, variance: inverse } of each)
            store(group, og!, () =>
              vector(group, xg!)
                .get(mean)
                .op('f32x4.sub')
                .get(inverse)
                .op('f32x4.mul')
                .get(shift)
                .op('f32x4.add'),
            );
        });
      });
    },
    'batchNorm',
  );
}

/** Half as many: each keeps four vectors. */
const togetherBack = 2;

/** batchNormGrad(x, gain, stats, dy, dx, dgain, dbias, stride, statsStride, rows, groups, channels, keep) */
function defineBatchNormGrad(module: ModuleBuilder): void {
  module.function(
    ints(13),
    [],
    (code) => {
      const [x, gain, stats, dy, dx, dgain, dbias, stride, statsStride, rows, groups, channels, keep] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
      ] as const;
      const all = createGroup(code, channels);
      const place = { rows, groups, channels, stride };
      const kept = Array.from({ length: togetherBack }, () => {
        const [mean, inverse, shift, slope, factor] = locals(code, 'v128', 5);
        return { mean, inverse, shift, slope, factor };
      });
      const statsInverse = code.local('i32');
      code.get(stats).get(statsStride).op('i32.add').set(statsInverse);
      overVectorsTogether(all, togetherBack, (vectors) => {
        const each = vectors.map((group, i) => ({ group, ...kept[i]! }));
        const xhat = ({ group, mean, inverse }: (typeof each)[number], xg: number) =>
          vector(group, xg).get(mean).op('f32x4.sub').get(inverse).op('f32x4.mul');
        for (const { group, mean, inverse, shift, slope } of each) {
          vector(group, stats).set(mean);
          vector(group, statsInverse).set(inverse);
          code.lanes(0).set(shift).lanes(0).set(slope);
        }
        overGroups(code, place, [x, dy], ([xg, yg]) => {
          for (const one of each) {
            const { group, shift, slope } = one;
            vector(group, yg!).get(shift).op('f32x4.add').set(shift);
            xhat(one, xg!);
            vector(group, yg!).op('f32x4.mul').get(slope).op('f32x4.add').set(slope);
          }
        });
        for (const { group, inverse, shift, slope, factor } of each) {
          store(group, dbias, () => code.get(shift));
          store(group, dgain, () => code.get(slope));
          for (const total of [shift, slope]) {
            code.get(total);
            countLanes(code, rows, groups);
            code.op('f32x4.div').set(total);
          }
          vector(group, gain).get(inverse).op('f32x4.mul').set(factor);
        }
        overGroups(code, place, [x, dy, dx], ([xg, yg, dg]) => {
          for (const one of each) {
            const { group, shift, slope, factor } = one;
            store(group, dg!, () => {
              vector(group, yg!).get(shift).op('f32x4.sub');
              xhat(one, xg!).get(slope).op('f32x4.mul', 'f32x4.sub').get(factor).op('f32x4.mul');
              vector(group, dg!).get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
            });
          }
        });
      });
    },
    'batchNormGrad',
  );
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
