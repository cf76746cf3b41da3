import { type Command, Option } from 'commander';
import { depthOf, individualReader, mrca, pathToRoot, type Tree } from '../../lineage/ancestry.ts';
import { chosenIndividual, individualText } from '../../lineage/chosen.ts';
import type { Lineage } from '../../lineage/open.ts';
import { birthIndexOf } from '../../lineage/pack.ts';
import { mutationsOf } from '../../lineage/told-births.ts';
import { databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Output, printJson, printRows } from '../output.ts';

interface Options {
  readonly db: string;
  readonly json?: boolean;
  readonly of: Tree;
  readonly with?: string;
}

/** streetlight ancestors INDIVIDUAL: the line of descent, or where two lines meet. */
export function registerAncestors(program: Command, output: Output): void {
  program
    .command('ancestors <individual>')
    .description('the line of descent of an individual (RUN:BIRTH), newest first')
    .option('--with <individual>', 'instead, the most recent common ancestor with this one')
    .addOption(
      new Option('--of <tree>', 'which line to follow')
        .choices(['pedigree', 'architecture', 'rule'])
        .default('pedigree'),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((text: string, options: Options) =>
      withLineage(options.db, (lineage) => {
        const id = chosenIndividual(lineage, text);
        if (options.with === undefined) showDescent(output, lineage, id, options);
        else showMeeting(output, lineage, [id, chosenIndividual(lineage, options.with)], options);
      }),
    );
}

function showDescent(output: Output, lineage: Lineage, id: number, options: Options): void {
  const individual = individualReader(lineage);
  const mutations = mutationsOf(lineage);
  const rows = pathToRoot(lineage, options.of, id).map((each) => {
    const { fitness, architectureHash, ruleHash } = individual(each)!;
    const changes = mutations(each).map((m) => `${m.operator}: ${m.before} -> ${m.after}`);
    return [
      individualText(each),
      fitness,
      architectureHash.slice(0, 8),
      ruleHash.slice(0, 8),
      changes.join('; '),
    ];
  });
  const format = options.json === true ? 'json' : 'table';
  printRows(output, format, ['individual', 'fitness', 'architecture', 'rule', 'mutations'], rows);
}

/** How far each of the two is from their most recent common ancestor, in births of the run and in generations (steps in the tree). */
function showMeeting(
  output: Output,
  lineage: Lineage,
  two: readonly [number, number],
  options: Options,
): void {
  const tree = options.of;
  const common = mrca(lineage, tree, two[0], two[1]);
  const since = two.map((id) => ({
    individual: individualText(id),
    birthsBack: common === null ? null : birthIndexOf(id) - birthIndexOf(common),
    generationsBack: common === null ? null : depthOf(lineage, tree, id) - depthOf(lineage, tree, common),
  }));
  if (options.json === true) {
    printJson(output, { tree, commonAncestor: common === null ? null : individualText(common), of: since });
    return;
  }
  const names = since.map(({ individual }) => individual).join(' and ');
  if (common === null) {
    output.print(
      `${names} have no common ancestor in the ${trees[tree]}: they go back to different origins.`,
    );
    return;
  }
  output.print(
    `The most recent common ancestor of ${names} in the ${trees[tree]} is ${individualText(common)}.\n`,
  );
  printRows(
    output,
    'table',
    ['individual', 'births back', 'generations back'],
    since.map(({ individual, birthsBack, generationsBack }) => [individual, birthsBack, generationsBack]),
  );
}

const trees = {
  pedigree: 'pedigree',
  architecture: 'tree of architecture donors',
  rule: 'tree of rule donors',
} as const satisfies Record<Tree, string>;
