/** Checks of what the event hash leaves out: curves and times by their digest, the order of rows by counting, chromosomes and traits by digests of their own. */
import type { Database } from 'better-sqlite3';
import { hashOfText } from '../genome/identity.ts';
import type { TraitValue } from '../traits/table.ts';
import { individualId } from './pack.ts';
import type { RunRow } from './runs.ts';
import { type Sealed, sealBirth, sealOf, unsealedBirths } from './seal.ts';
import { traitDigest } from './trait-digest.ts';

/** What is wrong with curves and times of a run, or null. Of births told by an earlier version there is no digest. */
export function birthDigestFinding(db: Database, { run, lastTold }: RunRow): string | null {
  const seal = sealOf(db, run);
  if (seal === null) return null;
  let births = unsealedBirths;
  for (const sealed of storedSealed(db, individualId(run, seal.since), individualId(run, lastTold)))
    births = sealBirth(births, sealed);
  if (seal.since <= lastTold + 1 && Buffer.from(seal.births).equals(births)) return null;
  return `a curve or a time of births ${seal.since} to ${lastTold}, or their digest, is not what was written`;
}

/** Births with an id from one to another as the rows have them, bytes as they are. */
function* storedSealed(db: Database, from: number, to: number): Generator<Sealed> {
  const trainings = db
    .prepare<[number], Uint8Array>('SELECT curve FROM training WHERE individual = ? ORDER BY ord')
    .pluck();
  const births = db
    .prepare<[number, number], [id: number, curve: Uint8Array, cpu: number | null, probe: number | null]>(
      `SELECT e.individual, e.curve, t.cpu_us, t.probe_us FROM evaluation e LEFT JOIN timing t ON t.individual = e.individual
       WHERE e.individual BETWEEN ? AND ? ORDER BY e.individual`,
    )
    .raw();
  for (const [id, curve, cpu, probe] of births.iterate(from, to))
    yield {
      curves: [curve, ...trainings.all(id)],
      times: cpu === null || probe === null ? null : [cpu, probe],
    };
}

/** Where rows of a birth are not numbered from 0 on, or a death is told by a birth that the run does not have. The event hash covers their order and not their numbers. */
export function orderFindings(db: Database, { run, lastTold }: RunRow): string[] {
  const [from, to] = [individualId(run, 0), individualId(run + 1, 0) - 1];
  const odd = (table: string, group: string) =>
    db
      .prepare<[number, number], number>(
        `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE individual BETWEEN ? AND ? GROUP BY ${group}
         HAVING min(ord) <> 0 OR max(ord) <> count(*) - 1 OR count(DISTINCT ord) <> count(*))`,
      )
      .pluck()
      .get(from, to)!;
  const late = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM death WHERE individual BETWEEN ? AND ? AND event > ?',
    )
    .pluck()
    .get(from, to, lastTold)!;
  return [
    ...(
      [
        ['mutation', 'individual'],
        ['training', 'individual'],
        ['death', 'event'],
      ] as const
    ).flatMap(([table, group]) =>
      odd(table, group) === 0 ? [] : [`rows of ${table} are not numbered from 0 on within each ${group}`],
    ),
    ...(late === 0 ? [] : [`${late} deaths are told by births after the last one, ${lastTold}`]),
  ];
}

/** Chromosomes whose stored hash is not that of their text. One that nobody has may be either: assays train rules that no run had. */
export function blockHashFindings(db: Database): string[] {
  const blocks = db
    .prepare<[], [id: number, hash: Uint8Array, canon: string, architecture: 0 | 1, rule: 0 | 1]>(
      `SELECT id, hash, canon, id IN (SELECT architecture FROM individual), id IN (SELECT rule FROM individual) FROM block ORDER BY id`,
    )
    .raw();
  const findings: string[] = [];
  for (const [id, hash, canon, isArchitecture, isRule] of blocks.iterate()) {
    const of = (kind: 'architecture' | 'rule') =>
      Buffer.from(hashOfText(kind, canon).slice(0, 12), 'hex').equals(hash);
    const isUnused = isArchitecture === 0 && isRule === 0;
    const isSound = isUnused
      ? of('architecture') || of('rule')
      : (isArchitecture === 0 || of('architecture')) && (isRule === 0 || of('rule'));
    if (!isSound) findings.push(`the text of block ${id} does not have the hash that is stored`);
  }
  return findings;
}

/** Traits of which some value is not what was computed. */
export function traitFindings(db: Database): string[] {
  const hasTraits = db
    .prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('trait', 'trait_value')")
    .pluck()
    .get();
  if (hasTraits !== 2) return [];
  const rows = db
    .prepare<
      [],
      [target: string, name: string, version: number, block: number, value: TraitValue, digest: Uint8Array]
    >(
      'SELECT t.target, t.name, t.version, v.block, v.value, v.digest FROM trait_value v JOIN trait t ON t.id = v.trait',
    )
    .raw();
  const wrong = new Map<string, number>();
  for (const [target, name, version, block, value, digest] of rows.iterate())
    if (!traitDigest({ target, name, version, block, value }).equals(digest))
      wrong.set(`${target}.${name}`, (wrong.get(`${target}.${name}`) ?? 0) + 1);
  return [...wrong].map(
    ([trait, values]) =>
      `${values} values of the trait ${trait} are not what was computed (traits may be dropped: DELETE FROM trait_value)`,
  );
}
