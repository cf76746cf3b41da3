/** Thread entry: message -> src/dispatch/serve -> message. No logic of its own. */
import { cpuClock } from '../src/dispatch/cpu-clock.ts';
import { createServer } from '../src/dispatch/serve.ts';
import { openEngine } from '../src/engines/registry.ts';

export default createServer({ openEngine, cpuNow: cpuClock() });
