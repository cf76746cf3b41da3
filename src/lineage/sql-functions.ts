/** The functions that questions have in SQL beside SQLite's own. */
import type { Database } from 'better-sqlite3';
import { definePackFunctions } from './pack.ts';
import { defineTraitFunctions } from './trait-functions.ts';

/** Gives a connection the SQL functions that migrations, views and questions use. */
export function defineFunctions(db: Database): void {
  definePackFunctions(db);
  defineTraitFunctions(db);
}
