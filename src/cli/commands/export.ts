import { type Command, InvalidArgumentError, Option } from 'commander';
import { survivalParams } from '../../analysis/survival-lives.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import { chosenRuns, chosenUnits } from '../../lineage/chosen.ts';
import { type UnitName, unitNames } from '../../lineage/survival-units.ts';
import type { Heritable } from '../../lineage/taxa.ts';
import { UserError } from '../../notation/user-error.ts';
import { collectRunList, databaseOption, positiveInteger, withLineage } from '../options.ts';
import type { Call } from '../output.ts';
import { optionsOf } from '../param-options.ts';
import { type OutputFile, printLines, standardOutput, writeFile, writeFolder } from '../write-files.ts';
import {
  type Exported,
  type ExportOptions,
  type FormatName,
  formatNames,
  formats,
} from './export-formats.ts';

interface Options extends ExportOptions {
  readonly db: string;
  readonly what: FormatName;
  readonly out?: string;
  readonly force?: boolean;
}

/** Options that every format takes. */
const common = ['db', 'what', 'out', 'force'];

/** streetlight export RUN...: the record of runs in the formats of other programs. */
export function registerExport(program: Command, output: Call): void {
  const command = program
    .command('export')
    .argument('[runs...]', 'the runs; default the newest', collectRunList)
    .description(
      `write what happened in the formats of other programs: ${formatNames.map((name) => `${name} (${formats[name].summary})`).join('; ')}`,
    )
    .addOption(new Option('--what <format>', 'what to write').choices([...formatNames]).makeOptionMandatory())
    .option(
      '--out <path>',
      'write to this file, or folder where there are several files; default, and `-`, standard output',
    )
    .option('--force', 'replace files that are there already')
    .addOption(
      new Option(
        '--of <tree>',
        'of which chromosome, of the pedigree, or (survival) of whole genomes; default architecture for survival, else pedigree',
      ).choices(['pedigree', 'architecture', 'rule', 'genome'] satisfies (Tree | Heritable)[]),
    )
    .addOption(
      new Option('--units <name>', 'what is counted; default taxa for survival, else individuals').choices(
        unitNames satisfies UnitName[],
      ),
    )
    .option('--all', 'trees of all, not of the living and their ancestors only')
    .option('--collapse', 'merge nodes with one child into the edge below')
    .option(
      '--every <births>',
      'from one census to the next; default a hundredth of the run',
      positiveInteger,
    )
    .addOption(
      new Option('--rare <share>', 'of the living: a taxon that never had it is counted with its ancestor')
        .argParser(share)
        .default(0.05),
    );
  for (const option of optionsOf(survivalParams.omit({ of: true, units: true }))) command.addOption(option);
  command
    .addOption(databaseOption())
    .addHelpText(
      'after',
      () => `\nOptions by format, beside --out, --force and --db:\n${optionsByFormat(command)}`,
    )
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, async (lineage) => {
        const format = formats[options.what];
        refuseOthers(command, options.what, format.options);
        const chosen = options.what === 'survival' ? chosenUnits(lineage, runs) : chosenRuns(lineage, runs);
        const exported = await format.files(lineage, chosen, options, output);
        await write(output, exported, format.printsFirst, options);
      }),
    );
}

async function write(
  output: Call,
  { files, note }: Exported,
  printsFirst: boolean,
  { what, out, force = false }: Options,
): Promise<void> {
  const [first, ...others] = files;
  if (out === undefined || out === standardOutput) {
    if (!printsFirst && others.length > 0) throw needsFolder(what, files);
    await printLines(output, first!.lines);
    return;
  }
  if (others.length === 0) writeFile(out, first!.lines, force);
  else writeFolder(out, files, force);
  output.note(note(out));
}

const optionsByFormat = (command: Command): string =>
  formatNames
    .map((name) => `  ${name}: ${flagsOf(command, formats[name].options).join(' ') || 'none'}`)
    .join('\n');

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}

/** An option that a format does not know would be ignored in silence. */
function refuseOthers(command: Command, what: FormatName, known: readonly string[]): void {
  const given = command.options.filter((option) => {
    const name = option.attributeName();
    return ![...common, ...known].includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given.length === 0) return;
  throw new UserError(
    given.map(({ long }) => ({
      code: 'option-not-for-format',
      message: `${long} says nothing about ${what}`,
      hint: `options of ${what} are ${['--out', '--force', ...flagsOf(command, known)].join(', ')}`,
    })),
  );
}

const flagsOf = (command: Command, names: readonly string[]) =>
  command.options.filter((option) => names.includes(option.attributeName())).map(({ long }) => String(long));

const needsFolder = (what: FormatName, files: readonly OutputFile[]) =>
  new UserError({
    code: 'several-files',
    message: `${what} consists of ${files.length} files: ${files.map(({ name }) => name).join(', ')}`,
    hint: 'give the folder with --out',
  });
