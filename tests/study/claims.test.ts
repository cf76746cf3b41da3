/** docs/claims.md says what commands print: its lines are typed again, and its links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import type { CommandAnswer } from '../../src/report/command-answers.ts';
import { streetlight } from '../support/program.ts';

const docs = join(packageRoot(), 'docs');
const page = readFileSync(join(docs, 'claims.md'), 'utf8');
const rows = [...page.matchAll(/\| `npx streetlight (train [^`]+)` +\| ([\d.e-]+) +\|/g)].map(
  ([, line, loss]) => ({ line: line!, loss: loss! }),
);

describe('a claim', () => {
  it('is measured by a line of its own', () => expect(rows.length).toBeGreaterThan(9));

  it.each(rows)('$line comes to $loss', async ({ line, loss }) => {
    const { code, printed, noted } = await streetlight(...line.split(' '), '--json');
    expect(code, noted).toBe(0);
    const { measured } = JSON.parse(printed) as CommandAnswer<'train'>;
    const digits = loss
      .replace(/e.*$/, '')
      .replace(/^0*\.?0*/, '')
      .replace('.', '').length;
    expect(Number(measured!.final!.loss!.toPrecision(digits))).toBe(Number(loss));
  });

  it('leads to the evidence that it names', () => {
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) expect(existsSync(join(docs, path)), path).toBe(true);
    for (const [, path] of page.matchAll(/`(tests\/[^`]+)`/g))
      expect(existsSync(join(packageRoot(), path!)), path).toBe(true);
  });
});
