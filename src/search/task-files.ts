/** Where the files of a document's tasks are: relative paths begin in the folder that a run was launched in, which is stored with it. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Issue } from '../notation/issue.ts';
import type { TaskSpec } from '../search-space/task-schema.ts';

/** Options of tasks that are paths. */
const fileKeys = ['path', 'test', 'labels', 'testLabels'] as const;

export interface Folders {
  /** Where the run was launched: absolute. */
  readonly launch: string;
  /** Where else to look, such as the folder that a run is resumed in after its files were moved: the digest of the task says whether they are the same. */
  readonly other?: string | undefined;
  /** Of the document, where it is a file. */
  readonly document?: string | undefined;
}

/** The task with every path absolute: in the first folder that has the file, else in that of the launch. */
export function locatedTask<Spec extends TaskSpec>(spec: Spec, { launch, other }: Folders): Spec {
  const located = (path: string) => {
    const places = [launch, ...(other === undefined ? [] : [other])].map((folder) => resolve(folder, path));
    return places.find((place) => existsSync(place)) ?? places[0]!;
  };
  return { ...spec, ...Object.fromEntries(relativePaths(spec).map(([key, path]) => [key, located(path)])) };
}

const relativePaths = (spec: TaskSpec): (readonly [string, string])[] =>
  fileKeys.flatMap((key) => {
    const path = (spec as Partial<Record<string, unknown>>)[key];
    return typeof path === 'string' && !isAbsolute(path) ? [[key, path] as const] : [];
  });

/** An issue of a file that is not there, with the folders that were looked in. */
export function withFolders(issue: Issue, spec: TaskSpec, { launch, other, document }: Folders): Issue {
  if (issue.code !== 'file-missing') return issue;
  const written = relativePaths(spec).find(([, path]) => resolve(launch, path) === issue.path)?.[1];
  if (written === undefined) return issue;
  const looked = [`${launch}, where the run was launched`];
  if (other !== undefined && other !== launch) looked.push(`${other}, the folder of this command`);
  const beside = document !== undefined && existsSync(resolve(document, written));
  return {
    ...issue,
    message: `${issue.message}: the document says ${written}, which was looked for in ${looked.join(', and in ')}`,
    hint: beside
      ? `there is one beside the document: run the command in ${document}, or write ${resolve(document, written)}`
      : 'put the file there, or write its whole path in the document',
  };
}
