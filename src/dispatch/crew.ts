/**
 * Threads that share one fair queue. A thread is started when a job waits that no started thread could begin at once, so that there are never more than jobs at one time. Each has
 * its next job at hand when it ends one, and never waits for whoever asks.
 */
import { createFairQueue } from './fair-queue.ts';
import type { Job, ThreadReply } from './messages.ts';
import { type RegisteredWorkbench, startThread, type Thread } from './thread.ts';

/** A job on its way. */
export interface Errand {
  readonly run: string;
  readonly job: Job;
  readonly workbench: RegisteredWorkbench;
  /** Called once with how the job ended in a thread, unless it is dropped. */
  done(reply: ThreadReply): void;
  failed(error: unknown): void;
}

/** Threads at work. */
export interface Crew {
  add(errand: Errand): void;
  /** Forgets the errands of a run; a thread that is busy with one is ended, and what else it had at hand waits again. */
  drop(run: string): void;
  close(): Promise<void>;
}

interface Member {
  readonly thread: Thread;
  /** What it was given, oldest first: it is busy with the first. Dropped errands stay until the thread has come to them. */
  readonly hands: Errand[];
}

/** At most `most` threads, each with at most `atHand` jobs. */
export function createCrew(most: number, atHand: number): Crew {
  const queue = createFairQueue<Errand>();
  const members = new Set<Member>();
  const dropped = new WeakSet<Errand>();
  let closed = false;

  function join(): Member {
    const member: Member = { thread: startThread(atHand, () => members.delete(member)), hands: [] };
    members.add(member);
    return member;
  }

  /** Idle threads first, then new ones, then those with one job less than they may have. */
  function free(): Member | null {
    let best: Member | null = null;
    for (const member of members) if (best === null || member.hands.length < best.hands.length) best = member;
    if (best !== null && best.hands.length === 0) return best;
    if (members.size < most) return join();
    return best !== null && best.hands.length < atHand ? best : null;
  }

  function hand(): void {
    while (!closed && queue.size > 0) {
      const member = free();
      if (member === null) return;
      void give(member, queue.take()!);
    }
  }

  async function give(member: Member, errand: Errand): Promise<void> {
    member.hands.push(errand);
    let settle: () => void;
    try {
      const reply = await member.thread.run(errand.job, errand.workbench);
      settle = () => errand.done(reply);
    } catch (error) {
      settle = () => errand.failed(error);
    }
    // Not in these hands any more: the thread was ended by a drop, and the errand was given back or waits again.
    if (!member.hands.includes(errand)) return;
    member.hands.splice(member.hands.indexOf(errand), 1);
    if (!dropped.has(errand)) settle();
    relieve(member);
    hand();
  }

  /** Ends a thread that is busy with what nobody waits for. */
  function relieve(member: Member): void {
    const [busyWith, ...next] = member.hands;
    if (busyWith === undefined || !dropped.has(busyWith)) return;
    members.delete(member);
    member.hands.length = 0;
    member.thread.end().catch(() => {});
    for (const errand of next.reverse()) if (!dropped.has(errand)) queue.add(errand.run, errand, true);
  }

  return {
    add(errand) {
      queue.add(errand.run, errand);
      hand();
    },
    drop(run) {
      queue.remove(run);
      for (const member of [...members]) {
        for (const errand of member.hands) if (errand.run === run) dropped.add(errand);
        relieve(member);
      }
      hand();
    },
    async close() {
      closed = true;
      const threads = [...members].map(({ thread, hands }) => {
        hands.length = 0;
        return thread.end();
      });
      members.clear();
      await Promise.all(threads);
    },
  };
}
