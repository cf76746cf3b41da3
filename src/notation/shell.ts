/** Commands and literals that people paste: a path may hold blanks, quotes and leading dashes. */

const isPlain = (word: string) => /^[\w./:=@%+,-]+$/.test(word);

/** One word for a POSIX shell, quoted where it must be. `isOption` says that a leading dash is meant. */
export function shellWord(word: string | number, isOption = false): string {
  const text = String(word);
  const safe = text.startsWith('-') && !isOption ? `./${text}` : text;
  return isPlain(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/** A path for a shell: a file whose name begins with a dash is no option. */
export const shellPath = (path: string): string => shellWord(path);

/** The lineage database of commands that are given none. */
export const defaultDatabase = 'lineage.db';

/** ` --db FILE` for a command on that database; nothing where it is the one that commands take anyway. With STREETLIGHT_DB set nothing is taken for sure: the variable may be that of one command. */
export const onDatabase = (path: string, { STREETLIGHT_DB: other } = process.env): string =>
  path === defaultDatabase && (other === undefined || other === defaultDatabase)
    ? ''
    : ` --db ${shellPath(path)}`;

/** A command of this program on that database, as one pastes it. */
export const commandOn = (path: string, words: string): string =>
  `npx streetlight ${words}${onDatabase(path)}`;

/** A text as R and Python write it: both read the escapes of JSON. */
export const stringLiteral = (text: string): string => JSON.stringify(text);
