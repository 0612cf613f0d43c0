/** A row of values as one line of text. */

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** Where there was no value: seen as a gap, never as a low bar. */
const GAP = '·';

export interface SparklineScale {
  /** The value of the lowest bar; the least one given where absent. */
  readonly from?: number;
  /** The value of the highest bar; the greatest one given where absent. */
  readonly to?: number;
}

/** One character a value, oldest first. All alike are drawn half high; values off the scale at its end. */
export function sparkline(values: readonly (number | null)[], scale: SparklineScale = {}): string {
  const known = values.filter((value) => value !== null).filter((value) => !Number.isNaN(value));
  const from = scale.from ?? least(known);
  const to = scale.to ?? -least(known.map((value) => -value));
  return values.map((value) => bar(value, from, to)).join('');
}

function bar(value: number | null, from: number, to: number): string {
  if (value === null || Number.isNaN(value)) return GAP;
  const height = to > from ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 0.5;
  return BARS[Math.min(BARS.length - 1, Math.floor(height * BARS.length))] ?? GAP;
}

/** Not by spreading into `Math.min`, which a long history would overflow. */
function least(values: readonly number[]): number {
  let found = Infinity;
  for (const value of values) found = Math.min(found, value);
  return found;
}
