/**
 * The last guard behind the limits of a candidate: what an engine or the compiler throws because something of this machine is used up, as against what it throws because this program is wrong.
 */

/** As V8, Node and TensorFlow word it where memory, the stack or the size of an array or a function is at its end. */
const exhausted =
  /call stack|alloc|out of memory|memory\.grow|grow.*memory|invalid (typed array|array|string|array buffer) length|too (large|many|long|big)/i;

/**
 * True where making or running a candidate failed for want of memory, stack or size: a module that cannot be compiled or linked (code is generated from valid programs alone, so that
 * only its size can be at fault; `--debug` shows it all the same), or a RangeError that says so. Other errors are defects of ours.
 */
export function isResourceFailure(error: unknown): boolean {
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) return true;
  return error instanceof Error && !isOurs(error) && exhausted.test(error.message);
}

/** Checks of ours are defects whatever their words. */
const isOurs = (error: Error) => error.name.endsWith('InvariantError') || error instanceof TypeError;
