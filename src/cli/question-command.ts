/** A command made from a question, or from several that share their parameters. */
import { type Command, Option } from 'commander';
import { paramFacts, type Question } from '../analysis/question.ts';
import { answerJson } from '../report/answer-json.ts';
import { type AskableName, askable, type Renderer, renderers } from '../report/answers.ts';
import { renderCsv } from '../report/table.ts';
import { askContext } from './ask-context.ts';
import { databaseOption, jsonOption, withLineage } from './options.ts';
import type { Call } from './output.ts';
import { addParams, optionsOf } from './param-options.ts';

/** Questions that a command asks in place of its own, each by the option that has it do so: a parameter of that question, or else a mere flag that says what the question does. */
type Alternatives = Readonly<Record<string, AskableName>>;

/** Adds the options that lead to other questions. An option that such a question does not know is refused beside it. @throws Error where one lacks a parameter, or would ignore what has its place in the line. */
function addAlternatives(command: Command, own: Question, alternatives: Alternatives, hasCsv: boolean): void {
  const keys = Object.keys(alternatives);
  for (const [key, name] of Object.entries(alternatives)) {
    const { params, summary }: Question = askable[name];
    const known = Object.keys(params.shape);
    const lacking = known.filter((each) => each !== key && !Object.hasOwn(own.params.shape, each));
    if (lacking.length > 0) throw new Error(`no option of ${command.name()} gives ${name} its ${lacking}`);
    const placed = Object.entries(own.params.shape).filter(([, outer]) => paramFacts(outer).isPositional);
    const ignored = placed.filter(([each]) => !known.includes(each)).map(([each]) => each);
    if (ignored.length > 0) throw new Error(`${name} would ignore ${ignored} of ${command.name()}`);
    const option = known.includes(key)
      ? optionsOf(params, [key])[0]!.makeOptionMandatory(false)
      : new Option(`--${key}`, summary);
    const unknown = [...Object.keys(own.params.shape), ...keys].filter(
      (each) => each !== key && !known.includes(each),
    );
    const { csv }: Renderer<never> = renderers[name];
    command.addOption(option.conflicts([...unknown, ...(hasCsv && csv === undefined ? ['csv'] : [])]));
  }
}

/** What commander has read: the options that every question's command has, and the parameters. */
type Given = Readonly<Record<string, unknown>> & {
  readonly db: string;
  readonly json?: boolean;
  readonly csv?: boolean;
};

/** Asks, and prints the answer in the form asked for. `given` may hold parameters of other questions too. */
async function answer(
  name: AskableName,
  given: Readonly<Record<string, unknown>>,
  { db, json, csv: asCsv }: Given,
  call: Call,
): Promise<void> {
  const asked: Question = askable[name];
  const { text, csv }: Renderer<never> = renderers[name];
  if (asCsv === true && csv !== undefined && 'asks' in csv)
    return answer(csv.asks, given, { db, csv: true }, call);
  const known = Object.entries(given).filter(([key]) => Object.hasOwn(asked.params.shape, key));
  const params = asked.params.parse(Object.fromEntries(known));
  await withLineage(db, async (lineage) => {
    const found = (await asked.ask(lineage, params, askContext(call))) as never;
    if (asCsv === true && csv !== undefined && 'rows' in csv) {
      const { head, rows } = csv.rows(found);
      call.print(renderCsv(head, rows));
    } else call.print(json === true ? answerJson(asked, found) : text(found, call.colour));
  });
}

/** Adds the command that asks this question. */
export const questionCommand =
  (name: AskableName, alternatives: Alternatives = {}) =>
  (program: Command, call: Call) => {
    const own: Question = askable[name];
    const { csv }: Renderer<never> = renderers[name];
    const command = program.command(name).description(own.summary);
    addAlternatives(command, own, alternatives, csv !== undefined);
    const positional = addParams(command, own.params);
    command.addOption(databaseOption()).addOption(jsonOption());
    if (csv !== undefined) command.addOption(new Option('--csv', csv.summary).conflicts('json'));
    command.action(async () => {
      const given = command.opts<Given>();
      const asked = Object.entries(alternatives).find(([key]) => given[key] !== undefined)?.[1] ?? name;
      const placed = positional.flatMap((key, i) =>
        command.processedArgs[i] === undefined ? [] : [[key, command.processedArgs[i]]],
      );
      await answer(asked, { ...given, ...Object.fromEntries(placed) }, given, call);
    });
  };
