/** The one place that knows where the worker's compiled entry lies. Worker threads need JavaScript, so run from `src` it still points into `dist`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function workerFile(): string {
  const candidates = ['../../workers/evaluate.js', '../../dist/workers/evaluate.js'];
  for (const candidate of candidates) {
    const path = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error('The worker is not built: workers/evaluate.js is missing. Run `npm run build`.');
}
