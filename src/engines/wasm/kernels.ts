/** The kernel module: everything whose sizes are arguments. Made once per thread and shared by all genomes. Addresses and strides are in bytes. */
import { defineActivations } from './activation-kernels.ts';
import { type Callable, createModule, type ModuleBuilder, type Signature } from './assembler.ts';
import { defineBatchNormKernels } from './batch-norm-kernels.ts';
import { defineBlockProduct } from './block-kernels.ts';
import { defineGemm } from './gemm.ts';
import { gemmKinds } from './gemm-tiles.ts';
import { defineLayerKernels } from './layer-kernels.ts';
import { defineLogisticKernels } from './logistic-kernels.ts';
import { countDown, kernelConstants, overVectors } from './loops.ts';
import { defineLossKernels } from './loss-kernels.ts';
import { defineNoiseKernels } from './noise-kernels.ts';
import { defineNormKernels } from './norm-kernels.ts';
import { defineSoftmaxColumns } from './softmax-columns-kernels.ts';
import { defineVectorKernels } from './vector-kernels.ts';
import { defineVectorMath } from './vector-math.ts';
import { defineWindowKernels } from './window-kernels.ts';

interface KernelModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly signatures: ReadonlyMap<string, Signature>;
}

let made: KernelModule | null = null;

/** The module's bytes, which are the same on every machine, and what its functions take and give. */
export function kernelModule(): KernelModule {
  made ??= makeKernels();
  return made;
}

/** What a kernel takes and gives, as a genome's module must import it. */
export function kernelSignature(name: string): Signature {
  const signature = kernelModule().signatures.get(name);
  if (signature === undefined) throw new Error(`there is no kernel ${name}`);
  return signature;
}

function makeKernels(): KernelModule {
  const module = createModule(kernelConstants);
  const math = defineVectorMath(module);
  const products = gemmKinds.map((kind) => ({ kind, gemm: defineGemm(module, kind) }));
  defineActivations(module, math);
  const copyColumns = defineMoves(module);
  for (const { kind, gemm } of products) defineBlockProduct(module, kind, gemm, copyColumns);
  definePointwise(module);
  defineNormKernels(module);
  defineLossKernels(module);
  defineLogisticKernels(module, math);
  defineNoiseKernels(module, math);
  defineWindowKernels(module);
  defineBatchNormKernels(module);
  defineLayerKernels(module);
  defineSoftmaxColumns(module);
  defineVectorKernels(module);
  return { bytes: module.bytes(), signatures: module.exported() };
}

/** Gives copyColumns. */
function defineMoves(module: ModuleBuilder): Callable {
  // gather(source, rowBytes, rowIndices, out, rows): out row i = source row rowIndices[i]; rows have one stride on both sides.
  module.function(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (code) => {
      const [from, left] = [code.local('i32'), code.local('i32')];
      countDown(code, 4, () => {
        code.get(2).access('i32.load').get(1).op('i32.mul').get(0).op('i32.add').set(from);
        code.get(1).i32(4).op('i32.shr_u').set(left);
        overVectors(
          code,
          left,
          [from, 3],
          (offset) => code.get(3).get(from).access('v128.load', offset).access('v128.store', offset),
          4,
        );
        code.advance(2, 4);
      });
    },
    'gather',
  );

  // copyColumns(from, fromStride, into, intoStride, rows, columns, keep): keep -1 accumulates. Columns may start anywhere; those behind the last whole vector go one by one.
  const copyColumns = module.function(
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (code) => {
      const [from, to, left] = [code.local('i32'), code.local('i32'), code.local('i32')];
      const kept = code.local('v128');
      code.get(6).op('i32x4.splat').set(kept);
      countDown(code, 4, () => {
        code.get(0).set(from).get(2).set(to).get(5).i32(2).op('i32.shr_u').set(left);
        overVectors(
          code,
          left,
          [from, to],
          (offset) => {
            code.get(to).get(from).access('v128.load', offset).get(to).access('v128.load', offset);
            code.get(kept).op('v128.and', 'f32x4.add').access('v128.store', offset);
          },
          4,
        );
        code.get(5).i32(3).op('i32.and').set(left);
        countDown(code, left, () => {
          code.get(to).get(from).access('f32.load');
          code.get(to).access('f32.load').f32(0).get(6).op('select', 'f32.add').access('f32.store');
          code.advance(from, 4).advance(to, 4);
        });
        code.get(0).get(1).op('i32.add').set(0).get(2).get(3).op('i32.add').set(2);
      });
    },
    'copyColumns',
  );

  // columnSum(x, stride, out, rows, vectors): rows are added in order from row 0. Four vectors of columns go side by side, since an addition to one sum must wait for the one before.
  module.function(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (code) => {
      const [from, left] = [code.local('i32'), code.local('i32')];
      const sums = Array.from({ length: 4 }, () => code.local('v128'));
      for (const together of [4, 2, 1])
        code.while(
          () =>
            code
              .get(4)
              .i32(together - 1)
              .op('i32.gt_s'),
          () => {
            for (const sum of sums.slice(0, together)) code.lanes(0).set(sum);
            code.get(0).set(from).get(3).set(left);
            for (const rounds of [4, 1])
              code.while(
                () =>
                  code
                    .get(left)
                    .i32(rounds - 1)
                    .op('i32.gt_s'),
                () => {
                  for (let round = 0; round < rounds; round++) {
                    for (const [i, sum] of sums.slice(0, together).entries())
                      code
                        .get(sum)
                        .get(from)
                        .access('v128.load', 16 * i)
                        .op('f32x4.add')
                        .set(sum);
                    code.get(from).get(1).op('i32.add').set(from);
                  }
                  code.advance(left, -rounds);
                },
              );
            for (const [i, sum] of sums.slice(0, together).entries())
              code
                .get(2)
                .get(sum)
                .access('v128.store', 16 * i);
            for (const pointer of [0, 2]) code.advance(pointer, 16 * together);
            code.advance(4, -together);
          },
        );
    },
    'columnSum',
  );
  return copyColumns;
}

function definePointwise(module: ModuleBuilder): void {
  const unroll = 4;
  // add(a, b, out, vectors)
  module.function(
    ['i32', 'i32', 'i32', 'i32'],
    [],
    (code) =>
      overVectors(
        code,
        3,
        [0, 1, 2],
        (offset) => {
          code.get(2).get(0).access('v128.load', offset).get(1).access('v128.load', offset);
          code.op('f32x4.add').access('v128.store', offset);
        },
        unroll,
      ),
    'add',
  );
  // multiply(a, b, out, vectors, keep)
  module.function(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    [],
    (code) => {
      const products = (accumulate: boolean) =>
        overVectors(
          code,
          3,
          [0, 1, 2],
          (offset) => {
            code.get(2).get(0).access('v128.load', offset).get(1).access('v128.load', offset).op('f32x4.mul');
            if (accumulate) code.get(2).access('v128.load', offset).op('f32x4.add');
            code.access('v128.store', offset);
          },
          unroll,
        );
      code.get(4).if(
        () => products(true),
        () => products(false),
      );
    },
    'multiply',
  );
}
