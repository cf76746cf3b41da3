/** streetlight reference: the ops, operators, known genomes and document keys, as the page docs/REFERENCE.md. */
import type { Command } from 'commander';
import { referencePage } from '../../report/reference.ts';
import type { Output } from '../output.ts';

export function registerReference(program: Command, output: Output): void {
  program
    .command('reference')
    .description('print every op, mutation operator, known genome and document key (docs/REFERENCE.md)')
    .action(() => output.print(referencePage().trimEnd()));
}
