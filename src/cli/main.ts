#!/usr/bin/env node
/** The program. The only place that turns errors into messages and exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { Interrupted } from '../analysis/question.ts';
import { packageRoot } from '../genome/known.ts';
import { addOnIssue } from '../lineage/add-on.ts';
import { WriteFailure } from '../lineage/write-failure.ts';
import type { Issue } from '../notation/issue.ts';
import { renderIssue, UserError } from '../notation/user-error.ts';
import { RunFailed } from './commands/run-session.ts';
import { commands } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { type Call, consoleOutput, type Output } from './output.ts';

/** The program with all its commands, for one call of it. */
export function buildProgram(call: Call): Command {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  const program = new Command('streetlight')
    .description('Joint search over neural architectures and the optimizers that train them.')
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => call.print(withoutLastBreak(text)),
      writeErr: (text) => call.note(withoutLastBreak(text)),
    })
    .exitOverride();
  for (const register of Object.values(commands)) register(program, call);
  for (const command of program.commands) command.exitOverride();
  return program;
}

const withoutLastBreak = (text: string) => text.replace(/\n$/, '');

/** Runs one command line (without `node` and the script) and gives the exit code of this call: it neither reads nor sets that of the process. */
export async function main(argv: readonly string[], output: Output = consoleOutput): Promise<number> {
  let code: number = exitCodes.done;
  const call: Call = {
    ...output,
    endWith(other) {
      code = other;
    },
  };
  try {
    await buildProgram(call).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, output);
  }
}

function explain(error: unknown, output: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (error instanceof Interrupted) {
    output.note(error.message);
    return exitCodes.interrupted;
  }
  if (error instanceof UserError) {
    for (const issue of error.issues) output.note(renderIssue(issue));
    return error instanceof RunFailed ? exitCodes.failed : exitCodes.badInput;
  }
  const addOn = addOnIssue(error);
  if (addOn !== null) {
    output.note(renderIssue(addOn));
    return exitCodes.failed;
  }
  if (error instanceof WriteFailure) {
    output.note(`${error.message}. ${error.remedy} and try again.`);
    return exitCodes.failed;
  }
  const refused = systemIssue(error);
  if (refused !== null) {
    output.note(renderIssue(refused));
    return exitCodes.badInput;
  }
  output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  output.note('This is a defect in streetlight and not in your input. What is above says where it happened.');
  return exitCodes.failed;
}

/** What the system says of a path that was given: a name that is too long, a folder on the way that is a file, no permission. Null for errors that are about no path. */
function systemIssue(error: unknown): Issue | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined || path === undefined || code === undefined || !/^E[A-Z]+$/.test(code))
    return null;
  const shown = path.length <= 80 ? path : `${path.slice(0, 77)}...`;
  return {
    code: 'path-refused',
    path: shown,
    message: `the system refuses this path (${error.message.split(',')[0]!})`,
    hint: 'check the path, its length and the permissions of its folder',
  };
}

/**
 * Notes and log lines that cannot be written are lost and nothing more: a run does not end because its log is full. Results that cannot be written end the program,
 * as nobody would have them: quietly where the reader has closed the pipe (`| head`), else with words.
 */
function survivesOutputTrouble(): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    consoleOutput.note(
      `standard output cannot be written (${error.code ?? error.message}): what was asked for is lost`,
    );
    process.exit(exitCodes.failed);
  });
}

if (process.argv[1] !== undefined && import.meta.filename === realpathSync(process.argv[1])) {
  survivesOutputTrouble();
  process.exitCode = await main(process.argv.slice(2));
}
