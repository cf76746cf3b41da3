/** The queue against a naive statement of whose turn it is, over random sequences of additions and takings. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFairQueue } from '../../src/dispatch/fair-queue.ts';

/** The waiting run that had its turn longest ago gives its oldest job; a run's first wait counts as a turn at that time. */
function naive() {
  const jobs: { run: string; job: number }[] = [];
  const turn = new Map<string, number>();
  let clock = 0;
  return {
    add(run: string, job: number) {
      if (!jobs.some((each) => each.run === run)) turn.set(run, clock++);
      jobs.push({ run, job });
    },
    take() {
      const [next] = [...new Set(jobs.map(({ run }) => run))].sort((a, b) => turn.get(a)! - turn.get(b)!);
      if (next === undefined) return undefined;
      turn.set(next, clock++);
      return jobs.splice(
        jobs.findIndex(({ run }) => run === next),
        1,
      )[0]!.job;
    },
    remove(run: string) {
      for (let i = jobs.length - 1; i >= 0; i--) if (jobs[i]!.run === run) jobs.splice(i, 1);
    },
    size: () => jobs.length,
  };
}

const step = fc.tuple(fc.constantFrom('add', 'add', 'take', 'remove'), fc.constantFrom('a', 'b', 'c', 'd'));

it('takes turns between runs and keeps the order within each', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = createFairQueue<number>();
      const model = naive();
      steps.forEach(([what, run], i) => {
        if (what === 'add') {
          queue.add(run, i);
          model.add(run, i);
        } else if (what === 'remove') {
          queue.remove(run);
          model.remove(run);
        } else expect(queue.take()).toBe(model.take());
        expect(queue.size).toBe(model.size());
      });
    }),
  );
});

it('puts what comes back before the rest of its run', () => {
  const queue = createFairQueue<number>();
  queue.add('a', 1);
  queue.add('a', 0, true);
  expect([queue.take(), queue.take(), queue.take()]).toEqual([0, 1, undefined]);
});
