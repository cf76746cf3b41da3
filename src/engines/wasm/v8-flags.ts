/** Flags of V8 come and go with its versions, and it complains on standard error of one that it does not know: so it is asked first. */
import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';

/** What threads of one process tell each other: an environment variable is copied to every worker that starts. */
const memo = 'STREETLIGHT_V8_FLAGS';

/** The flags, without dashes, that the text of `node --v8-options` explains; `no-` turns one off. */
export function knownFlags(options: string, flags: readonly string[]): string[] {
  const known = new Set(
    [...options.matchAll(/^\s+--([\w-]+)/gm)].map((match) => match[1]!.replaceAll('_', '-')),
  );
  return flags.filter((flag) => known.has(flag) || known.has(flag.replace(/^no-/, '')));
}

/** Sets those of the flags that this V8 knows. Where Node cannot be started to ask it, none is set: all are about speed alone. */
export function setKnownFlags(flags: readonly string[]): void {
  for (const flag of probed(flags)) setFlagsFromString(`--${flag}`);
}

function probed(flags: readonly string[]): string[] {
  const wanted = `${process.versions.v8}:${flags.join(',')}:`;
  const before = process.env[memo];
  if (before?.startsWith(wanted) === true) return before.slice(wanted.length).split(',').filter(Boolean);
  const { stdout, status } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const known = status === 0 ? knownFlags(stdout, flags) : [];
  process.env[memo] = `${wanted}${known.join(',')}`;
  return known;
}
