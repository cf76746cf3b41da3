/** docs/claims.md has a row for each claim; what it says that commands print is typed again, compared with what is known, and its links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assays } from '../../src/assays/assays.ts';
import { packageRoot } from '../../src/genome/known.ts';
import type { CommandAnswer } from '../../src/report/command-answers.ts';
import { streetlight } from '../support/program.ts';

const docs = join(packageRoot(), 'docs');
const page = readFileSync(join(docs, 'claims.md'), 'utf8');

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

const claims = page.split('\n').flatMap((line) => (/^\| S\d+b? +\|/.test(line) ? [cellsOf(line)] : []));
const lines = page.split('\n').flatMap((line) => {
  const command = /`npx streetlight (train [^`]+)`/.exec(line)?.[1];
  if (command === undefined || !line.startsWith('| S')) return [];
  const cells = cellsOf(line);
  return cells.length === 6 ? [{ command, read: cells[3]!, here: cells[4]!, known: cells[5]! }] : [];
});

/** Words of a command line; those between double quotes are one. */
const words = (command: string) =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

async function answerTo<Name extends 'train' | 'task'>(...line: string[]): Promise<CommandAnswer<Name>> {
  const { code, printed, noted } = await streetlight(...line, '--json');
  expect(code, noted).toBe(0);
  return JSON.parse(printed) as CommandAnswer<Name>;
}

const answers = new Map<string, Promise<CommandAnswer<'train'>>>();
function trained(command: string): Promise<CommandAnswer<'train'>> {
  const answer = answers.get(command) ?? answerTo<'train'>(...words(command));
  answers.set(command, answer);
  return answer;
}

/** The loss before the first step, of the task that a command trains on. */
async function untrainedLoss(command: string): Promise<number> {
  const line = words(command);
  const sets = line.flatMap((word, i) => (line[i - 1] === '--set' ? ['--set', word] : []));
  return (await answerTo<'task'>('tasks', line[line.indexOf('--task') + 1]!, ...sets)).opened!.untrainedLoss;
}

const readings: Readonly<Record<string, (command: string) => Promise<number>>> = {
  'final loss': async (command) => (await trained(command)).measured.final!.loss,
  'final accuracy': async (command) => 100 * (await trained(command)).measured.final!.accuracy!,
  'last training loss': async (command) => (await trained(command)).curve.at(-1)!,
  share: async (command) => (await trained(command)).measured.final!.loss / (await untrainedLoss(command)),
  // The streams start at 0, where the loss is the mean slope.
  x: async (command) => (await trained(command)).measured.final!.loss / (await untrainedLoss(command)) - 1,
};

const digitsOf = (number: string) =>
  number
    .replace(/^-/, '')
    .replace(/e.*$/, '')
    .replace(/^0*\.?0*/, '')
    .replace('.', '').length;

/** Whether what was read is as near to what is known as the page says. */
const near = (read: string, here: number, known: number): boolean => {
  if (read === 'x') return Math.abs(here - known) <= 0.02;
  if (read === 'final accuracy') return Math.abs(here - known) <= 5;
  return Math.abs(Math.log10(here / known)) <= Math.log10(2.5);
};

describe('the page', () => {
  it('has one row for each claim, in their order', () => {
    const expected = Array.from({ length: 34 }, (_, i) => `S${i + 1}`);
    expected.splice(28, 0, 'S28b');
    expect(claims.filter((cells) => cells.length === 4).map(([id]) => id)).toEqual(expected);
  });

  it('leads to the evidence that it names', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) expect(existsSync(join(docs, path)), path).toBe(true);
    for (const [, path] of page.matchAll(/`(tests\/[^`]+)`/g))
      expect(existsSync(join(packageRoot(), path!)), path).toBe(true);
  });

  it('names assays and studies that there are', () => {
    for (const [, line] of page.matchAll(/`npx streetlight (assay [a-z-]+)/g))
      expect(Object.keys(assays), line).toContain(line!.split(' ')[1]);
    for (const [, name] of page.matchAll(/`npx streetlight study run ([a-z-]+)`/g))
      expect(existsSync(join(packageRoot(), 'studies', `${name}.yaml`)), name).toBe(true);
  });
});

describe('a known value', () => {
  it('has a line of its own', () => expect(lines.length).toBeGreaterThan(40));

  it.each(lines)('$command: $read $here', async ({ command, read, here, known }) => {
    const found = await readings[read]!(command);
    const written = here.replace(' %', '');
    const decimals = /\.(\d+)$/.exec(written)?.[1]?.length;
    if (read === 'x' || read === 'final accuracy') expect(found.toFixed(decimals)).toBe(written);
    else expect(Number(found.toPrecision(digitsOf(written)))).toBe(Number(written));
    const number = /^(-?[\d.]+(?:e-?\d+)?)(?: %)?$/.exec(known)?.[1];
    if (number !== undefined) expect(near(read, found, Number(number)), `${found} for ${known}`).toBe(true);
  });
});
