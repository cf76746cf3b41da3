/** What do questions to a large lineage database cost? Runs by the real controller with a null evaluator, read back as the commands read. */
import { join } from 'node:path';
import { mrca, pathToRoot, type Tree } from '../src/lineage/ancestry.ts';
import { type Lineage, openLineage } from '../src/lineage/open.ts';
import { individualId } from '../src/lineage/pack.ts';
import { stream } from '../src/random/stream.ts';
import type { AnswerReply, AnswerRequest } from './answer.ts';
import { askScript, type Bench, inTemporaryFolder, least, type Row, timeBlocks } from './lib.ts';
import { nullRun } from './null-run.ts';
import { type ReadingName, readings } from './readings.ts';

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
  /** The most that its process held, where it had one of its own. */
  readonly bytes?: number;
  readonly note?: string;
}

/** No question may take more memory than this. */
const mostMebibytes = 1024;
const mebibyte = 2 ** 20;

export const lineageScale: Bench = {
  question:
    'At a million births, what do common ancestors, paths to the root, taxa, trees, survivorship tables and a Cox regression cost in time and memory, and how does that grow?',
  run: () => lineageScaleRows(100_000, 1_000_000),
};

/** Rows for both sizes, and how each cost grows from the one to the other. */
export async function lineageScaleRows(few: number, many: number): Promise<Row[]> {
  const small = await measured(few);
  const large = await measured(many);
  return large.flatMap(({ question, limitMs, ms, bytes, note }, i) => {
    const before = small[i]!;
    const power = (a: number, b: number) => (Math.log(b / a) / Math.log(many / few)).toFixed(2);
    const grows = (what: string, exponent: string) => `${what} as births^${exponent}`;
    const time = grows('grows', power(least(before.ms), least(ms)));
    return [
      row(`${question}, ${few} births`, before.ms, before.note),
      {
        ...row(
          `${question}, ${many} births`,
          ms,
          [note, time].filter((part) => part !== undefined).join('; '),
        ),
        ...(limitMs === undefined
          ? {}
          : { target: `under ${limitMs.toLocaleString('en')} ms`, met: least(ms) < limitMs }),
      },
      ...(bytes === undefined
        ? []
        : [
            {
              what: `memory of ${question}, ${many} births`,
              value: bytes / mebibyte,
              unit: 'MiB',
              ...{ target: `under ${mostMebibytes} MiB`, met: bytes < mostMebibytes * mebibyte },
              ...{ raw: [before.bytes!, bytes], note: grows('grows', power(before.bytes!, bytes)) },
            },
          ]),
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
      ...(Object.keys(readings) as ReadingName[]).map((name) => reading(file, name)),
      command(file, 5000, 3, ['survivorship', '--of', 'architecture']),
      command(file, 5000, 3, ['survivorship', '--of', 'rule']),
      command(file, 5000, 3, ['survivorship', '--of', 'genome']),
      // The first time every distinct rule is read from its text; afterwards the file knows its family.
      command(file, undefined, 1, ['survivorship', '--of', 'rule', '--by', 'family'], ', first time'),
      command(file, 5000, 3, ['survivorship', '--of', 'rule', '--by', 'family']),
      // A Cox regression with many groups.
      command(file, undefined, 1, ['survivorship', '--of', 'rule', '--by', 'instructions'], ', first time'),
      command(file, 10_000, 3, ['survivorship', '--of', 'rule', '--by', 'instructions', '--quantiles', '30']),
      command(file, undefined, 3, ['ancestors', String(births - 1), '--json']),
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

const ask = (request: AnswerRequest): AnswerReply =>
  askScript<AnswerReply>(join(import.meta.dirname, 'answer.js'), request);

/** A whole command, from opening the file to the text that it would print. */
function command(
  file: string,
  limitMs: number | undefined,
  times: number,
  line: readonly string[],
  when = '',
): Timing {
  const { ms, bytes } = ask({ file, times, ask: { line } });
  const shown = line.filter((word) => !/^\d{3,}$/.test(word));
  return {
    question: `streetlight ${shown.join(' ')}${when}`,
    ...{ ms, bytes },
    ...(limitMs === undefined ? {} : { limitMs }),
  };
}

function reading(file: string, name: ReadingName): Timing {
  const { question, limitMs } = readings[name];
  const { ms, bytes, note } = ask({ file, times: 3, ask: { reading: name } });
  return { question, limitMs, ms, bytes, note: note! };
}
