/**
 * istanbul's `coverage-summary.json`, written by jest, vitest, nyc and c8 alike.
 * Its `pct` is the text "Unknown" or 100 where there is nothing to cover, so it is never read.
 */

import { z } from 'zod';
import { Count, type Share } from './numbers.ts';
import { parseJson, parsed, unreadable, type Parsed } from './parsed.ts';

const Summary = z.object({
  total: z.object({ lines: z.object({ total: Count, covered: Count }) }),
});

/** Covered and total lines of the whole run. */
export function readIstanbulSummary(text: string): Parsed<Share> {
  const summary = parseJson(text, Summary);
  if (!summary.ok) return summary;
  const { covered, total } = summary.value.total.lines;
  if (covered > total) return unreadable(`says ${covered} of ${total} lines are covered`);
  return parsed({ covered, total });
}
