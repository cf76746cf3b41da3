/** Where commands write. Results go to standard output, everything else to standard error. */
import { answerJson } from '../report/answer-json.ts';
import { type CommandAnswer, type CommandAnswerName, commandAnswers } from '../report/command-answers.ts';
import { type Cell, renderCsv, renderTable } from '../report/table.ts';

/** Where a command writes, and for what kind of reader. */
export interface Output {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  print(text: string): void;
  note(text: string): void;
}

/** One call of the program: where it writes, and how it ends. */
export interface Call extends Output {
  /** Has this call end with a code other than 0 though nothing is thrown: what was asked for is printed, and it is bad news. The last one counts. */
  endWith(code: number): void;
}

/** The process's own standard output and standard error. */
export const consoleOutput: Output = {
  isTerminal: process.stdout.isTTY === true,
  colour: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

/** How answers are printed that are rows. */
export type Format = 'table' | 'csv' | 'json';

/** Rows as a table or as CSV. */
export function printRows(
  output: Output,
  format: Exclude<Format, 'json'>,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  output.print(format === 'table' ? renderTable(head, rows) : renderCsv(head, rows));
}

/** Prints an answer as JSON, after the id of its schema: the compiler holds one against the other. */
export function printAnswer<Name extends CommandAnswerName>(
  output: Output,
  name: Name,
  answer: CommandAnswer<Name>,
): void {
  output.print(answerJson(commandAnswers[name], answer));
}
