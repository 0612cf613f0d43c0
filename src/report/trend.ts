/** How the score went over the last checks, in one line. */

import { sparkline } from '../history/folds/sparkline.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Style } from './text.ts';

/** The least difference between the lowest bar and the highest: a point more or less is no leap. */
const LEAST_SPAN = 10;
/** Where the terminal has no bars, numbers; so many fit on a line. */
const MOST_NUMBERS = 10;

/** `trend ▃▄▅▆█ +3 since 2026-11-20`; empty with fewer than two scores. */
export function trendLine({ trend }: CheckResult, { unicode }: Style): string {
  if (trend === undefined) return '';
  const { scores, before } = trend;
  const known = scores.filter((score) => score !== null);
  const now = known.at(-1);
  if (now === undefined) return '';
  const to = Math.max(...known);
  const shown = unicode
    ? sparkline(scores, { from: Math.min(...known, to - LEAST_SPAN), to })
    : scores.slice(-MOST_NUMBERS).map(pointsText).join(' ');
  // Of the numbers as they were shown, so that a reader comes to the same.
  const change = floored(now) - floored(before.score);
  const word = change === 0 ? 'unchanged' : `${change > 0 ? '+' : ''}${change}`;
  return `trend ${shown} ${word} since ${new Date(before.at).toISOString().slice(0, 10)}`;
}

function pointsText(score: number | null): string {
  return score === null ? '-' : String(floored(score));
}

const floored = (score: number): number => Math.floor(score + 1e-9);
