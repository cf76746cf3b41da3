/** Kernels of batch norm: statistics of each channel over all rows and positions, four channels in a vector. */
import type { Code, ModuleBuilder } from './assembler.ts';
import {
  createGroup,
  type Group,
  ints,
  locals,
  overGroups,
  overVectorsTogether,
  store,
  vector,
} from './channel-groups.ts';
import { passModes } from './pass-modes.ts';

const epsilon = 1e-5;
const momentum = 0.1;

/** Adds them to the kernel module. */
export function defineBatchNormKernels(module: ModuleBuilder): void {
  defineBatchNorm(module);
  defineBatchNormGrad(module);
}

/** Leaves rows * groups - less, and 1 at least where something is subtracted, in all lanes. */
function countLanes(code: Code, rows: number, groups: number, less = 0): void {
  code.get(rows).get(groups).op('i32.mul').i32(less).op('i32.sub', 'f32.convert_i32_s');
  if (less > 0) code.f32(1).op('f32.max');
  code.op('f32x4.splat');
}

/** So many vectors of channels are summed in one walk over the rows: additions to different sums do not wait for each other. */
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

/** In the backward pass half as many share one, since each keeps more values in registers. */
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
