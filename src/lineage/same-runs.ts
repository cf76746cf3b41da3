/** Runs that are one run told twice: launched again from the same document and seed, they have every birth in common, and count once. */
import { UserError } from '../notation/user-error.ts';
import type { RunRow } from './runs.ts';

type Told = Pick<RunRow, 'run' | 'lastTold' | 'eventHash'>;

/** Each run that has the births of an earlier one of these, with that one. Runs without births have nothing in common. */
export function repeatedRuns<R extends Told>(
  runs: readonly R[],
): readonly { readonly run: R; readonly of: R }[] {
  const first = new Map<string, R>();
  return [...runs]
    .sort((a, b) => a.run - b.run)
    .flatMap((run) => {
      if (run.lastTold < 0) return [];
      const births = `${run.lastTold} ${run.eventHash}`;
      const of = first.get(births);
      if (of !== undefined) return [{ run, of }];
      first.set(births, run);
      return [];
    });
}

/** @throws UserError where a run is there twice: as two units it would make chance look sure. */
export function requireDistinct(runs: readonly Told[]): void {
  const repeated = repeatedRuns(runs);
  if (repeated.length === 0) return;
  throw new UserError({
    code: 'same-run',
    message: repeated
      .map(({ run, of }) => `run ${run.run} is run ${of.run} once more: the same document, seed and births`)
      .join('; '),
    hint: `leave out run ${repeated.map(({ run }) => run.run).join(', ')}, or launch it with another --seed`,
  });
}
