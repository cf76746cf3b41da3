import type { Command } from 'commander';
import { runFacts, type ShowAnswer, show } from '../../analysis/show.ts';
import { chosenRun } from '../../lineage/chosen.ts';
import { type Coverage, coverageOf } from '../../lineage/coverage.ts';
import { answerJson } from '../../report/answer-json.ts';
import { showText } from '../../report/show.ts';
import { renderTable } from '../../report/table.ts';
import { databaseOption, jsonOption, positiveInteger, withLineage } from '../options.ts';
import { type Output, printJson } from '../output.ts';

/** streetlight show [RUN]: one run in numbers; with --coverage what it ever tried. */
export function registerShow(program: Command, output: Output): void {
  program
    .command('show')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description(show.summary)
    .option(
      '--coverage',
      'which ops, tiers and mutation operators the run ever tried, and which of them live',
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((run: number | undefined, options: { db: string; json?: boolean; coverage?: boolean }) =>
      withLineage(options.db, (lineage) => {
        const row = chosenRun(lineage, run);
        const facts = runFacts(lineage, row);
        const coverage = options.coverage === true ? coverageOf(lineage, row.run) : null;
        if (coverage !== null && options.json === true) printJson(output, { ...facts, coverage });
        else if (coverage !== null) output.print(coverageTable(coverage, facts));
        else output.print(options.json === true ? answerJson(show, facts) : showText(facts));
      }),
    );
}

function coverageTable(coverage: readonly Coverage[], { births, living }: ShowAnswer): string {
  const share = (count: number, of: number) => (of === 0 ? null : count / of);
  return renderTable(
    ['kind', 'name', 'distinct', 'births', 'share of births', 'living', 'share of living'],
    coverage.map(({ kind, name, distinct, births: carried, living: alive }) => [
      kind,
      name,
      distinct,
      carried,
      share(carried, births),
      alive,
      share(alive, living),
    ]),
  );
}
