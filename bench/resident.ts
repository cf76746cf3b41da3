/**
 * node --expose-gc resident.js: one search in a process of its own, so that nothing else has used its memory. Reads a ResidentRequest as JSON on standard input, prints a
 * ResidentReply. What the main thread has done with is collected before each sample; what the workers have not collected counts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLineage } from '../src/lineage/open.ts';
import { launch } from '../src/search/run.ts';
import { setUpRun } from '../src/search/setup.ts';
import { parseDocument } from '../src/search-space/document.ts';

export interface ResidentRequest {
  /** A search document. */
  readonly text: string;
  readonly workers: number;
  /** For the lineage database. */
  readonly folder: string;
  /** Told births from one sample to the next. */
  readonly every: number;
}

export interface ResidentReply {
  /** Resident bytes before the search began. */
  readonly before: number;
  /** Resident bytes while the workers live. */
  readonly samples: readonly number[];
  /** The most that the process ever held, the opening of the task included. */
  readonly most: number;
  /** A worker that was lost makes the numbers worthless. */
  readonly workersLost: number;
}

const request = JSON.parse(readFileSync(0, 'utf8')) as ResidentRequest;
const document = parseDocument(request.text, 'bench');
if (!document.ok) throw new Error(JSON.stringify(document.issues));
const resident = () => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss();
};
const lineage = openLineage(join(request.folder, `workers-${request.workers}.db`), 'write');
const before = resident();
const samples: number[] = [];
const { workersLost } = await launch(await setUpRun(document.value, 'bench'), {
  lineage,
  workers: request.workers,
  progress: {
    start() {},
    update({ births }) {
      if (births % request.every === 0) samples.push(resident());
    },
    stop() {},
  },
  shouldStop: () => false,
});
lineage.close();
const most = 1024 * process.resourceUsage().maxRSS;
process.stdout.write(JSON.stringify({ before, samples, most, workersLost } satisfies ResidentReply));
