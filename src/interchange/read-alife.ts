/** A phylogeny from ALife's CSV (Lalejini et al. 2019), of this program or another. */
import type { Issue, Result } from '../notation/issue.ts';
import { fail, ok } from '../notation/issue.ts';
import { type CsvProblem, type CsvRow, csvReader } from '../tasks/csv-rows.ts';
import { listed, shortened } from '../tasks/quoted.ts';
import { isNothing, readAncestors, readEnd, readId, readTime } from './alife-cells.ts';
import { piecesOf, reading } from './file-pieces.ts';
import { type Disorder, parentsFirst } from './parents-first.ts';
import type { PhylogenyRecord, UntoldTimes } from './phylogeny-record.ts';

/** No more issues than this are listed: a file that is no phylogeny is wrong in every line. */
const mostIssues = 20;

interface Row {
  readonly line: number;
  readonly id: number;
  readonly ancestors: readonly number[];
  /** null where the file does not say. */
  readonly origin: number | null;
  readonly destruction: number | null;
  readonly members: number | null;
}

/** What the standard asks for. */
const needed = ['id', 'ancestor_list'] as const;
/** What is read where it is there. */
const optional = ['origin_time', 'destruction_time', 'num_orgs'] as const;

type Column = (typeof needed)[number] | (typeof optional)[number];
type Columns = Readonly<Partial<Record<Column, number>>> & { readonly width: number };

type Complain = (line: number, code: string, message: string, hint?: string) => void;

/**
 * Gzipped or not, separated by commas, tabs or semicolons. Columns: `id` and `ancestor_list`, which the standard asks for; `origin_time`, `destruction_time` and `num_orgs`, the living
 * members, where they are there; more are passed over. Times in the file's units. Everything that is wrong is told, with file and line.
 * @throws UserError where the file cannot be read at all
 */
export function readAlife(path: string): Result<PhylogenyRecord> {
  const issues: Issue[] = [];
  const complain: Complain = (line, code, message, hint) => {
    if (issues.length < mostIssues)
      issues.push({
        code: `phylogeny-${code}`,
        path,
        line,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
  };
  const rows = reading(path, () => readRows(path, complain, () => issues.length >= mostIssues));
  if (issues.length > 0) return fail(issues);
  const record = arranged(rows, complain);
  return issues.length > 0 ? fail(issues) : ok(record!);
}

/** The separator between which the columns that are needed stand. */
function separatorIn(firstLine: string): string {
  const names = (separator: string) =>
    firstLine.split(separator).map((name) => name.replaceAll('"', '').trim());
  return [',', '\t', ';'].find((separator) => names(separator).includes('id')) ?? ',';
}

function readRows(path: string, complain: Complain, isEnough: () => boolean): Row[] {
  const reader = csvReader({ separator: separatorIn, innerQuotes: 'keep' });
  const rows: Row[] = [];
  let columns: Columns | null = null;
  const take = (found: readonly (CsvRow | CsvProblem)[]) => {
    for (const row of found) {
      if ('problem' in row) complain(row.line, 'damaged', `this is not CSV: ${row.problem}`, row.hint);
      else if (columns !== null) {
        const read = rowIn(row, columns, complain);
        if (read !== null) rows.push(read);
      } else if (!row.cells[0]!.startsWith('#')) columns = columnsIn(row, complain);
      if (isEnough()) return;
    }
  };
  for (const piece of piecesOf(path)) {
    take(reader.push(piece));
    if (isEnough() || reader.isStuck()) break;
  }
  if (!isEnough()) take(reader.end());
  if (columns === null) complain(1, 'foreign', 'this file is empty', 'export it again');
  else if (rows.length === 0 && !isEnough() && 'id' in columns && 'ancestor_list' in columns)
    complain(1, 'damaged', 'there is no row below the first line', 'export the whole record');
  return rows;
}

function columnsIn({ line, cells }: CsvRow, complain: Complain): Columns {
  const missing = needed.filter((name) => !cells.includes(name));
  if (missing.length > 0)
    complain(
      line,
      'foreign',
      `this is no phylogeny: there is no column ${missing.join(', ')}`,
      `ALife's standard asks for the columns ${needed.join(', ')}; ${optional.slice(0, 2).join(', ')} are read where they are there`,
    );
  const known = [...needed, ...optional];
  const twice = known.filter((name) => cells.indexOf(name) !== cells.lastIndexOf(name));
  if (twice.length > 0)
    complain(line, 'foreign', `there is more than one column ${listed(twice)}`, 'rename or delete one');
  const places = known.flatMap((name) => (cells.includes(name) ? [[name, cells.indexOf(name)]] : []));
  return { ...Object.fromEntries(places), width: cells.length };
}

function rowIn({ line, cells }: CsvRow, columns: Columns, complain: Complain): Row | null {
  if (cells.every((cell) => cell === '') || columns.id === undefined || columns.ancestor_list === undefined)
    return null;
  if (cells.length !== columns.width) {
    const isList = cells.length > columns.width && cells.some((cell) => cell.startsWith('['));
    complain(
      line,
      'damaged',
      `${cells.length} cells, where the first line names ${columns.width}`,
      isList
        ? 'put lists of more than one ancestor in double quotes: "[3,7]"'
        : 'the file may be cut short: export it again, or mend the line',
    );
    return null;
  }
  const number = (name: Column, read: (text: string) => number | null, meant: string): number | null => {
    const place = columns[name];
    if (place === undefined) return null;
    const value = read(cells[place]!);
    if (value === null)
      complain(line, 'damaged', `${name} is \`${shortened(cells[place]!)}\`: it must be ${meant}`);
    return value;
  };
  const list = cells[columns.ancestor_list]!;
  const ancestors = readAncestors(list);
  if (ancestors === null)
    complain(
      line,
      'damaged',
      `ancestor_list is \`${shortened(list)}\``,
      'write [none], [3] or [3,7]; ids are whole numbers',
    );
  else if (ancestors.length > 2)
    complain(line, 'ancestors', `${ancestors.length} parents: at most two can be read`);
  const members =
    columns.num_orgs === undefined || isNothing(cells[columns.num_orgs]!)
      ? null
      : number('num_orgs', readTime, 'a number');
  const id = number('id', readId, `a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`);
  return {
    ...{ line, id: id ?? -1, ancestors: ancestors ?? [], members },
    origin:
      columns.origin_time === undefined || isNothing(cells[columns.origin_time]!)
        ? null
        : number('origin_time', readTime, 'a number'),
    destruction: number('destruction_time', readEnd, 'a number, or inf'),
  };
}

/** Rows by origin and id, parents before children. null after a complaint. */
function arranged(rows: readonly Row[], complain: Complain): PhylogenyRecord | null {
  const hasOrigins = rows.some(({ origin }) => origin !== null);
  const hasMembers = rows.some(({ members }) => members !== null);
  const hasEnds = rows.some(({ destruction }) => destruction !== null);
  if (hasOrigins)
    for (const { line, origin } of rows)
      if (origin === null)
        complain(
          line,
          'times',
          'origin_time is missing here, and not everywhere',
          'fill it in, or leave the column out',
        );
  const sorted = rows.toSorted((a, b) => (a.origin ?? 0) - (b.origin ?? 0) || a.id - b.id);
  const found = parentsFirst(sorted);
  if ('disorder' in found) {
    complainOf(found.disorder, complain);
    return null;
  }
  const { order } = found;
  const place = new Map(order.map(({ id }, i) => [id, i]));
  const parentOf = (which: 0 | 1) =>
    Int32Array.from(order, ({ ancestors }) =>
      ancestors[which] === undefined ? -1 : place.get(ancestors[which])!,
    );
  if (hasOrigins) complainOfTimes(order, (id) => order[place.get(id)!]!, complain);
  const hasOffspring = new Set(order.flatMap(({ ancestors }) => ancestors));
  const origin = Float64Array.from(order, (row) => row.origin ?? 0);
  const destruction = Float64Array.from(order, (row, i) => {
    const isLiving = hasEnds
      ? row.destruction === Number.POSITIVE_INFINITY
      : hasMembers
        ? (row.members ?? 0) > 0
        : !hasOffspring.has(row.id);
    return isLiving ? Number.POSITIVE_INFINITY : hasEnds && hasOrigins ? row.destruction! : origin[i]!;
  });
  const untold: UntoldTimes[] = [
    ...(hasOrigins ? [] : ['origins' as const]),
    ...(hasEnds ? [] : ['ends' as const]),
  ];
  return {
    id: Float64Array.from(order, ({ id }) => id),
    parent: parentOf(0),
    otherParent: parentOf(1),
    origin,
    destruction,
    members: Float64Array.from(
      order,
      ({ members }, i) => members ?? (destruction[i] === Number.POSITIVE_INFINITY ? 1 : 0),
    ),
    ...(untold.length === 0 ? {} : { untold }),
  };
}

function complainOf({ twice, strangers, circles }: Disorder<Row>, complain: Complain): void {
  for (const [{ line, id }, first] of twice)
    complain(line, 'twice', `id ${id} is there already, in line ${first.line}`);
  for (const [{ line, id }, ancestor] of strangers)
    complain(
      line,
      'ancestors',
      `${id} has the ancestor ${ancestor}, which is not in this file`,
      'export the whole record, not a part',
    );
  for (const circle of circles) {
    const [{ line, id }] = circle as [Row, ...Row[]];
    const ids = circle.length > 8 ? [...circle.slice(0, 4), null, ...circle.slice(-3)] : circle;
    complain(
      line,
      'ancestors',
      `${id} is an ancestor of itself (${ids.map((row) => row?.id ?? '...').join(' -> ')})`,
    );
  }
}

function complainOfTimes(order: readonly Row[], rowOf: (id: number) => Row, complain: Complain): void {
  for (const { line, id, origin, destruction, ancestors } of order) {
    if (destruction !== null && destruction < origin!)
      complain(line, 'times', `${id} ends at ${destruction}, before its origin at ${origin}`);
    for (const ancestor of ancestors)
      if (rowOf(ancestor).origin! > origin!)
        complain(line, 'times', `${id} originates at ${origin}, before its ancestor ${ancestor}`);
  }
}
