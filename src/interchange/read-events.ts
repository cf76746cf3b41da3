/** An event log read back, line by line: each event is checked against the form, the order and the event hash before it is handed on. */

import type { z } from 'zod';
import type { ToldBirth } from '../evolution/birth.ts';
import { initialEventHash, nextEventHash } from '../evolution/event-hash.ts';
import { readCanonicalArchitecture } from '../genome/architecture/read.ts';
import { hashOfText } from '../genome/identity.ts';
import { readCanonicalUpdateRule } from '../genome/update-rule/read.ts';
import type { EvaluationTiming } from '../lineage/details.ts';
import type { NewRun } from '../lineage/journal.ts';
import type { Result } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import {
  type BirthEvent,
  birthEvent,
  endEvent,
  eventFormat,
  eventVersion,
  resumeEvent,
  runEvent,
} from './event-schema.ts';
import { readingError } from './file-pieces.ts';
import { type NumberedLine, readLines } from './lines.ts';

/** An event that has proved sound, with its line in the log. */
export type LoggedEvent =
  | { readonly kind: 'run'; readonly line: number; readonly run: NewRun; readonly startedAt: string }
  | {
      readonly kind: 'resume';
      readonly line: number;
      readonly resumedAt: string;
      readonly versions: Readonly<Record<string, string>>;
      readonly births?: number | undefined;
    }
  | {
      readonly kind: 'birth';
      readonly line: number;
      readonly told: ToldBirth;
      readonly eventHash: string;
      readonly timing: EvaluationTiming | undefined;
    }
  | { readonly kind: 'end'; readonly line: number; readonly endReason: string | null };

/** Which of the four a line is, by the key that only it has. */
const forms = { format: runEvent, resumedAt: resumeEvent, birth: birthEvent, end: endEvent } as const;

/** What was changed or lost cannot be mended by hand: every birth is chained to those before it. */
const usualHint = 'the file was damaged or edited: export it again, or fetch it anew';

/** @throws UserError at the first line that is wrong: what follows it cannot be trusted. */
export function* readEvents(path: string): Generator<LoggedEvent> {
  const refuse = (line: number, code: string, message: string, hint = usualHint) =>
    new UserError({ code: `events-${code}`, path, line, message, hint });
  let inRun = false;
  let next = 0;
  let hash = initialEventHash;
  let last = 0;
  for (const numbered of withoutEnd(path, refuse)) {
    const { line } = numbered;
    last = line;
    const { key, value } = parsed(numbered, refuse);
    if (inRun === (key === 'format'))
      throw refuse(
        line,
        'order',
        inRun ? 'a run begins before the one above it has ended' : 'this event belongs to no run',
        `a run begins with {"format":"${eventFormat}", ...} and ends with {"end": ...}`,
      );
    if (key === 'format') {
      const { run, startedAt } = read(runEvent, value, line, refuse);
      [inRun, next, hash] = [true, 0, initialEventHash];
      yield { kind: 'run', line, run, startedAt };
    } else if (key === 'resumedAt') yield { kind: 'resume', line, ...read(resumeEvent, value, line, refuse) };
    else if (key === 'birth') {
      const event = read(birthEvent, value, line, refuse);
      if (event.birth !== next)
        throw refuse(line, 'order', `birth ${event.birth} stands where birth ${next} is due`);
      const told = toldBirth(event, line, refuse);
      hash = nextEventHash(hash, told);
      if (hash !== event.eventHash)
        throw refuse(line, 'damaged', `birth ${event.birth} is not what it was: its event hash is another`);
      next += 1;
      yield { kind: 'birth', line, told, eventHash: hash, timing: event.timing };
    } else {
      const { end, births, eventHash } = read(endEvent, value, line, refuse);
      if (births !== next)
        throw refuse(line, 'damaged', `the run has ${births} births, and ${next} stand above`);
      if (births > 0 && eventHash !== hash)
        throw refuse(line, 'damaged', 'the event hash of the run is not that of its last birth');
      inRun = false;
      yield { kind: 'end', line, endReason: end };
    }
  }
  if (inRun || last === 0)
    throw refuse(
      Math.max(1, last),
      'truncated',
      last === 0 ? 'this file is empty' : 'the log breaks off: its last run does not end',
      'export it again',
    );
}

/** Lines without the empty ones at the end. @throws UserError for an empty line above others, and where the file cannot be read */
function* withoutEnd(path: string, refuse: Refuse): Generator<NumberedLine> {
  let empty: number | null = null;
  try {
    for (const numbered of readLines(path)) {
      if (numbered.text.trim() === '') empty ??= numbered.line;
      else if (empty !== null)
        throw refuse(empty, 'damaged', 'this line is empty, and the log goes on below it');
      else yield numbered;
    }
  } catch (error) {
    throw readingError(error, path);
  }
}

type Refuse = (line: number, code: string, message: string, hint?: string) => UserError;

function parsed({ line, text }: NumberedLine, refuse: Refuse): { key: keyof typeof forms; value: object } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(line, 'damaged', 'this line is not JSON, or it is cut short');
  }
  const found = typeof value === 'object' && value !== null ? value : {};
  const { format, version } = found as { format?: unknown; version?: unknown };
  if (format === eventFormat && typeof version === 'number' && version > eventVersion)
    throw refuse(
      line,
      'newer',
      `this log has form ${version}; this program knows ${eventVersion}`,
      'use a newer streetlight',
    );
  const key = Object.keys(forms).find((name) => Object.hasOwn(found, name)) as keyof typeof forms | undefined;
  if (key === undefined || (line === 1 && format !== eventFormat))
    throw refuse(
      line,
      'foreign',
      'this is no event of streetlight',
      'give a file that `streetlight export --what events` wrote',
    );
  return { key, value: found };
}

function read<T>(form: z.ZodType<T>, value: object, line: number, refuse: Refuse): T {
  const result = form.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw refuse(line, 'damaged', `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
}

function toldBirth(event: BirthEvent, line: number, refuse: Refuse): ToldBirth {
  const chromosome = <C>(name: string, result: Result<C>): C => {
    if (result.ok) return result.value;
    throw refuse(line, 'damaged', `${name}: ${result.issues[0]!.message}`);
  };
  const {
    parent,
    otherParent,
    architectureFrom,
    ruleFrom,
    mutations,
    contestants,
    outcome,
    details,
    deaths,
  } = event;
  return {
    birth: {
      birthIndex: event.birth,
      genome: {
        architecture: chromosome('architecture', readCanonicalArchitecture(event.architecture)),
        rule: chromosome('rule', readCanonicalUpdateRule(event.rule)),
      },
      architectureHash: hashOfText('architecture', event.architecture),
      ruleHash: hashOfText('rule', event.rule),
      ...{ parent, otherParent, architectureFrom, ruleFrom, mutations, contestants },
    },
    outcome: { ...outcome, ...(details === undefined ? {} : { details }) },
    deaths,
  };
}
