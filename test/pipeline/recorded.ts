/** Checks as the history has recorded them, one a day. */

import type { JournalEvent } from '../../src/history/journal.ts';
import type { RecordBodies } from '../../src/history/records.ts';
import { journalOf } from '../history/folds/journal.ts';

const DAY_MS = 86_400_000;

type Body = RecordBodies['check_recorded'];

export function checksOf(
  ...checks: readonly { readonly build?: Body['gates'][string]; readonly low?: number | null }[]
): JournalEvent[] {
  const told = checks.map(({ build = 'passed', low = 90 }, day) => ({
    type: 'check_recorded',
    at: day * DAY_MS,
    body: {
      ...{ commit: null, readiness: 'ready', partial: false, duration_ms: 1000 },
      score: low === null ? null : { low, high: 100, evidence: 0.9 },
      gates: { code: 'passed', build, test: 'passed' },
    } satisfies Body,
  }));
  return journalOf(told, { service: 'shop', environment: '-' });
}
