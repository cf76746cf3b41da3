/** Answers the questions of this folder on this machine. Nothing else should run meanwhile. */
import { consoleOutput, printAnswer } from '../src/cli/output.ts';
import { benches } from './benches.ts';
import { commit, keepEvidence, machine, type Row } from './lib.ts';

function show(row: Row): string {
  const verdict = row.met === undefined ? '' : row.met ? '  met' : '  MISSED';
  return `  ${row.what}: ${Number(row.value.toPrecision(4))} ${row.unit}${row.target === undefined ? '' : ` (target ${row.target})${verdict}`}${row.note === undefined ? '' : `  [${row.note}]`}`;
}

const flags = {
  '--keep': 'write the raw numbers under bench/runs/ (and commit nothing)',
  '--json': 'print the results as JSON',
  '--list': 'only say what each bench asks',
  '--seeds=N': 'in place of as many seeds as the bench has, where it repeats itself over seeds',
  '--help': 'print this',
} as const;

const given = process.argv.slice(2).map((word) => (word === '-h' ? '--help' : word));
const seeds = given
  .flatMap((word) => /^--seeds=([1-9]\d*)$/.exec(word)?.[1] ?? [])
  .map(Number)
  .at(-1);
const words = given.filter((word) => !/^--seeds=[1-9]\d*$/.test(word));
const flagged = (flag: keyof typeof flags) => words.includes(flag);
const asked = words.filter((word) => !word.startsWith('-'));
if (flagged('--help')) {
  console.log(
    'npm run bench -- [NAME...] [OPTION...]\n\nRuns the benches of these names, or all: that takes hours.\n',
  );
  for (const [flag, meaning] of Object.entries(flags)) console.log(`  ${flag}  ${meaning}`);
  console.log(`\nBenches: ${Object.keys(benches).join(', ')}`);
  process.exit(0);
}
const misspelt = words.filter((word) => word.startsWith('-') && !(word in flags));
if (misspelt.length > 0) {
  console.error(`There is no option ${misspelt.join(', ')}. There are: ${Object.keys(flags).join(', ')}.`);
  process.exit(2);
}
const keep = flagged('--keep');
const json = flagged('--json');
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
// With --json the results alone go to standard output.
const say = json ? console.error : console.log;
if (flagged('--list')) {
  const all = Object.entries(benches).map(([name, { question }]) => ({ name, question }));
  if (json) printAnswer(consoleOutput, 'benches', { benches: all });
  else for (const { name, question } of all) console.log(`${name}: ${question}`);
  process.exit(0);
}
const { cpu, cores, node } = machine();
say(`${cpu}, ${cores} cores, Node ${node}, commit ${commit()}`);
const results: Record<string, readonly Row[]> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  say(`\n${name}: ${bench.question}`);
  const rows = await bench.run(seeds);
  results[name] = rows;
  for (const row of rows) say(show(row));
  if (keep) say(`  kept in ${keepEvidence(name, new Date().toISOString().slice(0, 10), rows)}`);
}
if (json) printAnswer(consoleOutput, 'bench', { machine: machine(), commit: commit(), benches: results });
