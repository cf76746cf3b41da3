/** Curves drawn in the terminal. */
import asciichart from 'asciichart';

/** A line to be drawn in a terminal. */
export interface Curve {
  readonly label: string;
  /** Points in order of x; between points the last value holds (`step`) or is interpolated. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** How large a drawing is and what stands at its axes. */
export interface CurveOptions {
  readonly kind: 'step' | 'line';
  readonly xLabel: string;
  readonly width?: number;
  readonly height?: number;
  readonly min?: number;
  readonly max?: number;
}

const marks = ['', '\u001b[32m', '\u001b[33m', '\u001b[36m', '\u001b[35m', '\u001b[31m', '\u001b[34m'];
const reset = '\u001b[0m';

/** One chart with all curves over a common x axis where colours tell them apart, that is where the output is a terminal; else one below the other. */
export function drawCurves(curves: readonly Curve[], options: CurveOptions, colour: boolean): string {
  const drawn = curves.filter((curve) => curve.points.length > 0);
  if (drawn.length === 0) return '';
  const xs = drawn.flatMap((curve) => curve.points.map((point) => point.x));
  const span: Span = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  if (colour || drawn.length === 1) return drawChart(drawn, span, options, colour);
  // Lines of one colour cannot be told apart: one chart each, on the same axes.
  return drawn
    .map((curve) => `${curve.label}\n${drawChart([curve], span, { height: 6, ...options }, false)}`)
    .join('\n\n');
}

type Span = readonly [low: number, high: number];

function drawChart(
  drawn: readonly Curve[],
  [low, high]: Span,
  options: CurveOptions,
  colour: boolean,
): string {
  const width = options.width ?? 64;
  const series = drawn.map((curve) =>
    Array.from({ length: width }, (_, i) =>
      valueAt(curve, low + ((high - low) * i) / (width - 1), options.kind),
    ),
  );
  const { min, max } = rangeOf(series, options);
  const chart = asciichart.plot(series, {
    height: options.height ?? 12,
    min,
    max,
    ...(colour ? { colors: drawn.map((_, i) => marks[i % marks.length]!) } : {}),
    format: (value) => value.toPrecision(3).padStart(9),
  });
  const axis = `${' '.repeat(10)}${String(low)}${options.xLabel.padStart(Math.floor(width / 2))}${String(high).padStart(Math.max(1, Math.ceil(width / 2) - String(low).length))}`;
  const legend =
    drawn.length > 1
      ? drawn.map((curve, i) => `${marks[i % marks.length]}${curve.label}${reset}`).join('   ')
      : '';
  return [chart, axis, legend].filter((part) => part !== '').join('\n');
}

/** The range asked for, else that of the values; around a value that never changes there must be some room. */
function rangeOf(
  series: readonly (readonly number[])[],
  options: CurveOptions,
): { min: number; max: number } {
  const values = series.flat();
  const min = options.min ?? values.reduce((a, b) => Math.min(a, b));
  const max = options.max ?? values.reduce((a, b) => Math.max(a, b));
  const room = min < max ? 0 : Math.max(Math.abs(min) / 10, 1e-6);
  return { min: min - room, max: max + room };
}

function valueAt(curve: Curve, x: number, kind: CurveOptions['kind']): number {
  const { points } = curve;
  let before = points[0]!;
  for (const point of points) {
    if (point.x > x) return kind === 'step' || before === point ? before.y : between(before, point, x);
    before = point;
  }
  return before.y;
}

const between = (a: { x: number; y: number }, b: { x: number; y: number }, x: number) =>
  b.x === a.x ? b.y : a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
