/** Which lines a suite ran, small enough to travel with its measurement; see `suites.ts` for the union. */

import { z } from 'zod';
import type { LineHits } from './formats/lcov.ts';
import type { Measurement } from './runner.ts';

/** A measurement carries its lines along, as plain data that survives a cache. */
export interface LineMeasurement extends Measurement {
  readonly lineCoverage?: LineCoverage;
}

/** By file, relative to the root: the lines that count and those that ran, as ranges (`1-4,6`). */
export type LineCoverage = Readonly<
  Record<string, { readonly lines: string; readonly ran: string }>
>;

const Carried = z.object({
  lineCoverage: z.record(z.string(), z.object({ lines: z.string(), ran: z.string() })),
});

/** A file without lines stays: its tool knows it, and counts nothing in it. */
export function packLines(hits: LineHits): LineCoverage {
  return Object.fromEntries(
    [...hits].map(([file, lines]) => {
      const numbers = [...lines.keys()];
      const ran = numbers.filter((line) => lines.get(line) === true);
      return [file, { lines: toRanges(numbers), ran: toRanges(ran) }];
    }),
  );
}

/** The lines of a measurement; undefined when it carries none. */
export function carriedLines(measurement: Measurement): LineHits | undefined {
  const carried = Carried.safeParse(measurement);
  return carried.success ? unpackLines(carried.data.lineCoverage) : undefined;
}

export function unpackLines(coverage: LineCoverage): LineHits {
  return new Map(
    Object.entries(coverage).map(([file, { lines, ran }]) => {
      const hit = new Set(fromRanges(ran));
      return [file, new Map(fromRanges(lines).map((line) => [line, hit.has(line)]))];
    }),
  );
}

function toRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

function fromRanges(text: string): number[] {
  const lines: number[] = [];
  for (const range of text.split(',').filter((part) => part !== '')) {
    const [from = '', to = from] = range.split('-');
    for (let line = Number(from); line <= Number(to); line++) lines.push(line);
  }
  return lines;
}
