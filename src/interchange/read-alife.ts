/** A phylogeny from ALife's CSV, of this program or another. */
import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import type { Issue, Result } from '../notation/issue.ts';
import { fail, ok } from '../notation/issue.ts';
import type { PhylogenyRecord } from './phylogeny-record.ts';

/** No more issues than this are listed: a file that is no phylogeny is wrong in every line. */
const mostIssues = 20;

interface Row {
  readonly line: number;
  readonly id: number;
  readonly ancestors: readonly number[];
  readonly origin: number;
  readonly destruction: number;
  readonly members: number | null;
}

const needed = ['id', 'ancestor_list', 'origin_time', 'destruction_time'] as const;

/** Everything that is wrong, with file and line; more columns than the standard's are passed over, but for `num_orgs`, the living members. */
export function readAlife(path: string): Result<PhylogenyRecord> {
  const issues: Issue[] = [];
  const complain = (line: number, code: string, message: string, hint?: string) => {
    if (issues.length < mostIssues)
      issues.push({
        code: `phylogeny-${code}`,
        path,
        line,
        message,
        ...(hint === undefined ? {} : { hint }),
      });
  };
  const rows = readRows(path, complain);
  if (issues.length > 0) return fail(issues);
  const record = arranged(rows, complain);
  return issues.length > 0 ? fail(issues) : ok(record);
}

type Complain = (line: number, code: string, message: string, hint?: string) => void;

function readRows(path: string, complain: Complain): Row[] {
  const rows: Row[] = [];
  let columns: Record<string, number> | null = null;
  let [width, below] = [0, 0];
  try {
    parse(readFileSync(path), {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record, info) => {
        if (columns === null) {
          columns = Object.fromEntries(record.map((name, at) => [name.trim(), at]));
          width = record.length;
          const missing = needed.filter((name) => !Object.hasOwn(columns!, name));
          if (missing.length > 0)
            complain(
              ...([
                info.lines,
                'foreign',
                `this is no phylogeny: there is no column ${missing.join(', ')}`,
              ] as const),
              `ALife's standard has the columns ${needed.join(', ')}`,
            );
          return null;
        }
        below += 1;
        if (record.length !== width)
          complain(
            ...([
              info.lines,
              'damaged',
              `${record.length} cells, where the first line names ${width}`,
            ] as const),
            'the file may be cut short: export it again, or mend the line',
          );
        else if (needed.every((name) => Object.hasOwn(columns!, name)))
          rows.push(readRow(record, columns, info.lines, complain));
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { lines?: number };
    complain(lines ?? 1, 'damaged', `this is not CSV: ${error.message}`);
  }
  if (columns === null) complain(1, 'foreign', 'this file is empty', 'export it again');
  else if (below === 0)
    complain(1, 'damaged', 'there is no row below the first line', 'export the whole record');
  return rows;
}

function readRow(
  record: readonly string[],
  columns: Record<string, number>,
  line: number,
  complain: Complain,
): Row {
  const cell = (name: string) => record[columns[name]!]!.trim();
  const time = (name: string, text: string) => {
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) complain(line, 'damaged', `${name} is \`${text}\`: it must be a number`);
    return value;
  };
  const id = Number(cell('id'));
  if (!/^\d+$/.test(cell('id')) || !Number.isSafeInteger(id))
    complain(line, 'damaged', `id is \`${cell('id')}\`: it must be a whole number`);
  const ended = cell('destruction_time');
  const organisms = Object.hasOwn(columns, 'num_orgs') ? cell('num_orgs') : '';
  return {
    line,
    id,
    ancestors: readAncestors(cell('ancestor_list'), line, complain),
    origin: time('origin_time', cell('origin_time')),
    destruction: /^\+?inf(inity)?$/i.test(ended) ? Number.POSITIVE_INFINITY : time('destruction_time', ended),
    members: organisms === '' ? null : time('num_orgs', organisms),
  };
}

function readAncestors(text: string, line: number, complain: Complain): readonly number[] {
  if (/^\[\s*(none)?\s*\]$/i.test(text)) return [];
  if (!/^\[\s*\d+\s*(,\s*\d+\s*)*\]$/.test(text)) {
    complain(line, 'damaged', `ancestor_list is \`${text}\``, 'write [none], [3] or [3,7]');
    return [];
  }
  const ancestors = [...new Set(JSON.parse(text) as number[])];
  if (ancestors.length > 2)
    complain(line, 'ancestors', `${ancestors.length} parents: at most two can be read`);
  return ancestors;
}

/** Rows by origin and id, parents before children. */
function arranged(rows: Row[], complain: Complain): PhylogenyRecord {
  rows.sort((a, b) => a.origin - b.origin || a.id - b.id);
  const order = parentsFirst(rows, complain);
  const place = new Map(order.map(({ id }, i) => [id, i]));
  const parentOf = (which: 0 | 1) =>
    Int32Array.from(order, ({ ancestors }) =>
      ancestors[which] === undefined ? -1 : place.get(ancestors[which])!,
    );
  for (const { line, id, origin, destruction, ancestors } of order) {
    if (destruction < origin)
      complain(line, 'times', `${id} ends at ${destruction}, before its origin at ${origin}`);
    for (const ancestor of ancestors)
      if (order[place.get(ancestor)!]!.origin > origin)
        complain(line, 'times', `${id} originates at ${origin}, before its ancestor ${ancestor}`);
  }
  return {
    id: Float64Array.from(order, ({ id }) => id),
    parent: parentOf(0),
    otherParent: parentOf(1),
    origin: Float64Array.from(order, ({ origin }) => origin),
    destruction: Float64Array.from(order, ({ destruction }) => destruction),
    members: Float64Array.from(
      order,
      ({ members, destruction }) => members ?? (destruction === Number.POSITIVE_INFINITY ? 1 : 0),
    ),
  };
}

/** The order kept where it is right already; else by waiting for the last parent. Empty after a complaint. */
function parentsFirst(rows: readonly Row[], complain: Complain): readonly Row[] {
  const byId = new Map<number, Row>();
  for (const row of rows) {
    if (byId.has(row.id))
      complain(row.line, 'twice', `id ${row.id} is there already, in line ${byId.get(row.id)!.line}`);
    byId.set(row.id, row);
  }
  const strangers = rows.flatMap(({ line, id, ancestors }) =>
    ancestors.filter((ancestor) => !byId.has(ancestor)).map((ancestor) => ({ line, id, ancestor })),
  );
  for (const { line, id, ancestor } of strangers)
    complain(
      line,
      'ancestors',
      `${id} has the ancestor ${ancestor}, which is not in this file`,
      'export the whole record, not a part',
    );
  if (byId.size < rows.length || strangers.length > 0) return [];
  const waiting = new Map(rows.map(({ id, ancestors }) => [id, ancestors.length]));
  const children = new Map<number, Row[]>();
  for (const row of rows)
    for (const ancestor of row.ancestors) {
      const known = children.get(ancestor);
      if (known === undefined) children.set(ancestor, [row]);
      else known.push(row);
    }
  const order: Row[] = [];
  const place = (row: Row) => {
    const stack = [row];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      order.push(next);
      waiting.delete(next.id);
      for (const child of children.get(next.id) ?? []) {
        const left = waiting.get(child.id)! - 1;
        waiting.set(child.id, left);
        // One that was passed already, for want of this parent.
        if (left === 0 && passed.has(child.id)) stack.push(child);
      }
    }
  };
  const passed = new Set<number>();
  for (const row of rows) {
    if (waiting.get(row.id) === 0) place(row);
    else passed.add(row.id);
  }
  for (const { line, id } of rows)
    if (waiting.has(id)) complain(line, 'ancestors', `${id} is an ancestor of itself`);
  return order.length === rows.length ? order : [];
}
