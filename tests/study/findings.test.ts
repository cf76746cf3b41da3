/** What was found stays checkable: from the trainings that are kept beside each finding R computes its verdict again, and this program reads and prints it as it did. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { verdictText } from '../../src/report/study.ts';
import { readStudy } from '../../src/study/document.ts';
import { verdictAnswer } from '../../src/study/verdict-answer.ts';
import { itWithR, rscript } from '../support/r.ts';

const folder = join(packageRoot(), 'findings');
const findings = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('there is one', () => expect(findings.length).toBeGreaterThan(0));

describe.each(findings)('%s', (name) => {
  const at = (file: string) => join(folder, name, file);
  const text = (file: string) => readFileSync(at(file), 'utf8');
  const { schema, secondary, ...told } = JSON.parse(text('verdict.json')) as {
    readonly schema: string;
    readonly secondary: readonly object[];
  };
  // Version 1 had no readings, and one smallest effect for all endpoints.
  const verdict = {
    ...{ readings: [], ...told },
    secondary: secondary.map((each) => ({ smallest: null, ...each })),
  };

  it('was registered, and carried out as it was registered', () => {
    const { hash, study } = JSON.parse(text('registration.json')) as { hash: string; study: string };
    const { registration, status } = verdictAnswer.parse(verdict);
    expect(registration).toMatchObject({ hash, isConfirmatory: true, deviations: [] });
    expect(status).toBe('confirmatory');
    const read = readStudy(text('study.yaml'), at('study.yaml'));
    expect(read.ok && read.value.document.name).toBe(study);
  });

  it('has a verdict that reads as it is printed', () => {
    expect(schema).toMatch(/^streetlight\/study-verdict\/\d+$/);
    expect(`${verdictText(verdictAnswer.parse(verdict))}\n`).toBe(text('verdict.txt'));
  });

  it('is told in prose', () => expect(existsSync(at('README.md'))).toBe(true));

  itWithR('stats')('is computed again by R, number by number', () => {
    const { status, text: said } = rscript(at('recompute.R'));
    expect(said).toMatch(/All numbers agree/);
    expect(status).toBe(0);
  });
});
