import type { Command } from 'commander';
import { chosenRun, individualText } from '../../lineage/chosen.ts';
import { type Coverage, coverageOf } from '../../lineage/coverage.ts';
import type { Lineage } from '../../lineage/open.ts';
import { individualId } from '../../lineage/pack.ts';
import { costUnitsSpent, plannedBirths, type RunRow, runSummary } from '../../lineage/runs.ts';
import { gateFindings, savingsOf } from '../../lineage/savings.ts';
import { formatNumber, renderTable } from '../../report/table.ts';
import { databaseOption, jsonOption, positiveInteger, withLineage } from '../options.ts';
import { type Output, printJson } from '../output.ts';

/** streetlight show [RUN]: one run in numbers; with --coverage what it ever tried. */
export function registerShow(program: Command, output: Output): void {
  program
    .command('show')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description('a run in numbers: births, outcomes, the best, the event hash')
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
        if (options.json === true) printJson(output, coverage === null ? facts : { ...facts, coverage });
        else output.print(coverage === null ? describe(facts) : coverageTable(coverage, facts));
      }),
    );
}

/** What a stored document has to say here. Keys that came with later versions may be missing. */
interface ShownDocument {
  readonly name: string;
  readonly evolution: { readonly births: number; readonly costUnits?: number; readonly gate?: unknown };
  readonly evaluation?: { readonly steps: number; readonly hurdles?: unknown; readonly cache?: unknown };
}

function savingsFacts(lineage: Lineage, run: number, { evaluation }: ShownDocument) {
  const saves = evaluation?.hurdles !== undefined || evaluation?.cache !== undefined;
  return saves ? savingsOf(lineage, run, evaluation!.steps) : null;
}

function runFacts(lineage: Lineage, row: RunRow) {
  const summary = runSummary(lineage, row.run);
  const document = JSON.parse(row.document) as ShownDocument;
  const total = (status: string) =>
    summary.evaluations.filter((e) => e.status === status).reduce((sum, e) => sum + e.count, 0);
  return {
    run: row.run,
    document,
    seed: row.seed,
    status: row.state,
    endReason: row.endReason,
    births: summary.births,
    plannedBirths: plannedBirths(row),
    founders: summary.founders,
    living: summary.living,
    costUnits: costUnitsSpent(lineage, row.run),
    savings: savingsFacts(lineage, row.run, document),
    gate: document.evolution.gate === undefined ? null : gateFindings(lineage, row.run),
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
      ['births', `${facts.births} of ${facts.plannedBirths}`],
      ['founders', String(facts.founders)],
      ['living', String(facts.living)],
      ['completed', String(facts.evaluations.completed)],
      ['stopped', String(facts.evaluations.stopped)],
      ['failed', failed === '' ? '0' : failed],
      ['cost units', costText(facts)],
      ...savingRows(facts),
      ['best', facts.best === null ? '' : `${facts.best.individual} with fitness ${facts.best.fitness}`],
      ['engine', facts.numericClass],
      ['event hash', facts.eventHash],
    ],
  );
}

type Facts = ReturnType<typeof runFacts>;

const costText = ({ costUnits, document: { evolution } }: Facts) =>
  evolution.costUnits === undefined ? String(costUnits) : `${costUnits} of ${evolution.costUnits}`;

function savingRows({ savings, gate }: Facts): string[][] {
  const rows: string[][] = [];
  if (savings !== null) {
    const { cpuSeconds, hurdles, cache } = savings;
    const seconds = (value: number) => `${formatNumber(Number(value.toFixed(3)))} CPU s`;
    rows.push(
      ['evaluations took', seconds(cpuSeconds)],
      ['hurdles', `${hurdles.stopped} trainings stopped, ${seconds(hurdles.cpuSecondsSaved)} saved`],
      [
        'cache',
        `${cache.duplicates} duplicates and ${cache.behaviours} behaviours known, ${seconds(cache.cpuSecondsSaved)} saved; ${seconds(cache.cpuSecondsProbing)} spent on probes`,
      ],
    );
  }
  if (gate !== null) {
    const gap = gate.meanGap === null ? '' : `, mean gap ${formatNumber(gate.meanGap)}`;
    rows.push(['gate', `${gate.confirmed} of ${gate.elites} elites confirmed${gap}`]);
  }
  return rows;
}

function coverageTable(coverage: readonly Coverage[], { births, living }: Facts): string {
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
