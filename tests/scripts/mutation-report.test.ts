import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutatedFolders, testsOf } from '../../scripts/mutation/folders.ts';
import { addUp, countMutants, scoreOf } from '../../scripts/mutation/report.ts';

const reportOf = (...files: readonly (readonly string[])[]) => ({
  files: Object.fromEntries(
    files.map((statuses, i) => [`${i}.ts`, { mutants: statuses.map((status) => ({ status })) }]),
  ),
});

describe('the report on mutants', () => {
  it('counts each status, and code that no test runs against the score', () => {
    const counts = countMutants(
      reportOf(
        ['Killed', 'Killed', 'Killed', 'Timeout', 'Survived'],
        ['NoCoverage', 'Ignored', 'CompileError', 'RuntimeError', 'Pending'],
      ),
    );
    expect(counts).toEqual({ files: 2, killed: 3, timedOut: 1, survived: 1, notCovered: 1, ignored: 4 });
    expect(scoreOf(counts)).toBe(4 / 6);
  });

  it('adds folders up before it divides', () => {
    const sum = addUp([
      countMutants(reportOf(['Killed'])),
      countMutants(reportOf(['Survived', 'Survived'], ['Ignored'])),
    ]);
    expect(sum).toEqual({ files: 3, killed: 1, timedOut: 0, survived: 2, notCovered: 0, ignored: 1 });
    expect(scoreOf(sum)).toBe(1 / 3);
    expect(scoreOf(addUp([]))).toBeNaN();
  });

  it('is about folders and tests that exist', () => {
    for (const folder of mutatedFolders) {
      expect(existsSync(`src/${folder}`)).toBe(true);
      for (const path of testsOf(folder)) expect(existsSync(path), path).toBe(true);
    }
  });
});
