import { type Command, Option } from 'commander';
import { didYouMean } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import { publishedSchemas } from '../../report/answers.ts';
import { renderTable } from '../../report/table.ts';
import { type Output, printAnswer } from '../output.ts';
import { writeFolder } from '../write-files.ts';

/** streetlight schema [NAME]: the schemas of JSON answers. */
export function registerSchema(program: Command, output: Output): void {
  program
    .command('schema')
    .argument('[name]', 'of which answer; without it all are named')
    .description('the schemas of JSON answers (docs/schemas): JSON Schema, draft 2020-12')
    .addOption(
      new Option(
        '--out <folder>',
        'write all of them to this folder, replacing those that are there',
      ).conflicts('json'),
    )
    .option('--json', 'print the names as JSON; a schema is JSON anyway')
    .action((name: string | undefined, { out, json }: { out?: string; json?: boolean }) => {
      const all = publishedSchemas();
      if (out !== undefined) {
        const files = all.map(({ file, schema }) => ({ name: file, lines: [textOf(schema)] }));
        writeFolder(out, files, true);
        output.note(`${all.length} schemas are in ${out}.`);
      } else if (name !== undefined) output.print(textOf(named(name, all)));
      else if (json === true)
        printAnswer(output, 'schemas', {
          schemas: all.map(({ name: each, id, file, summary }) => ({ name: each, id, file, summary })),
        });
      else
        output.print(
          renderTable(
            ['name', 'schema', 'answers'],
            all.map(({ name: each, id, summary }) => [each, id, summary]),
          ),
        );
    });
}

function named(name: string, all: ReturnType<typeof publishedSchemas>): object {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found.schema;
  const names = all.map((each) => each.name);
  throw new UserError({
    code: 'unknown-answer',
    message: `there is no answer \`${name}\``,
    hint: didYouMean(name, names) ?? `there are ${names.join(', ')}`,
  });
}

const textOf = (schema: object): string => JSON.stringify(schema, null, 2);
