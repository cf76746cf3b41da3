import type { Command } from 'commander';
import { assays } from '../../assays/assays.ts';
import type { AskableName } from '../../report/answers.ts';
import type { Call } from '../output.ts';
import { questionCommand } from '../question-command.ts';

/** streetlight assay KIND RUN...: what is found by training the genomes of runs again, outside of selection. */
export function registerAssay(program: Command, call: Call): void {
  const parent = program
    .command('assay')
    .description('train genomes of runs again, outside of selection, and say what that shows');
  for (const name of Object.keys(assays) as AskableName[]) questionCommand(name)(parent, call);
}
