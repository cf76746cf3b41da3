/** Registrations of studies: what was to be done and analysed, written down before it was. Append-only. */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { inPlace } from './in-place.ts';
import type { Lineage } from './open.ts';

/** A registration as it is stored. */
export interface Registration {
  readonly id: number;
  /** The study's name. */
  readonly study: string;
  /** SHA-256 (hex) of `content`. */
  readonly hash: string;
  /** JSON. */
  readonly content: string;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly registeredAt: string;
  /** The newest run in the file at that time; 0 for none. */
  readonly lastRun: number;
}

interface Row {
  readonly id: number;
  readonly study: string;
  readonly hash: string;
  readonly content: string;
  readonly versions: string;
  readonly registered_at: string;
  readonly last_run: number;
  readonly digest: Uint8Array;
}

/** Of a study, the oldest first; none in a file of an earlier schema. */
export function registrationsOf({ db }: Lineage, study: string): Registration[] {
  if (!hasRegistrations(db)) return [];
  return db
    .prepare<[string], Row>('SELECT * FROM registration WHERE study = ? ORDER BY id')
    .all(study)
    .map(({ id, hash, content, versions, registered_at, last_run }) => ({
      ...{ id, study, hash, content, registeredAt: registered_at, lastRun: last_run },
      versions: JSON.parse(versions) as Record<string, string>,
    }));
}

/** Writes a registration. @throws WriteFailure where the disk or the file lets it not. */
export function register(
  lineage: Lineage,
  { study, content, versions, registeredAt }: Omit<Registration, 'id' | 'hash' | 'lastRun'>,
): Registration {
  const { db } = lineage;
  const hash = sha256(content).toString('hex');
  const write = db.transaction((): Registration => {
    const newest = (table: 'run' | 'registration') =>
      db.prepare<[], number>(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get()!;
    const [lastRun, id] = [newest('run'), newest('registration') + 1];
    const values = [id, study, hash, content, JSON.stringify(versions), registeredAt, lastRun] as const;
    db.prepare('INSERT INTO registration VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(...values, digestOf(values));
    return { id, study, hash, content, versions, registeredAt, lastRun };
  });
  return inPlace(lineage, null, () => write.immediate());
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const digestOf = (values: readonly unknown[]): Buffer => sha256(JSON.stringify(values)).subarray(0, 8);

/** A file of an earlier schema that could not be brought up to date has none. */
const hasRegistrations = (db: Database): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'registration'").get() !==
  undefined;

/** Registrations that are not what was written, or gone from among others. That the last one is gone leaves no trace in the file: its hash is to be published. */
export function registrationFindings(db: Database): string[] {
  if (!hasRegistrations(db)) return [];
  const rows = db.prepare<[], Row>('SELECT * FROM registration ORDER BY id').all();
  const changed = rows.flatMap(({ digest, versions, registered_at, last_run, ...row }) => {
    const { id, study, hash, content } = row;
    const values = [id, study, hash, content, versions, registered_at, last_run];
    const isSound = digestOf(values).equals(digest) && sha256(content).toString('hex') === hash;
    return isSound ? [] : [`registration ${id}, of study ${study}, is not what was written`];
  });
  const ids = new Set(rows.map(({ id }) => id));
  const gone = Array.from({ length: rows.at(-1)?.id ?? 0 }, (_, i) => i + 1).filter((id) => !ids.has(id));
  return gone.length === 0
    ? changed
    : [...changed, `${gone.length} registrations are gone, the first of them ${gone[0]}`];
}
