import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { openEngine, resolveEngineName } from '../../engines/registry.ts';
import { studyScript } from '../../interchange/study-script/script.ts';
import type { Lineage } from '../../lineage/open.ts';
import { registrationsOf } from '../../lineage/registrations.ts';
import { plannedBirths } from '../../lineage/runs.ts';
import { commandOn, shellPath } from '../../notation/shell.ts';
import { UserError } from '../../notation/user-error.ts';
import { answerJson } from '../../report/answer-json.ts';
import { commandAnswers } from '../../report/command-answers.ts';
import { planText, statusText, verdictText } from '../../report/study.ts';
import { rowLines } from '../../report/table.ts';
import { currentVersions } from '../../search/run.ts';
import type { AssayResult, WatchedCells } from '../../study/assays.ts';
import { readStudy } from '../../study/document.ts';
import { assayCandidates, evidenceTables } from '../../study/evidence.ts';
import { measureStudy, powerPlan, studyCounts } from '../../study/plan.ts';
import { registerStudy, registrationReport } from '../../study/registration.ts';
import { studyFlow, verdictOf } from '../../study/verdict.ts';
import { documentNamed } from '../document-named.ts';
import { databaseOption, jsonOption, withLineage, workerCount } from '../options.ts';
import { type Call, printAnswer } from '../output.ts';
import { writeFolder } from '../write-files.ts';
import { carryOut, type Opened, type Options, results, runsOf } from './study-session.ts';

interface ReportOptions extends Options {
  readonly out: string;
  readonly force?: boolean;
}

/** streetlight study plan|register|run|status|assay|verdict STUDY. */
export function registerStudyCommands(program: Command, call: Call): void {
  const parent = program
    .command('study')
    .description('conditions of one search side by side: plan, register, run, verdict');
  const command = (name: string, description: string) =>
    parent
      .command(name)
      .argument('<study>', 'a YAML file, or the name of a study that comes with streetlight')
      .description(description)
      .addOption(databaseOption())
      .addOption(jsonOption());
  const workers = (on: Command) =>
    on.option('--workers <n>', 'worker threads; what is found does not depend on it', workerCount);
  const pilot = (on: Command) => on.option('--pilot', 'the pilot blocks, which no verdict counts');

  workers(command('plan', 'what the study will take on this machine, and its power after a pilot')).action(
    (file: string, options: Options) => plan(open(file), options, call),
  );
  command('register', 'write down what is to be done and analysed, before the first run').action(
    (file: string, options: Options) => register(open(file), options, call),
  );
  pilot(
    workers(command('run', 'launch the runs or go on with them, then train what its assays need')),
  ).action((file: string, options: Options) => carryOut(open(file), options, call, true));
  pilot(workers(command('assay', 'train what the assays need of runs that are over'))).action(
    (file: string, options: Options) => carryOut(open(file), options, call, false),
  );
  pilot(command('status', 'how far the study is')).action((file: string, options: Options) =>
    status(open(file), options, call),
  );
  command('verdict', 'what was found, how sure it is, and what would have refuted it').action(
    (file: string, options: Options) => verdict(open(file), options, call),
  );
  parent
    .command('report')
    .argument('<study>', 'a YAML file, or the name of a study that comes with streetlight')
    .description(
      'the verdict with all that it rests on, as files: registration, runs, populations, every training, values, and an R script that computes them again',
    )
    .requiredOption('--out <folder>', 'where the files go')
    .option('--force', 'replace files that are there')
    .addOption(databaseOption())
    .action((file: string, options: ReportOptions) => report(open(file), options, call));
}

function open(file: string): Opened {
  const { path, text } = documentNamed('studies', file);
  const read = readStudy(text, path);
  if (!read.ok) throw new UserError(read.issues);
  return {
    typed: shellPath(file),
    text,
    study: read.value,
    folders: { launch: process.cwd(), document: dirname(resolve(path)) },
  };
}

async function plan(opened: Opened, { db, json, workers }: Options, call: Call): Promise<void> {
  const { study, folders } = opened;
  const { name, question, conditions } = study.document;
  const counts = await studyCounts(study, folders);
  const time = await measureStudy(study, folders, workers ?? availableParallelism());
  const seconds = time.secondsPerTraining * (counts.trainings + counts.assayTrainings);
  const pilot = existsSync(db) ? await withLineage(db, (lineage) => pilotResults(opened, lineage)) : [];
  const answer = {
    ...{ study: name, question },
    conditions: Object.entries(conditions).map(([each, { summary }]) => ({ name: each, summary })),
    counts,
    time: { ...time, seconds },
    power: powerAnswer(powerPlan(study, pilot)),
  };
  if (json === true) printAnswer(call, 'study-plan', answer);
  else call.print(planText(answer));
}

const powerAnswer = (power: ReturnType<typeof powerPlan>) =>
  power === null ? null : { ...power, powers: power.powers.map((each) => ({ ...each })) };

/** Of a pilot that was carried out whole; none where it was not. */
async function pilotResults(opened: Opened, lineage: Lineage): Promise<AssayResult[]> {
  const runs = await runsOf(opened, lineage, true);
  if (runs.length === 0 || runs.some(({ row }) => row?.endReason == null)) return [];
  try {
    return await results(opened, runs, lineage, { mayTrain: false });
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

async function register(opened: Opened, { db, json }: Options, call: Call): Promise<void> {
  const { study, folders } = opened;
  const engine = await openEngine(resolveEngineName(study.base.engine));
  await withLineage(
    db,
    async (lineage) => {
      const runs = await runsOf(opened, lineage);
      const { hash, registeredAt, lastRun, isNew } = await registerStudy(
        study,
        { lineage, folders },
        { versions: currentVersions(engine), registeredAt: new Date().toISOString() },
      );
      const { name } = study.document;
      if (json === true)
        printAnswer(call, 'study-registration', {
          ...{ study: name, hash, registeredAt, runs: runs.length, lastRun, isNew },
        });
      else
        call.print(
          `Study ${name} ${isNew ? 'is' : 'was'} registered${isNew ? '' : ` as it stands, ${registeredAt},`} in ${db}: ${hash}\nWhat to type next:\n  ${commandOn(db, `study run ${opened.typed}`)}`,
        );
    },
    'write',
  );
}

async function status(opened: Opened, { db, json, pilot = false }: Options, call: Call): Promise<void> {
  const { study, folders } = opened;
  await withLineage(db, async (lineage) => {
    const runs = await runsOf(opened, lineage, pilot);
    // A pilot is part of no registration.
    const counted = pilot ? await runsOf(opened, lineage) : runs;
    const registration = await registrationReport(study, counted, { lineage, folders });
    const answer = {
      study: study.document.name,
      registration: { ...registration, deviations: [...registration.deviations] },
      runs: runs.map(({ planned, row }) => ({
        ...{ block: planned.block.name, condition: planned.condition, run: row?.run ?? null },
        ...{ state: row?.state ?? ('missing' as const), told: (row?.lastTold ?? -1) + 1 },
        births: row === null ? planned.document.evolution.births : plannedBirths(row),
        eventHash: row === null ? null : row.eventHash,
      })),
    };
    if (json === true) printAnswer(call, 'study-status', answer);
    else call.print(statusText(answer));
  });
}

async function verdict(opened: Opened, { db, json }: Options, call: Call): Promise<void> {
  await withLineage(db, async (lineage) => {
    const { answer } = await verdictOn(opened, lineage, db);
    if (json === true) printAnswer(call, 'study-verdict', answer);
    else call.print(verdictText(answer));
  });
}

/** The verdict, and what its assays asked for. @throws UserError where there is no run. */
async function verdictOn(opened: Opened, lineage: Lineage, db: string) {
  const { study, folders } = opened;
  const { name } = study.document;
  const runs = await runsOf(opened, lineage);
  if (runs.every(({ row }) => row === null))
    throw new UserError({
      code: 'nothing-to-estimate',
      path: lineage.path,
      message: `no run of study ${name} is in this file`,
      hint: `carry it out: ${commandOn(db, `study run ${opened.typed}`)}`,
    });
  const watched: WatchedCells[] = [];
  const assays = await results(opened, runs, lineage, {
    mayTrain: false,
    watch: (cells) => watched.push(cells),
  });
  const registration = await registrationReport(study, runs, { lineage, folders });
  const answer = verdictOf(study.document, assays, registration, studyFlow(runs, lineage));
  return { answer, runs, watched };
}

async function report(opened: Opened, { db, out, force = false }: ReportOptions, call: Call): Promise<void> {
  const { study, text } = opened;
  const { document } = study;
  await withLineage(db, async (lineage) => {
    const { answer, runs, watched } = await verdictOn(opened, lineage, db);
    const registered = registrationsOf(lineage, document.name).at(-1);
    const tables = evidenceTables(answer, runs, assayCandidates(answer, study, runs, lineage), watched);
    const json = (value: unknown) => [JSON.stringify(value, null, 1)];
    writeFolder(
      out,
      [
        { name: 'study.yaml', lines: [text.trimEnd()] },
        { name: 'verdict.txt', lines: [verdictText(answer)] },
        { name: 'verdict.json', lines: [answerJson(commandAnswers['study-verdict'], answer)] },
        ...(registered === undefined
          ? []
          : [
              {
                name: 'registration.json',
                lines: json({ ...registered, content: JSON.parse(registered.content) as unknown }),
              },
            ]),
        ...tables.map(({ name, head, rows }) => ({ name, lines: rowLines('csv', head, rows) })),
        { name: 'recompute.R', lines: [studyScript(document).trimEnd()] },
      ],
      force,
    );
    call.print(
      `The verdict of ${document.name} and what it rests on are in ${out}. To compute its numbers again:\n  Rscript ${shellPath(join(out, 'recompute.R'))}`,
    );
  });
}
