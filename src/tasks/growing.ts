/** Numbers that come one by one, however many: an ordinary array of them ends the process beyond some 10^8. */
export interface Growing {
  readonly length: number;
  push(value: number): void;
  /** What was pushed so far. */
  values(): Float64Array;
}

/** An empty one; it takes twice the room whenever it is full. */
export function createGrowing(): Growing {
  let room = new Float64Array(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === room.length) {
        const larger = new Float64Array(2 * length);
        larger.set(room);
        room = larger;
      }
      room[length++] = value;
    },
    values: () => room.subarray(0, length),
  };
}

/** Rows that a reader takes from one file. */
export const maxRows = 50_000_000;
