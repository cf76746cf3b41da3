/**
 * npm run setup:tensorflow [-- --wheel FILE | --dir DIR | --cuda]: builds TensorFlow.js's add-on against a current libtensorflow, which the engine `tensorflow` needs. Each
 * step that is done is left alone, so that it may be interrupted and started again.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { tensorflowHome } from '../../src/engines/tensorflow/home.ts';
import { compileAddOn, hasAddOn, packageVersion, providePackage } from './add-on.ts';
import { checkSource, fetchLibraries, hasLibraries, type Source } from './libraries.ts';
import { patch } from './patch.ts';
import { lastLines, openShell, SetupError } from './shell.ts';

const help = `npm run setup:tensorflow [-- OPTION]

Builds what the engine \`tensorflow\` needs, in the folder .tensorflow of this clone (about 0.9 GB).
Without an option it gets libtensorflow from the Python package tensorflow-cpu with pip.

  --wheel FILE   take libtensorflow from this wheel of tensorflow or tensorflow-cpu
  --dir DIR      take it from this folder: an unpacked wheel, or \`tensorflow\` in Python's site-packages
  --cuda         get the Python package tensorflow with NVIDIA's libraries (several GB), to train on an NVIDIA GPU
  --again        build everything anew
  --help         this text

It needs Linux, Python 3 with pip, make and a C++ compiler.
`;

const home = tensorflowHome();
const stampFile = join(home, 'setup.json');
const say = (text: string) => process.stderr.write(`${text}\n`);

/** What was built, so that another wish is told from the same one. */
interface Stamp {
  readonly package: string;
  /** Of the changes to its source. */
  readonly patch: string;
  readonly source: Source;
}

function readArguments(): { readonly source: Source | null; readonly again: boolean } | null {
  const { values } = parseArgs({
    options: {
      wheel: { type: 'string' },
      dir: { type: 'string' },
      cuda: { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const sources: Source[] = [
    ...(values.wheel === undefined ? [] : [{ kind: 'wheel', file: resolve(values.wheel) } as const]),
    ...(values.dir === undefined ? [] : [{ kind: 'folder', folder: resolve(values.dir) } as const]),
    ...(values.cuda ? [{ kind: 'pip', cuda: true } as const] : []),
  ];
  if (sources.length > 1)
    throw new SetupError('--wheel, --dir and --cuda exclude each other', 'give one of them, or none');
  return { source: sources[0] ?? null, again: values.again };
}

function readStamp(): Stamp | null {
  if (!existsSync(stampFile)) return null;
  return JSON.parse(readFileSync(stampFile, 'utf8')) as Stamp;
}

/** Loads it in a process of its own, as an add-on that does not fit may end the process. */
async function tryIt(shell: ReturnType<typeof openShell>): Promise<string> {
  const { code, said } = await shell.run(process.execPath, [join(import.meta.dirname, 'try.js')]);
  if (code === 0) return said.trim().split('\n').at(-1)!;
  throw new SetupError(
    `the add-on does not load; it said\n${lastLines(said)}`,
    `try again with --again; all it said is in ${shell.log}`,
  );
}

async function setUp(): Promise<void> {
  const wish = readArguments();
  if (wish === null) {
    process.stdout.write(help);
    return;
  }
  if (process.platform !== 'linux')
    throw new SetupError(
      `this builds on Linux only, and this is ${process.platform}`,
      'leave the engine to auto: the embedded engine runs everywhere',
    );
  if (wish.source !== null) checkSource(wish.source);
  const shell = openShell(join(home, 'setup.log'));
  const stamp = readStamp();
  const source = wish.source ?? stamp?.source ?? { kind: 'pip', cuda: false };
  const sameSource = stamp !== null && JSON.stringify(stamp.source) === JSON.stringify(source);
  const samePackage = stamp?.package === packageVersion() && stamp.patch === patch;
  const isBuilt = sameSource && samePackage && hasLibraries(home) && hasAddOn();

  if (wish.again) rmSync(join(home, 'node_modules'), { recursive: true, force: true });
  say(`JavaScript package ${packageVersion()}: ${await providePackage(home, shell)}`);
  const keepLibraries = hasLibraries(home) && !wish.again && (sameSource || wish.source === null);
  if (keepLibraries) say('libtensorflow: there already');
  else {
    say(`libtensorflow: from ${describe(source)} ...`);
    await fetchLibraries(source, home, shell);
    rmSync(stampFile, { force: true });
  }
  if (isBuilt && !wish.again && hasAddOn()) say('add-on: there already');
  else {
    say('add-on: compiling, about 20 seconds ...');
    await compileAddOn(home, shell);
  }
  say(`It works: ${await tryIt(shell)}. Use it with --engine tensorflow.`);
  writeFileSync(
    stampFile,
    `${JSON.stringify({ package: packageVersion(), patch, source } satisfies Stamp, null, 2)}\n`,
  );
}

function describe(source: Source): string {
  if (source.kind === 'wheel') return source.file;
  if (source.kind === 'folder') return source.folder;
  return source.cuda ? 'tensorflow with CUDA, several GB, by pip' : 'tensorflow-cpu, 270 MB, by pip';
}

try {
  await setUp();
} catch (error) {
  if (error instanceof SetupError) say(`setup:tensorflow: ${error.message}\n    hint: ${error.hint}`);
  else if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
    say(`setup:tensorflow: ${(error as Error).message}\n\n${help}`);
  else throw error;
  process.exitCode = error instanceof SetupError ? 1 : 2;
}
