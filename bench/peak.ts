/** The core's own peak for f32x4 multiply + add: 12 independent accumulators in registers, nothing touches memory. What share of it do matrix products reach? */

import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { type Bench, least, type Row } from './lib.ts';
import { peakModule } from './peak-module.ts';
import { mlp, mnist1d, stepper } from './training-step.ts';

const batch = 100;

/** FLOPs of one training step of 40-H-H-10: 6 per weight and example, less the input gradient that nobody needs. */
const matmulFlops = (h: number) => 2 * batch * (2 * 40 * h + 3 * h * h + 3 * h * 10);

export const peak: Bench = {
  question: "What share of the core's own peak for f32x4 multiply and add does training reach?",
  async run() {
    const { spin, flopsPerRound } = peakModule();
    const rounds = 20_000_000;
    spin(rounds);
    const peakBlocks = Array.from({ length: 5 }, () => {
      const start = performance.now();
      spin(rounds);
      return (flopsPerRound * rounds) / (performance.now() - start) / 1e6;
    });
    const top = peakBlocks.reduce((a, b) => Math.max(a, b));
    const rows: Row[] = [
      { what: 'peak, f32x4 multiply + add', value: top, unit: 'GFLOP/s', raw: peakBlocks },
    ];
    const task = await mnist1d();
    for (const hidden of [16, 100, 256]) {
      const { step, executable } = stepper(wasmEngine, task, mlp(hidden));
      const steps = hidden === 16 ? 2000 : hidden === 100 ? 300 : 60;
      for (let i = 0; i < steps; i++) step();
      const ms = Array.from({ length: 5 }, () => {
        const start = performance.now();
        for (let i = 0; i < steps; i++) step();
        return (performance.now() - start) / steps;
      });
      executable.dispose();
      const gflops = matmulFlops(hidden) / least(ms) / 1e6;
      rows.push({
        what: `whole training step, H=${hidden}, matrix FLOPs only`,
        value: gflops,
        unit: 'GFLOP/s',
        raw: ms,
        note: `${((100 * gflops) / top).toFixed(0)} % of peak`,
        ...(hidden === 16 ? {} : { target: 'at least 60 % of peak', met: gflops / top >= 0.6 }),
      });
    }
    return rows;
  },
};
