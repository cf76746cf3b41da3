/**
 * libtensorflow, taken from a Python wheel: two libraries and the headers of the C interface. They end in `<home>/libtensorflow`, either copied out of a wheel or as links
 * into a folder where the wheel is unpacked already. Nothing half done is ever left under that name.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lastLines, SetupError, type Shell } from './shell.ts';

/** Where the libraries are to come from; paths are absolute. */
export type Source =
  | { readonly kind: 'pip'; readonly cuda: boolean }
  | { readonly kind: 'wheel'; readonly file: string }
  | { readonly kind: 'folder'; readonly folder: string };

const tensorflowVersion = '2.21.0';
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const python = process.env['PYTHON'] ?? 'python3';

export const placeOfLibraries = (home: string) => join(home, 'libtensorflow');

/** Complete, and not links into a folder that has gone. */
export const hasLibraries = (home: string): boolean =>
  libraries.every((name) => existsSync(join(placeOfLibraries(home), 'lib', name)));

export async function fetchLibraries(source: Source, home: string, shell: Shell): Promise<void> {
  const partial = join(home, 'libtensorflow.partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'lib'), { recursive: true });
  switch (source.kind) {
    case 'folder':
      linkFolder(source.folder, partial);
      break;
    case 'wheel':
      await unpack(source.file, partial, shell);
      break;
    case 'pip':
      if (source.cuda) linkFolder(await installCuda(home, shell), partial);
      else await unpack(await download(home, shell), partial, shell);
  }
  // The add-on is linked with -ltensorflow and -ltensorflow_framework.
  symlinkSync(libraries[0], join(partial, 'lib', 'libtensorflow.so'));
  symlinkSync(libraries[1], join(partial, 'lib', 'libtensorflow_framework.so'));
  rmSync(placeOfLibraries(home), { recursive: true, force: true });
  renameSync(partial, placeOfLibraries(home));
  rmSync(downloads(home), { recursive: true, force: true });
}

const downloads = (home: string) => join(home, 'download');

/** The wheel for this machine's processor. Any Python version's will do, as no Python is run from it. */
async function download(home: string, shell: Shell): Promise<string> {
  const folder = downloads(home);
  mkdirSync(folder, { recursive: true });
  const found = () => readdirSync(folder).find((name) => name.endsWith('.whl'));
  const before = found();
  if (before !== undefined) return join(folder, before);
  const name = process.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
  const arguments_ = ['download', '--no-deps', '--only-binary=:all:', '--dest', folder];
  const wanted = `${name}==${tensorflowVersion}`;
  const own = await pip(shell, [...arguments_, wanted]);
  if (own.code === 0) return join(folder, found()!);
  const platform = `manylinux_2_27_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`;
  const other = await pip(shell, [...arguments_, '--python-version=3.12', `--platform=${platform}`, wanted]);
  if (other.code === 0) return join(folder, found()!);
  throw noWheel(wanted, own.said);
}

/** TensorFlow with NVIDIA's libraries beside it, as pip installs them; it finds them there by itself. */
async function installCuda(home: string, shell: Shell): Promise<string> {
  const folder = join(home, 'python');
  const wanted = `tensorflow[and-cuda]==${tensorflowVersion}`;
  const { code, said } = await pip(shell, [
    'install',
    '--no-compile',
    '--upgrade',
    '--target',
    folder,
    wanted,
  ]);
  if (code !== 0) throw noWheel(wanted, said);
  return join(folder, 'tensorflow');
}

async function pip(shell: Shell, args: readonly string[]) {
  try {
    return await shell.run(python, ['-m', 'pip', ...args]);
  } catch {
    throw new SetupError(
      `there is no ${python} on this machine`,
      'install Python 3 with pip, or name one in the environment variable PYTHON',
    );
  }
}

function noWheel(wanted: string, said: string): SetupError {
  if (/No module named pip/.test(said))
    return new SetupError(
      `${python} has no pip`,
      'install it (Debian: apt install python3-pip), or get the wheel elsewhere and give it with --wheel FILE',
    );
  return new SetupError(
    `pip did not get ${wanted}; it said\n${lastLines(said)}`,
    'offline? Fetch the wheel where there is a network and give it with --wheel FILE, or the folder of an installed TensorFlow with --dir DIR',
  );
}

/** Python reads the wheel (a zip file): node-gyp needs it anyhow. Of 1.2 GB it takes the two libraries and the headers of the C interface. */
const unpacker = `
import os, shutil, sys, zipfile
wheel, target = sys.argv[1:]
headers = ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/')
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.is_dir() or not entry.filename.startswith('tensorflow/'): continue
        name = entry.filename[len('tensorflow/'):]
        if name in (${libraries.map((name) => `'${name}'`).join(', ')}): into = os.path.join(target, 'lib', name)
        elif name.startswith('include/') and name[len('include/'):].startswith(headers): into = os.path.join(target, name)
        else: continue
        os.makedirs(os.path.dirname(into), exist_ok=True)
        with archive.open(entry) as source, open(into, 'wb') as sink: shutil.copyfileobj(source, sink, 1 << 22)
`;

async function unpack(wheel: string, target: string, shell: Shell): Promise<void> {
  const { code, said } = await shell.run(python, ['-c', unpacker, wheel, target]).catch(() => {
    throw new SetupError(
      `there is no ${python} on this machine, and a wheel is unpacked with it`,
      'install Python 3, name one in the environment variable PYTHON, or unpack the wheel and give its folder with --dir DIR',
    );
  });
  if (code !== 0)
    throw new SetupError(
      `${basename(wheel)} could not be unpacked; Python said\n${lastLines(said)}`,
      'a broken download? Remove it and try again',
    );
  if (!libraries.every((name) => existsSync(join(target, 'lib', name))))
    throw new SetupError(
      `${basename(wheel)} holds no ${libraries[0]}`,
      'it should be a wheel of tensorflow or tensorflow-cpu for Linux, 2.13 or newer',
    );
}

/** Refuses at once what cannot be used, before anything is touched. */
export function checkSource(source: Source): void {
  if (source.kind === 'folder') folderOfLibraries(source.folder);
  if (source.kind === 'wheel' && !existsSync(source.file))
    throw new SetupError(`there is no file ${source.file}`, 'give the path of a .whl file');
}

function folderOfLibraries(given: string): string {
  const folder = [given, join(given, 'tensorflow')].find((path) =>
    libraries.every((name) => existsSync(join(path, name))),
  );
  if (folder !== undefined) return folder;
  throw new SetupError(
    `${given} holds no ${libraries[0]}`,
    "give the folder `tensorflow` of an unpacked wheel, or of Python's site-packages",
  );
}

/** Links, not copies: NVIDIA's libraries are found relative to TensorFlow's, in a folder `nvidia` beside it. */
function linkFolder(given: string, target: string): void {
  const folder = folderOfLibraries(given);
  for (const name of libraries) symlinkSync(join(folder, name), join(target, 'lib', name));
  symlinkSync(join(folder, 'include'), join(target, 'include'));
  const nvidia = join(dirname(folder), 'nvidia');
  if (existsSync(nvidia)) symlinkSync(nvidia, join(target, 'nvidia'));
}
