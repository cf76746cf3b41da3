/** A run in numbers, for people. */
import type { ShowAnswer } from '../analysis/show.ts';
import { formatNumber, renderTable } from './table.ts';

/** One line for each number. */
export function showText(facts: ShowAnswer): string {
  const failed = Object.entries(facts.evaluations.failed)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  return renderTable(
    ['', `run ${facts.run}`],
    [
      ['document', facts.name],
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

const costText = ({ costUnits, plannedCostUnits }: ShowAnswer) =>
  plannedCostUnits === null ? String(costUnits) : `${costUnits} of ${plannedCostUnits}`;

function savingRows({ savings, gate }: ShowAnswer): string[][] {
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
