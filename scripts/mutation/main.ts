/**
 * npm run mutation [-- --known | folder ...]: does a test notice when the program is changed? With --known, the changes of `known.ts`; otherwise all that StrykerJS makes in the folders
 * named, in all of `folders.ts` where none is. What begins with `-`, and what follows it, is handed to StrykerJS.
 */
import { isMutatedFolder, mutatedFolders } from './folders.ts';
import { tryFolders } from './try-folders.ts';
import { tryKnown } from './try-known.ts';

function main(args: readonly string[]): number {
  if (args.includes('--known')) return tryKnown();
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const names = firstOption === -1 ? args : args.slice(0, firstOption);
  const unknown = names.filter((name) => !isMutatedFolder(name));
  if (unknown.length > 0) {
    process.stderr.write(
      `no such folder: ${unknown.join(', ')}. Choose from ${mutatedFolders.join(', ')}.\n`,
    );
    return 2;
  }
  const folders = names.length === 0 ? mutatedFolders : names.filter(isMutatedFolder);
  return tryFolders(folders, args.slice(names.length));
}

process.exitCode = main(process.argv.slice(2));
