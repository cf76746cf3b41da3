import { type Command, Option } from 'commander';
import type { Chromosome } from '../../genome/genome.ts';
import { childCount, findIndividual } from '../../lineage/ancestry.ts';
import { chosenIndividual, individualText } from '../../lineage/chosen.ts';
import { databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Output, printJson } from '../output.ts';

/** streetlight genome INDIVIDUAL: both chromosomes as text. */
export function registerGenome(program: Command, output: Output): void {
  program
    .command('genome <individual>')
    .description(
      'the genome of an individual (RUN:BIRTH) as text; with --of the one chromosome, as `train` and documents read it',
    )
    .addOption(new Option('--of <chromosome>', 'this chromosome alone').choices(['architecture', 'rule']))
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((text: string, options: { db: string; json?: boolean; of?: Chromosome }) =>
      withLineage(options.db, (lineage) => {
        const id = chosenIndividual(lineage, text);
        const row = findIndividual(lineage, id)!;
        const parents = [row.p1, row.p2].filter((parent) => parent !== null).map(individualText);
        if (options.json === true)
          printJson(output, {
            ...row,
            individual: individualText(id),
            parents,
            children: childCount(lineage, id),
          });
        else if (options.of !== undefined) output.print(row[options.of].trimEnd());
        else
          output.print(
            `# individual ${individualText(id)}: ${row.status}${row.reason === null ? '' : ` (${row.reason})`}, fitness ${row.fitness ?? 'none'}, ${row.parameters} parameters, parents ${parents.join(', ') || 'none'}\n# architecture ${row.architectureHash.slice(0, 12)}\n${row.architecture}\n# update rule ${row.ruleHash.slice(0, 12)}\n${row.rule}`,
          );
      }),
    );
}
