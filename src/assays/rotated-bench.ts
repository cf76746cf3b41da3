/** Networks in rotated coordinates: architectures with every rotation on or off, and the workbench on which the head is rotated too. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { rotatableNodes, withRotations } from '../genome/architecture/rotated.ts';
import { architectureBlock } from '../lineage/blocks.ts';
import { architectureFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { shareOnce } from '../tasks/open.ts';
import { defaultHead, type Task } from '../tasks/task.ts';

/** Rows in `block` of an architecture in both coordinates. */
export interface BothCoordinates {
  readonly plain: number;
  readonly rotated: number;
  /** Nodes with a rotation of their own in the stored architecture, which `plain` has not. */
  readonly ownRotations: number;
}

/** Finds both, and gives those rows that nobody has. @throws UserError where a row is missing in a file that may only be read. */
export function bothCoordinates(lineage: Lineage): (architecture: number) => BothCoordinates {
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  return (id) => {
    const architecture = architectureFromText(text.get(id)!);
    const ownRotations = rotatableNodes(architecture).filter(
      (i) => architecture.nodes[i]!.genes['rotation'] === true,
    ).length;
    const row = (rotation: boolean) => architectureBlock(lineage, withRotations(architecture, rotation));
    return { plain: ownRotations === 0 ? id : row(false), rotated: row(true), ownRotations };
  };
}

/** What the two matrices of every weight may take beyond the limits that the plain network lives within. */
const room = 16;

/** The workbench with the head of its tasks rotated. Its limits of work and memory leave room for the matrices: a network is not to fail for being looked at. */
export function rotatedBench(workbench: WorkbenchContent): WorkbenchContent {
  const { limits } = workbench.settings;
  return {
    ...workbench,
    tasks: workbench.tasks.map(({ task }) => shareOnce(withRotatedHead(task))),
    settings: {
      ...workbench.settings,
      limits: { ...limits, stepFlops: room * limits.stepFlops, bytes: room * limits.bytes },
    },
  };
}

function withRotatedHead(task: Task): Task {
  const { head = defaultHead } = task.signature;
  return head.kind === 'none'
    ? task
    : { ...task, signature: { ...task.signature, head: { ...head, rotation: true } } };
}
