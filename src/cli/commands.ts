/** The closed table of commands. */
import type { Command } from 'commander';
import { registerAssay } from './commands/assay.ts';
import { registerBackup } from './commands/backup.ts';
import { registerBench } from './commands/bench.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerExport } from './commands/export.ts';
import { registerImport } from './commands/import.ts';
import { registerQuery } from './commands/query.ts';
import { registerReference } from './commands/reference.ts';
import { registerResume } from './commands/resume.ts';
import { registerSchema } from './commands/schema.ts';
import { registerSearch } from './commands/search.ts';
import { registerStudyCommands } from './commands/study.ts';
import { registerTasks } from './commands/tasks.ts';
import { registerTrain } from './commands/train.ts';
import { registerVerify } from './commands/verify.ts';
import type { Call } from './output.ts';
import { questionCommand } from './question-command.ts';

/** Adds one command to the program; what it prints and how it ends goes to the call. */
export type Register = (program: Command, call: Call) => void;

/** Every command by its name, in the order of the help. Names are typed by people and in scripts: permanent. */
export const commands = {
  search: registerSearch,
  resume: registerResume,
  runs: questionCommand('runs'),
  show: questionCommand('show', { coverage: 'coverage' }),
  genome: questionCommand('genome'),
  ancestors: questionCommand('ancestors', { with: 'common-ancestor' }),
  tasks: registerTasks,
  train: registerTrain,
  query: registerQuery,
  survivorship: questionCommand('survivorship'),
  hazard: questionCommand('hazard', { rows: 'hazard-rows' }),
  selection: questionCommand('selection'),
  diversity: questionCommand('diversity'),
  association: questionCommand('association'),
  compare: questionCommand('compare'),
  assay: registerAssay,
  study: registerStudyCommands,
  export: registerExport,
  import: registerImport,
  verify: registerVerify,
  backup: registerBackup,
  doctor: registerDoctor,
  reference: registerReference,
  schema: registerSchema,
  bench: registerBench,
} as const satisfies Record<string, Register>;
