/** Softmax over groups of columns, as in attention, and its gradient. With a period the columns behind the diagonal are hidden. */
import type { Code, ModuleBuilder } from './assembler.ts';
import {
  addTo,
  createGroup,
  ints,
  locals,
  measureGroup,
  moveOn,
  nextRow,
  overChannels,
  overGroups,
  store,
  vector,
} from './channel-groups.ts';
import { countDown } from './loops.ts';
import { emitSoftmaxExp } from './softmax-kernel.ts';

/** Below any score that matters, and finite, so that its difference from a score is not NaN. */
const veryLow = -3e38;

/** Adds them to the kernel module. */
export function defineSoftmaxColumns(module: ModuleBuilder): void {
  defineSoftmax(module);
  defineSoftmaxGrad(module);
}

/** Sets all lanes of `v` to the largest of them. If one is NaN the result may be either: the sum of the exponentials will be NaN anyway. */
function foldLargest(code: Code, v: number): void {
  for (const words of [
    [2, 3, 0, 1],
    [1, 0, 3, 2],
  ] as const)
    code.get(v).get(v).get(v).shuffle(words).op('f32x4.pmax').set(v);
}

/** The four lanes of `v`, summed from the first on, in all of its lanes. */
function foldSum(code: Code, v: number): void {
  for (let lane = 0; lane < 4; lane++) {
    code.get(v).lane('f32x4.extract_lane', lane);
    if (lane > 0) code.op('f32.add');
  }
  code.op('f32x4.splat').set(v);
}

/** softmax(x, out, stride, rows, groups, columns, period) */
function defineSoftmax(module: ModuleBuilder): void {
  module.function(
    ints(7),
    [],
    (code) => {
      const [x, out, stride, rows, groups, columns, period] = [0, 1, 2, 3, 4, 5, 6] as const;
      const [xg, og, left, seenCount] = locals(code, 'i32', 4);
      const [top, total, e] = locals(code, 'v128', 3);
      code
        .get(columns)
        .set(seenCount)
        .get(period)
        .if(() => code.i32(0).set(seenCount));
      const all = createGroup(code, columns);
      const seen = createGroup(code, seenCount);
      countDown(code, rows, () => {
        code.get(period).if(() => {
          code
            .get(seenCount)
            .get(period)
            .op('i32.eq')
            .if(() => code.i32(0).set(seenCount));
          code.advance(seenCount, 1);
          measureGroup(seen);
        });
        code.get(x).set(xg).get(out).set(og).get(groups).set(left);
        countDown(code, left, () => {
          code.get(period).if(() => overChannels(all, (group) => store(group, og, () => code.lanes(0))));
          code.lanes(veryLow).set(top).lanes(0).set(total);
          overChannels(seen, (group) => {
            vector(group, xg);
            if (group.mask !== null) code.lanes(veryLow).get(group.mask).op('v128.bitselect');
            code.get(top).op('f32x4.pmax').set(top);
          });
          foldLargest(code, top);
          overChannels(seen, (group) => {
            vector(group, xg).get(top).op('f32x4.sub');
            emitSoftmaxExp(code);
            code.set(e);
            store(group, og, () => code.get(e));
            addTo(group, total, () => code.get(e));
          });
          foldSum(code, total);
          code.lanes(1).get(total).op('f32x4.div').set(total);
          overChannels(seen, (group) => store(group, og, () => vector(group, og).get(total).op('f32x4.mul')));
          moveOn(code, [xg, og], columns);
        });
        nextRow(code, [x, out], stride);
      });
    },
    'softmax',
  );
}

/** softmaxGrad(y, dy, dx, stride, rows, groups, columns, keep) */
function defineSoftmaxGrad(module: ModuleBuilder): void {
  module.function(
    ints(8),
    [],
    (code) => {
      const [y, dy, dx, stride, rows, groups, columns, keep] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
      const projection = code.local('v128');
      const all = createGroup(code, columns);
      overGroups(code, { rows, groups, channels: columns, stride }, [y, dy, dx], ([yg, sg, dg]) => {
        code.lanes(0).set(projection);
        overChannels(all, (group) =>
          addTo(group, projection, () => {
            vector(group, yg!);
            vector(group, sg!).op('f32x4.mul');
          }),
        );
        foldSum(code, projection);
        overChannels(all, (group) =>
          store(group, dg!, () => {
            vector(group, sg!).get(projection).op('f32x4.sub');
            vector(group, yg!).op('f32x4.mul');
            vector(group, dg!).get(keep).op('i32x4.splat', 'v128.and', 'f32x4.add');
          }),
        );
      });
    },
    'softmaxGrad',
  );
}
