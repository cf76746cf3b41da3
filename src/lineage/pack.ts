/** Compact columns: individual ids, tournament contestants and curves. */

const birthsPerRun = 2 ** 40;

/** run * 2^40 + birthIndex, below 2^53 for runs up to 8191. */
export const individualId = (run: number, birthIndex: number): number => run * birthsPerRun + birthIndex;
export const runOf = (individual: number): number => Math.floor(individual / birthsPerRun);
export const birthIndexOf = (individual: number): number => individual % birthsPerRun;

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

export function unpackCurve(packed: Uint8Array): Float32Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Float32Array.from({ length: packed.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
