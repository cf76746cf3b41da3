/** What do questions to a large lineage database cost? Runs by the real controller with a null evaluator, read back as the commands read. */
import { join } from 'node:path';
import { main } from '../src/cli/main.ts';
import type { Output } from '../src/cli/output.ts';
import { mrca, pathToRoot, type Tree } from '../src/lineage/ancestry.ts';
import { type Lineage, openLineage } from '../src/lineage/open.ts';
import { individualId } from '../src/lineage/pack.ts';
import { stream } from '../src/random/stream.ts';
import { type Bench, inTemporaryFolder, least, type Row, timeBlocks } from './lib.ts';
import { nullRun } from './null-run.ts';

/** Each tree and the column with the births from its founder. */
const depths = {
  pedigree: 'depth',
  architecture: 'architecture_depth',
  rule: 'rule_depth',
} as const satisfies Record<Tree, string>;
const trees = Object.keys(depths) as readonly Tree[];
const pairs = 200;

/** One question; where it has a limit, the largest database must stay under it. */
interface Timing {
  readonly question: string;
  readonly limitMs?: number;
  /** Milliseconds per call, one number per block. */
  readonly ms: readonly number[];
  readonly note?: string;
}

export const lineageScale: Bench = {
  question:
    'At a million births, what do the last common ancestor of two, the path to the root and a survivorship table cost, and how does that grow?',
  run: () => lineageScaleRows(100_000, 1_000_000),
};

/** Rows for both sizes, and how each cost grows from the one to the other. */
export async function lineageScaleRows(few: number, many: number): Promise<Row[]> {
  const small = await measured(few);
  const large = await measured(many);
  return large.flatMap(({ question, limitMs, ms, note }, i) => {
    const before = small[i]!;
    const exponent = Math.log(least(ms) / least(before.ms)) / Math.log(many / few);
    return [
      row(`${question}, ${few} births`, before.ms, before.note),
      {
        ...row(
          `${question}, ${many} births`,
          ms,
          [note, `grows as births^${exponent.toFixed(2)}`].filter((part) => part !== undefined).join('; '),
        ),
        ...(limitMs === undefined
          ? {}
          : { target: `under ${limitMs.toLocaleString('en')} ms`, met: least(ms) < limitMs }),
      },
    ];
  });
}

const row = (what: string, ms: readonly number[], note?: string): Row => ({
  what,
  value: least(ms),
  unit: 'ms',
  raw: ms,
  ...(note === undefined ? {} : { note }),
});

const measured = (births: number): Promise<Timing[]> =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'scale.db');
    const written = openLineage(file, 'write');
    const seconds = await nullRun(written, births);
    written.close();
    console.error(`  ${births} births written in ${seconds.toFixed(0)} s`);
    const lineage = openLineage(file, 'read');
    const ancestry = trees.flatMap((tree) => [commonAncestors(lineage, tree, births), path(lineage, tree)]);
    lineage.close();
    return [
      ...ancestry,
      await command(5000, ['survivorship', '--of', 'architecture', '--db', file]),
      await command(5000, ['survivorship', '--of', 'rule', '--db', file]),
      // Both read back far more than a table: every distinct rule from its text, every ancestor with its mutations.
      await command(undefined, ['survivorship', '--of', 'rule', '--by', 'family', '--db', file]),
      await command(undefined, ['ancestors', String(births - 1), '--json', '--db', file]),
    ];
  });

/** Pairs drawn evenly from all births, so most are far apart. */
function commonAncestors(lineage: Lineage, tree: Tree, births: number): Timing {
  const random = stream(`bench/pairs/${tree}`);
  const drawn = Array.from({ length: pairs }, () => [random.below(births), random.below(births)] as const);
  let worst = 0;
  const ms = timeBlocks(5, 1, () => {
    for (const [a, b] of drawn) {
      const start = performance.now();
      mrca(lineage, tree, individualId(1, a), individualId(1, b));
      worst = Math.max(worst, performance.now() - start);
    }
  }).map((block) => block / pairs);
  return {
    question: `last common ancestor of two, ${tree}`,
    limitMs: 1,
    ms,
    note: `mean of ${pairs} pairs, the worst ${worst.toFixed(2)} ms`,
  };
}

/** From the individual that is farthest from its founder. */
function path(lineage: Lineage, tree: Tree): Timing {
  const deepest = lineage.db
    .prepare<[], number>(`SELECT id FROM individual ORDER BY ${depths[tree]} DESC LIMIT 1`)
    .pluck()
    .get()!;
  let length = 0;
  const ms = timeBlocks(5, 1, () => {
    length = pathToRoot(lineage, tree, deepest).length;
  });
  return { question: `path to the root, ${tree}`, limitMs: 100, ms, note: `${length} individuals` };
}

const unread: Output = { isTerminal: false, colour: false, print() {}, note: console.error };

/** A whole command, from opening the file to the text that it would print. */
async function command(limitMs: number | undefined, line: readonly string[]): Promise<Timing> {
  const ms: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    if ((await main(line, unread)) !== 0) throw new Error(`streetlight ${line.join(' ')} failed`);
    ms.push(performance.now() - start);
  }
  const shown = line.slice(0, line.indexOf('--db')).filter((word) => !/^\d+$/.test(word));
  return {
    question: `streetlight ${shown.join(' ')}`,
    ms,
    ...(limitMs === undefined ? {} : { limitMs }),
  };
}
