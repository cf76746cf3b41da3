/** Long test files first, so that none of them is left for the end, when the other cores have nothing to do. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take more than half a minute, the longest first. */
const longest = [
  'conformance/trajectories',
  'engines/paper-recipe',
  'integration/run',
  'interchange/survival',
  'cli/schemas',
  'conformance/training',
  'analysis/selection',
];

/** Files that need a process of their own come before all others: processes that many files share end where the next file may not share one. */
const placeOf = ({ moduleId, project }: TestSpecification): number => {
  if (project.config.isolate) return -1;
  const place = longest.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
  return place < 0 ? longest.length : place;
};

/** Vitest's own order for all others. */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted].sort((a, b) => placeOf(a) - placeOf(b));
  }
}
