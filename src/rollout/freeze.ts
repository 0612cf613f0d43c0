/**
 * Is an environment frozen now? By a person, or by a window of the configuration.
 *
 * A window is written as a clock on the wall shows it. Where that clock is set back, a moment comes twice: a window
 * then begins with the first and ends with the second. Where it is set forward, a moment never comes: the window is up
 * to that hour longer. In doubt nothing is deployed.
 */

import type { FreezeWindow } from '../config/freeze-window.ts';

export interface Freeze {
  readonly kind: 'person' | 'window';
  /** A name, or the window as it is written. */
  readonly by: string;
  readonly reason: string;
  /** Epoch ms; null: until a person ends it. */
  readonly until: number | null;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** The window that ends last, of those that are open. */
export function freezeAt(windows: readonly FreezeWindow[], now: number): Freeze | undefined {
  const open = windows.flatMap((window): Freeze[] => {
    const span = spanAt(window, now);
    return span === undefined
      ? []
      : [{ kind: 'window', by: window.text, reason: window.reason, until: span.end }];
  });
  return open.sort((a, b) => Number(b.until) - Number(a.until))[0];
}

function spanAt({ span, zone }: FreezeWindow, now: number): { readonly end: number } | undefined {
  const clock = wallClock(zone);
  const walls =
    span.kind === 'once'
      ? [{ from: span.fromWallMs, to: span.toWallMs }]
      : weeksAround(span, clock(now));
  for (const { from, to } of walls) {
    const end = Math.max(...momentsOf(to, clock));
    if (now >= Math.min(...momentsOf(from, clock)) && now < end) return { end };
  }
  return undefined;
}

/** The windows of the week before, this one and the next, on the wall. */
function weeksAround(
  { from, to }: Extract<FreezeWindow['span'], { kind: 'weekly' }>,
  wallNow: number,
) {
  const midnight = Math.floor(wallNow / DAY_MS) * DAY_MS;
  const sunday = midnight - new Date(midnight).getUTCDay() * DAY_MS;
  const start = from.day * DAY_MS + from.minute * 60_000;
  const length = (to.day * DAY_MS + to.minute * 60_000 - start + WEEK_MS) % WEEK_MS;
  return [-1, 0, 1].map((week) => {
    const begins = sunday + week * WEEK_MS + start;
    return { from: begins, to: begins + length };
  });
}

/** What the wall shows at a moment: milliseconds, as if it were UTC. */
type WallClock = (at: number) => number;

function wallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', era: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  return (at) => {
    const parts = format.formatToParts(at);
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
    const day = Date.UTC(part('year'), part('month') - 1, part('day'));
    return day + ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000;
  };
}

/** When the wall shows this: once; twice where it is set back; around the gap where it is set forward. */
function momentsOf(wall: number, clock: WallClock): readonly number[] {
  // A zone changes its offset at most once in two days.
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => clock(at) - at);
  const moments = offsets.map((offset) => wall - offset);
  const exact = moments.filter((at) => clock(at) === wall);
  return exact.length > 0 ? exact : moments;
}
