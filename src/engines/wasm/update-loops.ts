/** The loops of an update: over tensors, rows and vectors of four columns, or over a whole region as one flat array. */
import { descriptorBytes, descriptorWords } from './layout.ts';
import { countDown, lastVectorMask } from './loops.ts';
import type { Level, UpdatePlace } from './update-place.ts';

/** One loop over a region of so many bytes, vector by vector: for nests that need not know tensor, row or column. */
export function flatLoop({ code, element }: UpdatePlace, bytes: number, inner: () => void): void {
  code.i32(0).set(element);
  code.while(
    () => code.get(element).i32(bytes).op('i32.lt_s'),
    () => {
      inner();
      code.advance(element, 16);
    },
  );
}

interface Nest {
  /** Comes before what begins with a tensor. */
  readonly beginColumns: () => void;
  readonly begin: (level: Level) => void;
  readonly inner: () => void;
  readonly end: (level: Level) => void;
}

/** Tensors, their rows, vectors of a row, with what begins and ends at each level. */
export function loopNest(
  place: UpdatePlace,
  descriptors: number,
  { beginColumns, begin, inner, end }: Nest,
): void {
  const { code, program, word, descriptor, tensorsLeft, rowsLeft, rowStart, element } = place;
  code.i32(descriptors).set(descriptor).i32(program.parameters.length).set(tensorsLeft);
  countDown(code, tensorsLeft, () => {
    for (const [i, name] of descriptorWords.entries())
      code
        .get(descriptor)
        .access('i32.load', 4 * i)
        .set(word[name]);
    beginColumns();
    begin('tensor');
    code.get(word.rows).set(rowsLeft).get(word.rowBase).set(rowStart);
    code.get(word.element).set(element);
    countDown(code, rowsLeft, () => {
      begin('row');
      overColumns(place, () => {
        inner();
        code.advance(element, 16);
      });
      end('row');
      // The inner loop has moved `element` by a whole stride, padding included: it points to the next row.
      code.advance(rowStart, 8);
    });
    end('tensor');
    code.advance(descriptor, descriptorBytes);
  });
}

/** `column` runs over the tensor's vectors of columns; `mask` has the lanes that are real. */
export function overColumns({ code, word, column, columnsEnd, mask }: UpdatePlace, body: () => void): void {
  code.get(word.colBase).set(column).get(word.colBase).get(word.stride).op('i32.add').set(columnsEnd);
  code.while(
    () => code.get(column).get(columnsEnd).op('i32.lt_s'),
    () => {
      code
        .get(column)
        .i32(16)
        .op('i32.add')
        .get(columnsEnd)
        .op('i32.eq')
        .if(
          () => {
            lastVectorMask(code, word.cols);
            code.set(mask);
          },
          () => code.i32(-1).op('i32x4.splat').set(mask),
        );
      body();
      code.advance(column, 16);
    },
  );
}
