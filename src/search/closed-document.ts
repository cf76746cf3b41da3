/** Documents closed at launch: what they came to is stored with the run, and no program goes on with a run that would come to something else. */
import type { ClosedDocument } from '../lineage/journal.ts';
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { parseDocument, type SearchDocument } from '../search-space/document.ts';
import { breedingChanges } from './breeding-changes.ts';
import { breedingContent } from './breeding-content.ts';
import { type BreedingTables, breedingClass, breedingTables, type Ingredients } from './breeding-tables.ts';
import { evaluationSettings } from './setup.ts';

const contentOf = (document: SearchDocument): Ingredients =>
  breedingContent(document, evaluationSettings(document).budget.costUnits ?? null);

/** What is stored at launch. */
export function closeDocument(
  document: SearchDocument,
  folder: string,
  tables: BreedingTables = breedingTables(),
): ClosedDocument {
  return {
    class: breedingClass(tables),
    decides: JSON.stringify(tables),
    content: JSON.stringify(contentOf(document)),
    folder,
  };
}

/**
 * Why this program would not go on as the run began, in words; empty where it would.
 * @throws UserError where the stored document is none to this program.
 */
export function changesSince(
  row: Pick<RunRow, 'run' | 'document'>,
  { decides, content }: Pick<ClosedDocument, 'decides' | 'content'>,
  tables: BreedingTables = breedingTables(),
): readonly string[] {
  const code = breedingChanges(JSON.parse(decides) as Ingredients, tables);
  return [...code, ...breedingChanges(JSON.parse(content) as Ingredients, contentOf(storedDocument(row)))];
}

/** @throws UserError where this program does not take it for a document. */
export function storedDocument({ run, document }: Pick<RunRow, 'run' | 'document'>): SearchDocument {
  const parsed = parseDocument(document, `document of run ${run}`);
  if (!parsed.ok) throw new UserError(parsed.issues);
  return parsed.value;
}

/** Differences told in one message; what is beyond is counted. */
const mostTold = 12;

/** @throws UserError where this program breeds otherwise than the one that the run was launched with. */
export function requireSameBreeding(row: RunRow, tables: BreedingTables = breedingTables()): void {
  if (row.closed === null) return;
  const changes = changesSince(row, row.closed, tables);
  if (changes.length === 0) return;
  const more = changes.length - mostTold;
  throw new UserError({
    code: 'breeding-changed',
    message: `run ${row.run} would go on as another search: ${changes.slice(0, mostTold).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    hint: `resume with the version that launched it (${row.versions.streetlight ?? 'unknown'}), or launch a new run`,
  });
}

/** What `verify` says of breeding. `isDamage`: the file is not what was written; else it is sound, and this program is another one than the run was launched with. */
export interface BreedingFinding {
  readonly check: 'breeding';
  readonly run: number;
  readonly detail: string;
  readonly isDamage: boolean;
  /** Whether there is anything to go on with: a run that is over is as it is. */
  readonly isOver: boolean;
}

/** What `resume` would refuse each run for; nothing of runs that did not store it. */
export function breedingFindings(
  rows: readonly RunRow[],
  tables: BreedingTables = breedingTables(),
): readonly BreedingFinding[] {
  return rows.flatMap((row) => {
    const detail = findingOf(row, tables);
    const isOver = row.endReason !== null;
    return detail === null ? [] : [{ check: 'breeding', run: row.run, ...detail, isOver } as const];
  });
}

function findingOf(row: RunRow, tables: BreedingTables): Pick<BreedingFinding, 'detail' | 'isDamage'> | null {
  if (row.closed === null) return null;
  try {
    if (breedingClass(JSON.parse(row.closed.decides) as Ingredients) !== row.closed.class)
      return { detail: 'its ingredients do not give its class', isDamage: true };
    requireSameBreeding(row, tables);
    return null;
  } catch (error) {
    if (error instanceof SyntaxError) return { detail: 'what is stored is no JSON', isDamage: true };
    if (!(error instanceof UserError)) throw error;
    return { detail: error.issues.map(({ message }) => message).join('; '), isDamage: false };
  }
}

/** A run of which nobody stored what its breeding depends on. */
export const unknownBreeding = (run: number): UserError =>
  new UserError({
    code: 'breeding-unknown',
    message: `run ${run} was begun by a version that did not store all that breeding depends on, so that nobody can know whether it would go on as the same search`,
    hint: 'it can be read and analysed as ever; resume it with the version that launched it, or launch a new run',
  });
