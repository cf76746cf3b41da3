/** Child process of the kill test: writes so many births that it must be killed, and says when the first are safe. Arguments: the database, the births. */
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from './support.ts';

const lineage = openLineage(process.argv[2]!, 'write');
const journal = openJournal(lineage, createRun(lineage, newRun, audit));
for (const told of toldRun(Number(process.argv[3]))) {
  journal.append(told, `h${told.birth.birthIndex}`);
  if (told.birth.birthIndex === 64) process.stdout.write('going\n');
}
