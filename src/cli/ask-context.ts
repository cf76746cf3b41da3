/** How a person at a terminal asks: long work shows its progress, and Ctrl-C ends it. */
import type { AskContext, Work } from '../analysis/question.ts';
import { taskBar, taskLog } from '../report/progress.ts';
import type { Output } from './output.ts';

/** Notes go to `output`; while work is on its way SIGINT and SIGTERM ask it to stop. */
export const askContext = (output: Output): AskContext => ({
  note: (text) => output.note(text),
  begin: watchedWork,
});

function watchedWork(what: string, total: number): Work {
  let isInterrupted = false;
  const onSignal = () => {
    isInterrupted = true;
  };
  const progress = process.stderr.isTTY === true ? taskBar(process.stderr) : taskLog();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  progress.start(what, total);
  return {
    update: progress.update,
    shouldStop: () => isInterrupted,
    end() {
      progress.stop();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
