/** The JavaScript package, and its native add-on compiled against `<home>/libtensorflow`. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { builtAddOn, builtPackage, tensorflowPackage } from '../../src/engines/tensorflow/home.ts';
import { packageRoot } from '../../src/genome/known.ts';
import { placeOfLibraries } from './libraries.ts';
import { makeSafeForThreads } from './patch.ts';
import { lastLines, SetupError, type Shell } from './shell.ts';

export const packageVersion = (): string => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  return optionalDependencies[tensorflowPackage]!;
};

export const hasAddOn = (): boolean => existsSync(builtAddOn());

/**
 * A copy of the package in the private folder, where its add-on is built: `npm ci` cannot remove it there. What it requires is found in the clone's own node_modules, one
 * level up; where npm has dropped the optional package from there, everything is fetched into the private folder.
 */
export async function providePackage(home: string, shell: Shell): Promise<string> {
  if (isUsable()) return 'there already';
  const installed = join(packageRoot(), 'node_modules', tensorflowPackage);
  rmSync(join(home, 'node_modules'), { recursive: true, force: true });
  if (existsSync(join(installed, 'binding.gyp'))) {
    mkdirSync(dirname(builtPackage()), { recursive: true });
    for (const part of ['package.json', 'binding.gyp', 'binding', 'dist'])
      cpSync(join(installed, part), join(builtPackage(), part), { recursive: true });
    return "copied from the clone's node_modules";
  }
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const wanted = `${tensorflowPackage}@${packageVersion()}`;
  const npm = process.env['npm_execpath'];
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--prefix',
    home,
  ];
  const { code, said } =
    npm === undefined
      ? await shell.run('npm', [...args, wanted])
      : await shell.run(process.execPath, [npm, ...args, wanted]);
  if (code !== 0)
    throw new SetupError(
      `npm did not get ${wanted}; it said\n${lastLines(said)}`,
      'this step needs the npm registry; try again when it can be reached',
    );
  return 'fetched with npm';
}

/** Of the right version, and what it requires can be found. */
function isUsable(): boolean {
  try {
    const { version } = JSON.parse(readFileSync(join(builtPackage(), 'package.json'), 'utf8')) as {
      version: string;
    };
    createRequire(join(builtPackage(), 'dist', 'index.js')).resolve('@tensorflow/tfjs');
    return version === packageVersion() && existsSync(join(builtPackage(), 'binding.gyp'));
  } catch {
    return false;
  }
}

/** By the package's own build description, from its source made safe for threads; it looks for libtensorflow in `deps`, when linking and when running. */
export async function compileAddOn(home: string, shell: Shell): Promise<void> {
  const folder = builtPackage();
  makeSafeForThreads(folder);
  rmSync(join(folder, 'deps'), { recursive: true, force: true });
  rmSync(join(folder, 'lib'), { recursive: true, force: true });
  symlinkSync(placeOfLibraries(home), join(folder, 'deps'));
  const { code, said } = await shell.run(
    process.execPath,
    [
      nodeGyp(),
      'rebuild',
      '--module_name=tfjs_binding',
      `--module_path=${dirname(builtAddOn())}`,
      '--napi_build_version=8',
      ...headersAtHand(),
    ],
    { cwd: folder },
  );
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  if (code !== 0 || !hasAddOn())
    throw new SetupError(
      `the add-on did not compile; node-gyp said\n${lastLines(said, 12)}`,
      `a C++ compiler, make and Python are needed (Debian: apt install g++ make python3); all it said is in ${shell.log}`,
    );
}

/** npm brings node-gyp and says where it is. */
function nodeGyp(): string {
  const named = process.env['npm_config_node_gyp'];
  if (named !== undefined && existsSync(named)) return named;
  throw new SetupError(
    'node-gyp was not found',
    'start this with `npm run setup:tensorflow`, as npm brings it',
  );
}

/** Headers installed with Node; otherwise node-gyp gets them. */
function headersAtHand(): string[] {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}
