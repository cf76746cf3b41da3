/**
 * The loop of a run: breed, dispatch, wait in birth order, tell, record. Everything it needs is handed in; it decides nothing.
 *
 * Birth b is bred right after birth b - inFlight was told and before the next one is, so the loop alternates strictly: tell one, breed one.
 * Replies may come in any order; awaiting them by birth index is the reorder buffer.
 */
import { EvaluationCancelledError, type EvaluationReply } from '../dispatch/evaluator.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Birth, Death, ToldBirth } from '../evolution/birth.ts';
import type { Bred } from '../evolution/controller.ts';

/** The controller as the loop sees it. */
export interface Breeder {
  /** Breeds a birth, and plans its evaluation, from the state as it stands now. */
  breed(birthIndex: number): Bred;
  /** Takes the next outcome in birth order; gives the deaths that it caused. */
  tell(birth: Birth, outcome: EvaluationOutcome): readonly Death[];
}

/** What the loop of a run is handed. */
export interface DriveOptions {
  readonly breeder: Breeder;
  readonly births: number;
  readonly inFlight: number;
  /** Births told so far: 0 for a new run. */
  readonly told: number;
  /** Children already bred and not yet told, in birth order: what `resume` rebuilt. */
  readonly waiting: readonly Bred[];
  /** Rejecting with an `EvaluationCancelledError` ends the loop with whole births recorded. */
  evaluate(bred: Bred): Promise<EvaluationReply>;
  record(told: ToldBirth, reply: EvaluationReply): void;
  /** Asked before each wait; true ends the loop with whole births recorded. */
  shouldStop(): boolean;
}

/** Runs until all births are told, `shouldStop` or a cancelled evaluation. Returns how many are told. */
export async function drive(options: DriveOptions): Promise<number> {
  const { breeder, births, inFlight } = options;
  const pending: { readonly birth: Birth; readonly reply: Promise<EvaluationReply> }[] = [];
  const dispatch = (bred: Bred) => {
    const reply = options.evaluate(bred);
    // A rejection is handled where the reply is awaited; until then it must not count as unhandled.
    reply.catch(() => {});
    pending.push({ birth: bred.birth, reply });
  };
  for (const each of options.waiting) dispatch(each);
  let told = options.told;
  let bred = told + options.waiting.length;
  for (; bred < Math.min(births, inFlight); bred++) dispatch(breeder.breed(bred));

  while (told < births && !options.shouldStop()) {
    const { birth, reply: promise } = pending.shift()!;
    const reply = await unlessCancelled(promise);
    if (reply === null) break;
    const deaths = breeder.tell(birth, reply.outcome);
    options.record({ birth, outcome: reply.outcome, deaths }, reply);
    told += 1;
    if (bred < births) dispatch(breeder.breed(bred++));
  }
  return told;
}

/** Null where the evaluation was cancelled. */
async function unlessCancelled(promise: Promise<EvaluationReply>): Promise<EvaluationReply | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof EvaluationCancelledError) return null;
    throw error;
  }
}
