/** streetlight ancestors INDIVIDUAL: the line of descent. */
import { type Command, Option } from 'commander';
import { findIndividual, pathToRoot, type Tree } from '../../lineage/ancestry.ts';
import { mutationsOf } from '../../lineage/told-births.ts';
import { chosenIndividual, databaseOption, individualText, jsonOption, withLineage } from '../options.ts';
import { type Output, printRows } from '../output.ts';

export function registerAncestors(program: Command, output: Output): void {
  program
    .command('ancestors <individual>')
    .description('the line of descent of an individual (RUN:BIRTH), newest first')
    .addOption(
      new Option('--of <tree>', 'which line to follow')
        .choices(['pedigree', 'architecture', 'rule'])
        .default('pedigree'),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((text: string, options: { db: string; json?: boolean; of: Tree }) =>
      withLineage(options.db, (lineage) => {
        const rows = pathToRoot(lineage, options.of, chosenIndividual(lineage, text)).map((id) => {
          const row = findIndividual(lineage, id)!;
          const mutations = mutationsOf(lineage, id);
          return [
            individualText(id),
            row.fitness,
            row.architectureHash.slice(0, 8),
            row.ruleHash.slice(0, 8),
            mutations.map((m) => `${m.operator}: ${m.before} -> ${m.after}`).join('; '),
          ];
        });
        printRows(
          output,
          options.json === true ? 'json' : 'table',
          ['individual', 'fitness', 'architecture', 'rule', 'mutations'],
          rows,
        );
      }),
    );
}
