/** Lowering of activations, and of ops that join two nodes. */
import type { ActivationName } from '../../genome/architecture/ops.ts';
import { featureCount, positionCount, sameShape } from '../../genome/architecture/shapes.ts';
import type { TensorId } from '../program.ts';
import {
  type Context,
  exampleRows,
  type Lowering,
  linear,
  output,
  positionRows,
  type Site,
  type WeightGenes,
} from './context.ts';

/** An activation, named like its op. */
export const unary: Lowering = (context, site) => {
  const out = output(context, site);
  context.emit({ op: 'unary', fn: site.node.op as ActivationName, x: site.inputs[0]!, out });
  return out;
};

const projection: WeightGenes = { init: 'lecun', gain: 1, bias: false, multiplier: 1, rotation: false };

/** The second input of add, brought to the shape of the first. */
function projected(context: Context, site: Site): TensorId {
  const [from, to] = [site.inputShapes[1]!, site.shape];
  const x = site.inputs[1]!;
  if (sameShape(from, to)) return x;
  const name = `${site.name}.projection`;
  if (from[0] !== to[0] || from[1] !== to[1])
    return linear(
      context,
      name,
      x,
      context.batchSize,
      { fanIn: featureCount(from), fanOut: featureCount(to) },
      projection,
    );
  const rows = context.batchSize * positionCount(to);
  const products = linear(
    context,
    `${name}.products`,
    positionRows(context, name, x, from),
    rows,
    { fanIn: from[2], fanOut: to[2] },
    projection,
  );
  return exampleRows(context, name, products, to);
}

/** A sum; what has another shape is projected first. */
export const add: Lowering = (context, site) => {
  const out = output(context, site);
  context.emit({ op: 'add', a: site.inputs[0]!, b: projected(context, site), out });
  return out;
};

/** A product, element by element. */
export const multiply: Lowering = (context, site) => {
  const out = output(context, site);
  context.emit({ op: 'multiply', a: site.inputs[0]!, b: site.inputs[1]!, out, accumulate: false });
  return out;
};

/** All inputs side by side. */
export const concat: Lowering = (context, site) => {
  const out = output(context, site);
  let column = 0;
  for (const [i, from] of site.inputs.entries()) {
    const columns = featureCount(site.inputShapes[i]!);
    context.emit({
      op: 'copyColumns',
      from,
      fromColumn: 0,
      into: out,
      intoColumn: column,
      columns,
      accumulate: false,
    });
    column += columns;
  }
  return out;
};
