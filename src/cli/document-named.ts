/** Documents as people name them: by path, or by the name of one that comes with the program. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import {
  type DocumentFile,
  type DocumentFolder,
  knownDocument,
  knownDocumentNames,
} from '../search-space/packaged.ts';

/** A file at that path; where there is none, the document of the folder that comes with streetlight under that name. @throws UserError where it cannot be read. */
export function documentNamed(folder: DocumentFolder, file: string): DocumentFile {
  try {
    return { path: file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const known = isMissing ? knownDocument(folder, file) : null;
    if (known !== null) return known;
    throw new UserError({
      code: 'file-unreadable',
      path: file,
      message: isMissing ? 'there is no such document' : (error as Error).message,
      hint: nearestDocument(folder, file),
    });
  }
}

/** Documents that come with streetlight go by name wherever it is installed: `search-spaces/smoke.yaml` is `smoke`. */
function nearestDocument(folder: DocumentFolder, file: string): string {
  const names = knownDocumentNames(folder);
  const name = basename(file).replace(/\.ya?ml$/, '');
  return names.includes(name)
    ? `a document of this name comes with streetlight: write \`${name}\` in place of the path`
    : (didYouMean(name, names) ?? `give the path of a file, or a name: ${names.join(', ')}`);
}
