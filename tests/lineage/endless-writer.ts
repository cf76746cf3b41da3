/** Child process of the kill test: writes until it is killed, and says when the first births are safe. */
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from './support.ts';

const lineage = openLineage(process.argv[2]!, 'write');
const journal = openJournal(lineage, createRun(lineage, newRun, audit));
for (const told of toldRun(1_000_000)) {
  journal.append(told, `h${told.birth.birthIndex}`);
  if (told.birth.birthIndex === 64) process.stdout.write('going\n');
}
