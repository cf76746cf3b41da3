/** How many births a second can the controller and the database take when evaluation costs nothing, and how many bytes does an individual take? */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openLineage } from '../src/lineage/open.ts';
import { type Bench, inTemporaryFolder, type Row } from './lib.ts';
import { nullRun } from './null-run.ts';

export const controller: Bench = {
  question:
    'How many births a second do controller and database take with a null evaluator, and how many bytes is an individual?',
  run: () => controllerRows(20_000),
};

export const controllerRows = (births: number): Promise<Row[]> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'null.db');
    const lineage = openLineage(path, 'write');
    const seconds = await nullRun(lineage, births);
    lineage.db.pragma('wal_checkpoint(TRUNCATE)');
    const text = lineage.db.prepare<[], number>('SELECT sum(length(canon)) FROM block').pluck().get()!;
    lineage.close();
    const { size } = statSync(path);
    const rate = births / seconds;
    return [
      {
        what: `${births} births with a null evaluator, database included`,
        value: rate,
        unit: 'births/s',
        target: 'at least 3,000 births/s',
        met: rate >= 3000,
        raw: [seconds],
      },
      {
        what: 'file size per individual, no curves',
        value: size / births,
        unit: 'bytes',
        target: 'under 300 bytes',
        met: size / births < 300,
        note: `of which text of blocks ${(text / births).toFixed(0)}; nearly every birth brings a new block here`,
      },
    ];
  });
