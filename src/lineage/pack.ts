/** Compact columns: individual ids, tournament contestants and curves. Ids are packed here and nowhere else; SQL has the same functions. */
import type { Database } from 'better-sqlite3';

const birthsPerRun = 2 ** 40;

/** run * 2^40 + birthIndex, below 2^53 for runs up to 8191. */
export const individualId = (run: number, birthIndex: number): number => run * birthsPerRun + birthIndex;
/** The run that an individual belongs to. */
export const runOf = (individual: number): number => Math.floor(individual / birthsPerRun);
/** An individual's birth index within its run. */
export const birthIndexOf = (individual: number): number => individual % birthsPerRun;

/**
 * For questions: `individual_id(run, birth)`, `run_of(individual)` and `birth_of(individual)`; null of null. They give SQLite integers: JavaScript numbers would be reals
 * there, and divide as such. Views of the file cannot use them, since other programs read those too.
 */
export function definePackFunctions(db: Database): void {
  const options = { deterministic: true, directOnly: true } as const;
  const whole = (of: (value: number) => number) => (value: unknown) =>
    value === null ? null : BigInt(of(Number(value)));
  db.function('run_of', options, whole(runOf));
  db.function('birth_of', options, whole(birthIndexOf));
  db.function('individual_id', options, (run: unknown, birth: unknown) =>
    run === null || birth === null ? null : BigInt(individualId(Number(run), Number(birth))),
  );
}

/** Each contestant as births before the child, LEB128 unsigned: one byte for those born within the last 127 births. */
export function packContestants(birthIndex: number, contestants: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const contestant of contestants) {
    let distance = birthIndex - contestant;
    if (distance < 1)
      throw new RangeError(`birth ${birthIndex} cannot have birth ${contestant} as a contestant`);
    for (; distance >= 128; distance = Math.floor(distance / 128)) bytes.push((distance % 128) + 128);
    bytes.push(distance);
  }
  return Uint8Array.from(bytes);
}

/** Birth indices of contestants in the order of drawing; what `packContestants` packed. */
export function unpackContestants(birthIndex: number, packed: Uint8Array): number[] {
  const contestants: number[] = [];
  let distance = 0;
  let unit = 1;
  for (const byte of packed) {
    distance += (byte % 128) * unit;
    unit *= 128;
    if (byte >= 128) continue;
    contestants.push(birthIndex - distance);
    distance = 0;
    unit = 1;
  }
  return contestants;
}

/** Float32, little endian whatever the machine. */
export function packCurve(curve: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(curve.length * 4));
  curve.forEach((value, i) => {
    if (Number.isNaN(value)) throw new RangeError(`point ${i} of a training curve is NaN`);
    view.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** The points of a curve, oldest first; what `packCurve` packed. */
export function unpackCurve(packed: Uint8Array): Float32Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Float32Array.from({ length: packed.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
