/** Lines of a file, one after the other, without ever holding the whole. */
import { closeSync, openSync, readSync } from 'node:fs';

export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** Without line ends; what follows the last of them is a line too unless it is empty. */
export function* readLines(path: string): Generator<NumberedLine> {
  const file = openSync(path, 'r');
  try {
    const decoder = new TextDecoder();
    const buffer = Buffer.alloc(1 << 16);
    let held = '';
    let line = 0;
    for (let size = readSync(file, buffer); size > 0; size = readSync(file, buffer)) {
      const parts = (held + decoder.decode(buffer.subarray(0, size), { stream: true })).split('\n');
      held = parts.pop()!;
      for (const text of parts) yield { line: ++line, text: text.replace(/\r$/, '') };
    }
    held += decoder.decode();
    if (held !== '') yield { line: ++line, text: held };
  } finally {
    closeSync(file);
  }
}
