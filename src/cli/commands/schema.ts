import type { Command } from 'commander';
import { didYouMean } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import { publishedSchemas } from '../../report/answers.ts';
import { renderTable } from '../../report/table.ts';
import type { Output } from '../output.ts';
import { writeFolder } from '../write-files.ts';

/** streetlight schema [NAME]: the schemas of JSON answers. */
export function registerSchema(program: Command, output: Output): void {
  program
    .command('schema')
    .argument('[name]', 'of which answer; without it all are named')
    .description('the schemas of JSON answers (docs/schemas): JSON Schema, draft 2020-12')
    .option('--out <folder>', 'write all of them to this folder, replacing those that are there')
    .action((name: string | undefined, { out }: { out?: string }) => {
      const all = publishedSchemas();
      if (out !== undefined) {
        const files = all.map(({ file, schema }) => ({ name: file, lines: [textOf(schema)] }));
        writeFolder(out, files, true);
        output.note(`${all.length} schemas are in ${out}.`);
      } else if (name === undefined)
        output.print(
          renderTable(
            ['name', 'schema', 'answers'],
            all.map(({ name: each, id, summary }) => [each, id, summary]),
          ),
        );
      else output.print(textOf(named(name, all)));
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
