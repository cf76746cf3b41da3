/** What every assay trains by: the file, open for writing where it may be, and threads that are closed whatever comes. */
import type { AskContext } from '../analysis/question.ts';
import { withStore } from '../analysis/store.ts';
import type { Lineage } from '../lineage/open.ts';
import { type CellTrainer, openTrainer } from './train-cells.ts';

/** `workers`: threads; one per core where it is not said. @throws what `use` throws, with what was trained stored. */
export const withTrainer = <T>(
  lineage: Lineage,
  workers: number | undefined,
  context: AskContext,
  use: (open: Lineage, trainer: CellTrainer) => Promise<T>,
): Promise<T> =>
  withStore(lineage, 'Trainings', context, async (open) => {
    const trainer = openTrainer(open, context, workers);
    try {
      return await use(open, trainer);
    } finally {
      await trainer.close();
    }
  });
