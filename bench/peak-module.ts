/** A WebAssembly loop that does nothing but f32x4 multiplications and additions on 12 independent accumulators. */
import { createModule } from '../src/engines/wasm/assembler.ts';

export function peakModule(): { spin(rounds: number): void; readonly flopsPerRound: number } {
  const module = createModule();
  const accumulators = 12;
  module.function(
    ['i32'],
    ['f32'],
    (code) => {
      const lanes = Array.from({ length: accumulators }, () => code.local('v128'));
      const [factor, term] = [code.local('v128'), code.local('v128')];
      code.lanes(0.999).set(factor).lanes(0.001).set(term);
      code.while(
        () => code.get(0).i32(0).op('i32.gt_s'),
        () => {
          for (const lane of lanes)
            code.get(lane).get(factor).get(term).op('f32x4.mul', 'f32x4.add').set(lane);
          code.advance(0, -1);
        },
      );
      code.get(lanes[0]!);
      for (const lane of lanes.slice(1)) code.get(lane).op('f32x4.add');
      code.lane('f32x4.extract_lane', 0);
    },
    'spin',
  );
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } })
    .exports as unknown as { spin(rounds: number): number };
  return { spin, flopsPerRound: accumulators * 8 };
}
