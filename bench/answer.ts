/**
 * node answer.js: one question to a lineage database in a process of its own, so that nothing else has used its memory. Reads an AnswerRequest as JSON on standard input,
 * prints an AnswerReply.
 */
import { readFileSync } from 'node:fs';
import { main } from '../src/cli/main.ts';
import type { Output } from '../src/cli/output.ts';
import { openLineage } from '../src/lineage/open.ts';
import { type ReadingName, readings } from './readings.ts';

export interface AnswerRequest {
  readonly file: string;
  readonly times: number;
  /** A command line without the database, or the name of a reading. */
  readonly ask: { readonly line: readonly string[] } | { readonly reading: ReadingName };
}

export interface AnswerReply {
  /** Of each time, from opening the file on. */
  readonly ms: readonly number[];
  /** The most that the process ever held. */
  readonly bytes: number;
  readonly note: string | null;
}

const unread: Output = { isTerminal: false, colour: false, print() {}, note: console.error };

async function answer({ file, ask }: AnswerRequest): Promise<string | null> {
  if ('line' in ask) {
    if ((await main([...ask.line, '--db', file], unread)) !== 0)
      throw new Error(`streetlight ${ask.line.join(' ')} failed`);
    return null;
  }
  const lineage = openLineage(file, 'read');
  const note = readings[ask.reading].read(lineage);
  lineage.close();
  return note;
}

const request = JSON.parse(readFileSync(0, 'utf8')) as AnswerRequest;
const ms: number[] = [];
let note: string | null = null;
for (let i = 0; i < request.times; i++) {
  const start = performance.now();
  note = await answer(request);
  ms.push(performance.now() - start);
}
const bytes = 1024 * process.resourceUsage().maxRSS;
process.stdout.write(JSON.stringify({ ms, bytes, note } satisfies AnswerReply));
