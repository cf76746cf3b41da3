/** streetlight show [RUN]: one run in numbers. */
import type { Command } from 'commander';
import type { Lineage } from '../../lineage/open.ts';
import { individualId } from '../../lineage/pack.ts';
import { type RunRow, runSummary } from '../../lineage/runs.ts';
import { renderTable } from '../../report/table.ts';
import {
  chosenRun,
  databaseOption,
  individualText,
  jsonOption,
  positiveInteger,
  withLineage,
} from '../options.ts';
import { type Output, printJson } from '../output.ts';

export function registerShow(program: Command, output: Output): void {
  program
    .command('show')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description('a run in numbers: births, outcomes, the best, the event hash')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((run: number | undefined, options: { db: string; json?: boolean }) =>
      withLineage(options.db, (lineage) => {
        const facts = runFacts(lineage, chosenRun(lineage, run));
        if (options.json === true) printJson(output, facts);
        else output.print(describe(facts));
      }),
    );
}

function runFacts(lineage: Lineage, row: RunRow) {
  const summary = runSummary(lineage, row.run);
  const total = (status: string) =>
    summary.evaluations.filter((e) => e.status === status).reduce((sum, e) => sum + e.count, 0);
  return {
    run: row.run,
    document: JSON.parse(row.document) as {
      readonly name: string;
      readonly evolution: { readonly births: number };
    },
    seed: row.seed,
    status: row.state,
    births: summary.births,
    founders: summary.founders,
    living: summary.living,
    eventHash: row.eventHash,
    numericClass: row.numericClass,
    best:
      summary.best === null
        ? null
        : {
            individual: individualText(individualId(row.run, summary.best.birthIndex)),
            fitness: summary.best.fitness,
          },
    evaluations: {
      completed: total('completed'),
      stopped: total('stopped'),
      failed: Object.fromEntries(
        summary.evaluations.filter((e) => e.status === 'failed').map((e) => [e.reason!, e.count]),
      ),
    },
  };
}

function describe(facts: ReturnType<typeof runFacts>): string {
  const failed = Object.entries(facts.evaluations.failed)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  return renderTable(
    ['', `run ${facts.run}`],
    [
      ['document', facts.document.name],
      ['seed', facts.seed],
      ['status', facts.status],
      ['births', `${facts.births} of ${facts.document.evolution.births}`],
      ['founders', String(facts.founders)],
      ['living', String(facts.living)],
      ['completed', String(facts.evaluations.completed)],
      ['stopped', String(facts.evaluations.stopped)],
      ['failed', failed === '' ? '0' : failed],
      ['best', facts.best === null ? '' : `${facts.best.individual} with fitness ${facts.best.fitness}`],
      ['engine', facts.numericClass],
      ['event hash', facts.eventHash],
    ],
  );
}
