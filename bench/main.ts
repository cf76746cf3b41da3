/**
 * npm run bench -- [NAME...] [--keep] [--json] [--list]: answers the questions of this folder on this machine. Nothing else should run meanwhile.
 * `--keep` commits nothing but writes the raw numbers under bench/runs/; `--json` prints them; `--list` only says what the questions are.
 */
import { benches } from './benches.ts';
import { commit, keepEvidence, machine, type Row } from './lib.ts';

function show(row: Row): string {
  const verdict = row.met === undefined ? '' : row.met ? '  met' : '  MISSED';
  return `  ${row.what}: ${Number(row.value.toPrecision(4))} ${row.unit}${row.target === undefined ? '' : ` (target ${row.target})${verdict}`}${row.note === undefined ? '' : `  [${row.note}]`}`;
}

const keep = process.argv.includes('--keep');
const json = process.argv.includes('--json');
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`No bench is called ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
// With --json the results alone go to standard output.
const say = json ? console.error : console.log;
if (process.argv.includes('--list')) {
  for (const [name, { question }] of Object.entries(benches)) console.log(`${name}: ${question}`);
  process.exit(0);
}
const { cpu, cores, node } = machine();
say(`${cpu}, ${cores} cores, Node ${node}, commit ${commit()}`);
const results: Record<string, readonly Row[]> = {};
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  say(`\n${name}: ${bench.question}`);
  const rows = await bench.run();
  results[name] = rows;
  for (const row of rows) say(show(row));
  if (keep) say(`  kept in ${keepEvidence(name, new Date().toISOString().slice(0, 10), rows)}`);
}
if (json) console.log(JSON.stringify({ machine: machine(), commit: commit(), benches: results }, null, 2));
