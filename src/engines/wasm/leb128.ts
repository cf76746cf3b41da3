/** Integers as WebAssembly writes them: seven bits a byte, lowest first (LEB128). */

/** Appends an unsigned 32-bit integer. */
export function unsigned(out: number[], value: number): void {
  let left = value >>> 0;
  do {
    const byte = left & 0x7f;
    left >>>= 7;
    out.push(left === 0 ? byte : byte | 0x80);
  } while (left !== 0);
}

/** Appends a signed 32-bit integer. */
export function signed(out: number[], value: number): void {
  let left = value | 0;
  for (;;) {
    const byte = left & 0x7f;
    left >>= 7;
    if ((left === 0 && (byte & 0x40) === 0) || (left === -1 && (byte & 0x40) !== 0)) {
      out.push(byte);
      return;
    }
    out.push(byte | 0x80);
  }
}
