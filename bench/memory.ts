/** How much memory does a worker hold, and does each hold a copy of the data set? Searches in processes of their own, sampled while their workers live. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/genome/known.ts';
import { documentText, type Override, parseDocument } from '../src/search-space/document.ts';
import { askScript, type Bench, inTemporaryFolder, median, type Row } from './lib.ts';
import { writeMadeUpIdx } from './made-up-idx.ts';
import type { ResidentReply, ResidentRequest } from './resident.ts';

const few = 1;
const many = 4;
/** Told births from one sample to the next. */
const every = 25;
const mebibyte = 2 ** 20;

/** Splits that a worker reads, as a share of the rows of a file: training and `search`. */
const shareRead = 0.6 + 0.15;

interface Case {
  readonly name: string;
  readonly task: readonly Override[];
}

interface Sampled {
  readonly few: ResidentReply;
  readonly many: ResidentReply;
}

export const memory: Bench = {
  question: 'How much memory does a worker hold, and does each hold a copy of the data set?',
  // A worker's memory stops growing, as V8 lets old code go, after about a thousand genomes.
  run: () => memoryRows({ birthsPerWorker: 1500, examples: 20_000 }),
};

export const memoryRows = (sizes: { birthsPerWorker: number; examples: number }): Promise<Row[]> =>
  inTemporaryFolder(async (folder) => {
    const side = 28;
    const files = writeMadeUpIdx(folder, sizes.examples, side);
    const small = { name: 'MNIST-1D', task: [] };
    const large = {
      name: `${sizes.examples} x ${side * side}`,
      task: [
        { path: 'task.name', value: 'idx' },
        { path: 'task.path', value: JSON.stringify(files.path) },
        { path: 'task.labels', value: JSON.stringify(files.labels) },
      ],
    };
    const onSmall = sample(small, sizes.birthsPerWorker, folder);
    const onLarge = sample(large, sizes.birthsPerWorker, folder);
    const beyond = perFurtherWorker(onLarge) - perFurtherWorker(onSmall);
    const copy = 4 * side * side * sizes.examples * shareRead;
    return [
      ...rows(small, onSmall, true),
      ...rows(large, onLarge, false),
      {
        what: `each further worker on ${large.name} beyond one on ${small.name}`,
        value: beyond / mebibyte,
        unit: 'MiB',
        target: `not copied: under a quarter of the ${(copy / mebibyte).toFixed(0)} MiB that training and search splits take as float32`,
        met: beyond < copy / 4,
      },
    ];
  });

/** The shipped joint search with another task, short trainings, and the same limits for every task. */
function sample({ name, task }: Case, birthsPerWorker: number, folder: string): Sampled {
  const path = join(packageRoot(), 'search-spaces', 'mnist1d.yaml');
  const ask = (workers: number) => {
    const document = parseDocument(readFileSync(path, 'utf8'), path, [
      ...task,
      { path: 'evolution.births', value: String(birthsPerWorker * workers) },
      { path: 'evaluation.steps', value: '30' },
      { path: 'limits.parameters', value: '200000' },
    ]);
    if (!document.ok) throw new Error(JSON.stringify(document.issues));
    const request: ResidentRequest = { text: documentText(document.value), workers, folder, every };
    const reply = askScript<ResidentReply>(join(import.meta.dirname, 'resident.js'), request, [
      '--expose-gc',
    ]);
    if (reply.workersLost > 0) throw new Error(`${name} lost ${reply.workersLost} workers`);
    return reply;
  };
  return { few: ask(few), many: ask(many) };
}

/** Resident bytes once every worker has worked: the median of the second half. */
const settled = ({ samples }: ResidentReply) => median(samples.slice(Math.floor(samples.length / 2)));
const highest = ({ samples }: ResidentReply) => samples.reduce((a, b) => Math.max(a, b));

const perFurtherWorker = (sampled: Sampled) => (settled(sampled.many) - settled(sampled.few)) / (many - few);

function rows({ name }: Case, sampled: Sampled, judged: boolean): Row[] {
  const growth = (highest(sampled.many) - sampled.many.before) / many / mebibyte;
  return [
    {
      what: `whole process, ${name}, ${many} workers`,
      value: highest(sampled.many) / mebibyte,
      unit: 'MiB',
      raw: [sampled.many.before, ...sampled.many.samples],
      note: `raw: bytes before the search, then every ${every} births; ${(sampled.many.most / mebibyte).toFixed(0)} MiB at its most, opening the task`,
    },
    {
      what: `growth over the process before the search, per worker, ${name}`,
      value: growth,
      unit: 'MiB',
      ...(judged ? { target: 'under 150 MiB a worker', met: growth < 150 } : {}),
      note: 'shares of the main thread and of the task are in it',
    },
    {
      what: `each further worker, ${few} to ${many}, ${name}`,
      value: perFurtherWorker(sampled) / mebibyte,
      unit: 'MiB',
      raw: [sampled.few.before, ...sampled.few.samples],
      note: `raw: the process with ${few} worker`,
    },
  ];
}
