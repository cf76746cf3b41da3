import type { Command } from 'commander';
import { referenceData, referencePage } from '../../report/reference.ts';
import { jsonOption } from '../options.ts';
import { type Output, printAnswer } from '../output.ts';

/** streetlight reference: the ops, operators, known genomes and document keys, as the page docs/REFERENCE.md or as data. */
export function registerReference(program: Command, output: Output): void {
  program
    .command('reference')
    .description('print every op, mutation operator, known genome and document key (docs/REFERENCE.md)')
    .addOption(jsonOption())
    .action(({ json }: { json?: boolean }) => {
      if (json === true) printAnswer(output, 'reference', referenceData());
      else output.print(referencePage().trimEnd());
    });
}
