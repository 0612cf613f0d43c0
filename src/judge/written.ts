/** Durations and shares as gate files write them. */

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** `5m`, `90s`: in the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  const [unit, size] = UNITS.find((row) => ms % row[1] === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** `25%`, `12.5%`. */
export function shareText(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}
