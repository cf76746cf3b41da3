/** How a stored run was bred, from its own document. */
import type { RunRow } from '../lineage/runs.ts';
import { type EvolutionSettings, evolutionSchema } from '../search-space/evolution-schema.ts';

/** Null where this program does not know the settings, such as those of a later one. */
export function evolutionOf({ document }: Pick<RunRow, 'document'>): EvolutionSettings | null {
  const { evolution } = JSON.parse(document) as { readonly evolution?: unknown };
  const parsed = evolutionSchema.safeParse(evolution ?? {});
  return parsed.success ? parsed.data : null;
}
