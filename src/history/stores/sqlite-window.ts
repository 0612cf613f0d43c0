/** A window as the SQLite store asks for it: whole days from the table of days, its cut-off ends from the deployments. */

import { DAY_MS, type Window } from '../folds/delivery-aggregates.ts';
import { dayOf } from '../folds/days.ts';
import type { Stream } from '../journal.ts';
import { within } from './delivery-counts.ts';
import { IN_STREAM } from './sqlite-rows.ts';
import type { Statements } from './sqlite-statements.ts';

export const names = ({ service, environment }: Stream): [string, string] => [service, environment];

/** The window as whole days and what is left at its ends; every end lies within one day. */
export interface Parts {
  readonly days: { readonly from: number; readonly to: number };
  readonly ends: readonly Window[];
}

/** An end of a day outside of the window that nothing happened in is as good as inside. */
export function partsOf(sql: Statements, stream: Stream, { from, to }: Window): Parts {
  if (from >= to) return { days: { from: 0, to: 0 }, ends: [] };
  const isQuiet = (start: number, end: number) =>
    start === end ||
    ['finished_at', 'recovered_at'].every(
      (time) =>
        sql.get(
          `SELECT 1 FROM deployments ${IN_STREAM} AND kind = 'deploy' AND ${inside(time)} LIMIT 1`,
          ...names(stream),
          start,
          end,
        ) === undefined,
    );
  const [first, last] = [dayOf(from), dayOf(to - 1)];
  const wholeFirst = isQuiet(first * DAY_MS, from);
  const wholeLast = isQuiet(to, (last + 1) * DAY_MS);
  const days = { from: wholeFirst ? first : first + 1, to: wholeLast ? last + 1 : last };
  if (first === last)
    return wholeFirst && wholeLast
      ? { days, ends: [] }
      : { days: { from: 0, to: 0 }, ends: [{ from, to }] };
  const ends = [
    ...(wholeFirst ? [] : [{ from, to: days.from * DAY_MS }]),
    ...(wholeLast ? [] : [{ from: days.to * DAY_MS, to }]),
  ];
  return { days, ends };
}

export const inside = (time: string): string => within(time, '?', '?');
