/** A value that changes at moments of a release's life. */

/** What a point counts from: its first instance, its first traffic, or the moment it has all of it. */
export const SINCE = ['start', 'traffic', 'promotion'] as const;
export type Since = (typeof SINCE)[number];

export interface Point<T> {
  readonly since: Since;
  /** Milliseconds after that. */
  readonly atMs: number;
  readonly value: T;
}

export interface Timeline<T> {
  /** The last one that has come is in force; the first one also before its time. */
  readonly points: readonly [Point<T>, ...Point<T>[]];
  /** After so long points that count from the start begin again: something that flaps. */
  readonly repeatMs?: number;
}

/** Epoch milliseconds of what has happened. */
export type Moments = { readonly [S in Since]?: number };

export function always<T>(value: T): Timeline<T> {
  return { points: [{ since: 'start', atMs: 0, value }] };
}

export function valueAt<T>({ points, repeatMs }: Timeline<T>, moments: Moments, now: number): T {
  let { value } = points[0];
  for (const point of points) {
    const from = moments[point.since];
    if (from === undefined) continue;
    if (lapse(now - from, point.since, repeatMs) >= point.atMs) ({ value } = point);
  }
  return value;
}

/** When the value may change next, after `now`; Infinity where it stays. */
export function nextChange<T>(
  { points, repeatMs }: Timeline<T>,
  moments: Moments,
  now: number,
): number {
  let next = Infinity;
  for (const { since, atMs } of points) {
    const from = moments[since];
    if (from === undefined) continue;
    const passed = lapse(now - from, since, repeatMs);
    const begins = now - passed;
    if (atMs > passed) next = Math.min(next, begins + atMs);
    if (repeatMs !== undefined && since === 'start') next = Math.min(next, begins + repeatMs);
  }
  return next;
}

function lapse(ms: number, since: Since, repeatMs: number | undefined): number {
  return repeatMs === undefined || since !== 'start' ? ms : ms % repeatMs;
}
