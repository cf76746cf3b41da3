/** What every bench shares: the machine, timing in blocks, and where evidence goes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/genome/known.ts';

/** One measured row: every raw number is kept, the summary is the least disturbed block. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
  readonly met?: boolean;
  readonly raw?: readonly number[];
  readonly note?: string;
}

export interface Bench {
  readonly question: string;
  /** `seeds` is in place of as many as the question says, where the bench repeats itself over seeds. */
  run(seeds?: number): Promise<readonly Row[]>;
}

/** Milliseconds per call of `work`, one number per block. */
export function timeBlocks(blocks: number, callsPerBlock: number, work: () => void): number[] {
  return Array.from({ length: blocks }, () => {
    const start = performance.now();
    for (let i = 0; i < callsPerBlock; i++) work();
    return (performance.now() - start) / callsPerBlock;
  });
}

export const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Hands a new folder to `use` and removes it afterwards. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'streetlight-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The kind of machine, without names. */
export function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    os: process.platform,
    arch: process.arch,
  };
}

export function commit(): string {
  const answer = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: packageRoot() });
  return answer.status === 0 ? answer.stdout.trim() : 'unknown';
}

/** Runs a peer script in a process of its own and returns the JSON it prints. */
export function askPeer<T>(script: string, input: unknown): T {
  if (!existsSync(join(packageRoot(), 'bench', 'node_modules')))
    throw new Error('the peers are not installed; type: npm ci --prefix bench');
  return askScript<T>(join(packageRoot(), 'bench', 'peers', script), input);
}

/** Runs a script in a new process of Node: JSON on its standard input, JSON from its standard output. */
export function askScript<T>(path: string, input: unknown, nodeOptions: readonly string[] = []): T {
  return JSON.parse(
    execFileSync(process.execPath, [...nodeOptions, path], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  ) as T;
}

/** Writes bench/runs/<date>-<machine>/<name>.json. */
export function keepEvidence(name: string, date: string, rows: readonly Row[]): string {
  const kind = machine()
    .cpu.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const folder = join(packageRoot(), 'bench', 'runs', `${date}-${kind}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify({ date, commit: commit(), machine: machine(), rows }, null, 2)}\n`);
  return path;
}
