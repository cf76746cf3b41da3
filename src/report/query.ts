/** Answers to queries: whole, or row by row in any format, so that a million rows are never held. */
import { type OpenAnswer, type QueryAnswer, type QueryCell, query } from '../analysis/query.ts';
import { answerJson } from './answer-json.ts';
import { renderTable, rowLines } from './table.ts';

const wholeRows = ({ columns, rows }: QueryAnswer) => rows.map((row) => columns.map((name) => row[name]!));

/** A table of all rows. */
export const queryText = (answer: QueryAnswer): string => renderTable(answer.columns, wholeRows(answer));

/** All rows. */
export const queryCsv = (answer: QueryAnswer) => ({ head: answer.columns, rows: wholeRows(answer) });

/** The lines of an answer in the format asked for. */
export const queryLines = (format: 'table' | 'csv' | 'json', answer: OpenAnswer): Iterable<string> =>
  format === 'json' ? jsonLines(answer) : rowLines(format, answer.head.columns, answer.rows);

/** How the text of an answer without rows ends. */
const noRows = '[]\n}';

/** The same object as `answerJson` has it, a line for each row. */
function* jsonLines({ head, rows }: OpenAnswer): Generator<string> {
  const around = answerJson(query, { ...head, rows: [] });
  const names = head.columns.map((name) => JSON.stringify(name));
  let before = `${around.slice(0, -noRows.length)}[`;
  let isFirst = true;
  for (const row of rows) {
    yield isFirst ? before : `${before},`;
    before = `    {${names.map((name, i) => `${name}: ${cellText(row[i]!)}`).join(', ')}}`;
    isFirst = false;
  }
  yield isFirst ? `${before}]\n}` : `${before}\n  ]\n}`;
}

const cellText = (cell: QueryCell): string =>
  typeof cell === 'bigint' ? String(cell) : JSON.stringify(cell);
