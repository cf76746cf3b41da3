/** Softmax, cross-entropy and its gradient in one kernel. */
import type { Code, ModuleBuilder } from './assembler.ts';
import type { ValueType } from './instructions.ts';
import { transpose } from './transpose.ts';
import { emitLog, roundingShift } from './vector-math.ts';

/** Below any logit that matters, and finite, so that its difference from a logit is not NaN. */
const veryLow = -3e38;

/** 2^f = 1 + c1 f + ... + c5 f^5 for |f| <= 1/2: the polynomial of least relative error, 9.2e-8, by Lawson's reweighted least squares. */
const powerOfTwo = [0.693146977599, 0.240222420854, 0.055507337433, 0.00967151264, 0.001326472719] as const;
/** 2^lowest is the least exponential: 2.4e-38. */
const lowest = -125;

/**
 * The vector on the stack, of numbers not above 0, becomes its exp. Half as long as the exp of vector-math.ts: x log2(e) is rounded once, and that error grows with |x|
 * while exp(x) shrinks beside the exp(0) = 1 that the sum of a softmax holds. Terms are summed in pairs, so that few wait for each other; 2^n is added to the exponent.
 */
export function emitSoftmaxExp(code: Code): void {
  const [t, f, shifted, square] = [
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
    code.local('v128'),
  ];
  const [c1, c2, c3, c4, c5] = powerOfTwo;
  const pair = (low: number, high: number) =>
    code.get(f).lanes(high).op('f32x4.mul').lanes(low).op('f32x4.add');
  // pmax keeps a NaN that comes first.
  code.lanes(1.44269504088896341).op('f32x4.mul').lanes(lowest).op('f32x4.pmax').tee(t);
  code.lanes(roundingShift).op('f32x4.add').set(shifted);
  code.get(t).get(shifted).lanes(roundingShift).op('f32x4.sub', 'f32x4.sub').tee(f);
  code.get(f).op('f32x4.mul').set(square);
  pair(c4, c5);
  code.get(square).op('f32x4.mul');
  pair(c2, c3);
  code.op('f32x4.add').get(square).op('f32x4.mul');
  pair(1, c1);
  code.op('f32x4.add').get(shifted).i32(23).op('i32x4.shl', 'i32x4.add');
}

/** Binary logarithm of the bytes from one column to the next in scratch. */
const columnShift = 5;
const columnBytes = 1 << columnShift;
/** Rows that the softmax takes at a time, as lanes of two vectors. */
export const softmaxRows = columnBytes / 4;
type Half = 0 | 1;
const halves: readonly Half[] = [0, 1];

/**
 * softmaxCrossEntropy(logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient, scale, scratch): the loss of each row, and
 * gradient = (softmax - onehot) scale with padding 0. Eight rows at a time lie in the lanes of two vectors of `scratch` for each column, so that two exponentials are
 * under way at any time. Where fewer rows are left, some are done again; where there are fewer at all, each is done alone, in all lanes.
 */
export function defineSoftmax(module: ModuleBuilder): void {
  module.function(
    [...Array.from({ length: 9 }, () => 'i32' as const), 'f32', 'i32'],
    [],
    (code) => {
      const [logits, stride, target, targetStride, loss, lossStride, rows, cols, gradient, scale, scratch] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ] as const;
      const [step, together, again] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const [column, end, paddedEnd, apart] = [
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
        code.local('i32'),
      ];
      const four = (type: ValueType) => [0, 1, 2, 3].map(() => code.local(type));
      const two = () => [code.local('v128'), code.local('v128')] as const;
      const [pointers, labels] = [four('i32'), [four('i32'), four('i32')] as const];
      const [byRow, byColumn] = [four('v128'), four('v128')];
      const [top, total, factor, own, nats] = [two(), two(), two(), two(), two()];
      const spread: readonly (readonly [pointer: number, stride: number])[] = [
        [logits, stride],
        [target, targetStride],
        [loss, lossStride],
        [gradient, stride],
      ];

      const overColumns = (columns: number, until: number, body: () => void) => {
        code.get(scratch).set(column);
        code.while(
          () => code.get(column).get(until).op('i32.lt_s'),
          () => {
            body();
            code.advance(column, columns * columnBytes);
          },
        );
      };
      /** The addresses of the rows of one half, in `pointers`. */
      const findRows = (half: Half, first: number, bytes: number) => {
        code.get(bytes).get(together).op('i32.and').set(apart).get(first);
        if (half === 1) code.get(apart).i32(2).op('i32.shl', 'i32.add');
        code.set(pointers[0]!);
        for (let lane = 1; lane < 4; lane++)
          code
            .get(pointers[lane - 1]!)
            .get(apart)
            .op('i32.add')
            .set(pointers[lane]!);
      };
      const readRows = (half: Half) => {
        findRows(half, logits, stride);
        overColumns(4, paddedEnd, () => {
          for (const [lane, pointer] of pointers.entries())
            code.get(pointer).access('v128.load').set(byRow[lane]!).advance(pointer, 16);
          transpose(code, byRow, byColumn);
          for (const [i, vector] of byColumn.entries())
            code
              .get(column)
              .get(vector)
              .access('v128.store', i * columnBytes + 16 * half);
        });
      };
      /** Where in scratch the column of each row's label begins. */
      const findLabels = (half: Half) => {
        const label = byRow[0]!;
        findRows(half, target, targetStride);
        code.lanes(0).set(label);
        for (const [lane, pointer] of pointers.entries())
          code.get(pointer).get(label).loadLane(lane).set(label);
        code.get(label).op('i32x4.trunc_sat_f32x4_s').i32(columnShift).op('i32x4.shl');
        code.get(scratch).op('i32x4.splat', 'i32x4.add').set(label);
        for (const [lane, column] of labels[half].entries())
          code.get(label).lane('i32x4.extract_lane', lane).set(column);
      };
      /** own = what scratch holds for each row's label. */
      const readOwn = (half: Half) => {
        code.lanes(0).set(own[half]);
        for (const [lane, column] of labels[half].entries())
          code
            .get(column)
            .get(own[half])
            .loadLane(lane, 16 * half + 4 * lane)
            .set(own[half]);
      };
      const writeLosses = (half: Half) => {
        findRows(half, loss, lossStride);
        for (const [lane, pointer] of pointers.entries()) code.get(pointer).get(nats[half]).storeLane(lane);
      };
      const writeGradient = (half: Half) => {
        findRows(half, gradient, stride);
        overColumns(4, paddedEnd, () => {
          for (const [i, vector] of byColumn.entries())
            code
              .get(column)
              .access('v128.load', i * columnBytes + 16 * half)
              .get(factor[half])
              .op('f32x4.mul')
              .set(vector);
          transpose(code, byColumn, byRow);
          for (const [lane, pointer] of pointers.entries())
            code.get(pointer).get(byRow[lane]!).access('v128.store').advance(pointer, 16);
        });
        code.get(own[half]).get(total[half]).op('f32x4.sub').get(factor[half]).op('f32x4.mul').set(own[half]);
        findRows(half, gradient, stride);
        for (const [lane, pointer] of pointers.entries())
          code
            .get(labels[half][lane]!)
            .get(scratch)
            .op('i32.sub')
            .i32(columnShift - 2)
            .op('i32.shr_u')
            .get(pointer)
            .op('i32.add')
            .get(own[half])
            .storeLane(lane);
      };

      code.get(scratch).get(cols).i32(columnBytes).op('i32.mul', 'i32.add').set(end);
      code.get(scratch).get(stride).i32(softmaxRows).op('i32.mul', 'i32.add').set(paddedEnd);
      code.get(rows).i32(softmaxRows).op('i32.ge_s');
      code.if(
        () => code.i32(softmaxRows).set(step).i32(-1).set(together),
        () => code.i32(1).set(step),
      );
      code.while(
        () => code.get(rows).i32(0).op('i32.gt_s'),
        () => {
          code.get(rows).get(step).op('i32.lt_s');
          code.if(() => {
            code.get(step).get(rows).op('i32.sub').set(again);
            for (const [pointer, bytes] of spread)
              code.get(pointer).get(again).get(bytes).op('i32.mul', 'i32.sub').set(pointer);
          });
          for (const half of halves) {
            readRows(half);
            findLabels(half);
            code.lanes(veryLow).set(top[half]).lanes(0).set(total[half]);
          }
          overColumns(1, end, () => {
            for (const half of halves)
              code
                .get(column)
                .access('v128.load', 16 * half)
                .get(top[half])
                .op('f32x4.pmax')
                .set(top[half]);
          });
          for (const half of halves) readOwn(half);
          overColumns(1, end, () => {
            for (const half of halves) {
              code.get(column);
              emitSoftmaxExp(
                code
                  .get(column)
                  .access('v128.load', 16 * half)
                  .get(top[half])
                  .op('f32x4.sub'),
              );
              code.tee(byRow[half]!).access('v128.store', 16 * half);
              code.get(total[half]).get(byRow[half]!).op('f32x4.add').set(total[half]);
            }
          });
          // `column` is at the padding.
          code.while(
            () => code.get(column).get(paddedEnd).op('i32.lt_s'),
            () => {
              for (const half of halves)
                code
                  .get(column)
                  .lanes(0)
                  .access('v128.store', 16 * half);
              code.advance(column, columnBytes);
            },
          );
          for (const half of halves) {
            // First the difference between the largest logit and the label's: the logarithm is small, and added to a large logit it would be rounded away.
            emitLog(code.get(total[half]));
            code.get(top[half]).get(own[half]).op('f32x4.sub', 'f32x4.add').set(nats[half]);
            code.get(scale).op('f32x4.splat').get(total[half]).op('f32x4.div').set(factor[half]);
          }
          for (const half of halves) {
            writeLosses(half);
            readOwn(half);
            writeGradient(half);
          }
          for (const [pointer, bytes] of spread)
            code.get(pointer).get(step).get(bytes).op('i32.mul', 'i32.add').set(pointer);
          code.get(rows).get(step).op('i32.sub').set(rows);
        },
      );
    },
    'softmaxCrossEntropy',
  );
}
