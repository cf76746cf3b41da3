/**
 * The one change to the add-on's source. It keeps the names of attributes in a set that all threads of the process fill without a lock, so that two workers that start
 * at once may end the process with a segmentation fault. A set for each thread holds the same names, for as long as the thread's TensorFlow lives.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './shell.ts';

/** Named in the stamp, so that an add-on built before a change is built anew. */
export const patch = 'thread-local-names';

const shared = 'static std::set<std::string> ATTR_NAME_SET;';
const ofEachThread = 'static thread_local std::set<std::string> ATTR_NAME_SET;';

/** @throws SetupError where the source is not the one that this change was made for. */
export function makeSafeForThreads(packageFolder: string): void {
  const file = join(packageFolder, 'binding', 'tfjs_backend.cc');
  const source = readFileSync(file, 'utf8');
  if (source.includes(ofEachThread)) return;
  if (source.split(shared).length !== 2)
    throw new SetupError(
      `${file} is not the source that was expected, and its add-on would not be safe in threads`,
      'remove the folder .tensorflow and try again',
    );
  writeFileSync(file, source.replace(shared, ofEachThread));
}
