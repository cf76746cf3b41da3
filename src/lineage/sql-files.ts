/** Where the SQL of the package lies: `db/` beside package.json, found from the sources and from `dist` alike. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of db/, by its name without the ending. */
export interface SqlFile {
  readonly name: string;
  readonly text: string;
}

function databaseFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'db', 'migrations'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('The folder db/migrations is missing from this installation.');
    folder = above;
  }
  return join(folder, 'db');
}

/** The `.sql` files of one folder under `db/`, in order of name; names without the ending. */
export function sqlFiles(folder: 'migrations' | 'queries'): readonly SqlFile[] {
  const path = join(databaseFolder(), folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name: name.slice(0, -'.sql'.length), text: readFileSync(join(path, name), 'utf8') }));
}
