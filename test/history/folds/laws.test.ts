/** What must hold for every journal, however odd: against the definitions read slowly, and against itself. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../src/history/journal.ts';
import { applyFetching } from '../../../src/history/folds/apply-fetching.ts';
import { currentOf } from '../../../src/history/folds/current.ts';
import { aggregatesOf } from '../../../src/history/folds/delivery-aggregates.ts';
import { deliveryFrom } from '../../../src/history/folds/delivery.ts';
import { applyEvent } from '../../../src/history/folds/deployments.ts';
import { foldEvents, memoryRows, type MemoryRows } from '../../../src/history/folds/memory-rows.ts';
import { anyHistory, anyWindow } from './arbitraries.ts';
import { DAY, STREAM, T0 } from './journal.ts';
import { Oracle, slowMedian, totalOf, type Fate } from './oracle.ts';

const RUNS = { numRuns: 500 };
const LATER = T0 + 30 * DAY;

const everything = (rows: MemoryRows) => ({
  environment: rows.environment(),
  deployments: rows.deployments(),
  incidents: rows.incidents(),
  current: currentOf(rows, LATER),
});

describe('the fold of a journal', () => {
  it('is the fold of what came first, and of the rest on top', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(60), (events, cut) => {
        const first = foldEvents(events.slice(0, cut));
        const both = foldEvents(events.slice(cut), first);
        expect(everything(both)).toEqual(everything(foldEvents(events)));
      }),
      RUNS,
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const rows = foldEvents(events);
        for (const event of events) expect(applyEvent(rows, event)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('does not ask clocks for the order: moving all of them changes no outcome but times', () => {
    const shifted = (events: readonly JournalEvent[], by: number) =>
      events.map((event) => ({ ...event, at: event.at + by }));
    const outcome = (events: readonly JournalEvent[]) =>
      foldEvents(events)
        .deployments()
        .map(({ id, status, taken_back_by, rework }) => ({ id, status, taken_back_by, rework }));
    fc.assert(
      fc.property(anyHistory, fc.integer({ min: -DAY, max: DAY }), (events, by) => {
        const scattered = events.map((event, i) => ({ ...event, at: event.at + ((i * by) % DAY) }));
        expect(outcome(shifted(events, by))).toEqual(outcome(events));
        expect(outcome(scattered)).toEqual(outcome(events));
      }),
      RUNS,
    );
  });

  it('touches each row once an event, and few rows', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const rows = memoryRows();
        for (const event of events) {
          const open = rows.failing().length;
          const changes = applyEvent(rows, event);
          const keys = changes.map((c) => `${c.table} ${'id' in c.row ? c.row.id : ''}`);
          expect(new Set(keys).size).toBe(keys.length);
          expect(changes.length).toBeLessThanOrEqual(3 + open);
          rows.put(changes);
        }
      }),
      RUNS,
    );
  });

  it('is the same over rows that have to be fetched', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (events) => {
        const rows = memoryRows();
        const fetch = {
          environment: () => Promise.resolve(rows.environment()),
          deployment: (id: string) => Promise.resolve(rows.deployment(id)),
          incident: (id: string) => Promise.resolve(rows.incident(id)),
          newestRunning: () => Promise.resolve(rows.newestRunning()),
          failing: () => Promise.resolve(rows.failing()),
          firstSuccessOf: (commit: string) => Promise.resolve(rows.firstSuccessOf(commit)),
        };
        for (const event of events) rows.put(await applyFetching(fetch, event));
        expect(everything(rows)).toEqual(everything(foldEvents(events)));
      }),
      { numRuns: 100 },
    );
  });

  it('leaves sums in the environment that its rows bear out', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const rows = foldEvents(events);
        const open = rows.incidents().filter((i) => i.opened_at !== null && i.closed_at === null);
        expect(rows.environment()?.open_incidents ?? 0).toBe(open.length);
        for (const row of rows.deployments()) {
          expect(row.open_incidents).toBe(open.filter((i) => i.deployment === row.id).length);
          expect(row.failing !== null).toBe(row.failed && row.recovered_at === null);
          expect(row.failed).toBe(row.failed_because.length > 0);
        }
      }),
      RUNS,
    );
  });
});

describe('the rows and the delivery metrics', () => {
  it('are what the definitions say, read slowly over the whole journal', () => {
    fc.assert(
      fc.property(anyHistory, anyWindow, (events, window) => {
        const rows = foldEvents(events);
        const fates = new Oracle(events).fates();
        expect(rows.deployments().map(told)).toEqual(fates.map(foretold));

        const found = aggregatesOf(rows.deployments(), events[0]?.at ?? null, window);
        expect(found).toEqual(slowAggregates(fates, events[0]?.at ?? null, window));
      }),
      { numRuns: 500, endOnFailure: false },
    );
  });

  it('never give a number that is not one', () => {
    fc.assert(
      fc.property(anyHistory, anyWindow, (events, window) => {
        const rows = foldEvents(events);
        const firstAt = rows.environment()?.first_at ?? null;
        const found = aggregatesOf(rows.deployments(), firstAt, window, 2);
        const delivery = deliveryFrom(STREAM, found, window, LATER);
        for (const share of [delivery.change_failure_rate, delivery.rework_rate]) {
          if (share.kind === 'none') continue;
          expect(share.rate).toBeGreaterThanOrEqual(0);
          expect(share.rate).toBeLessThanOrEqual(1);
        }
        expect(JSON.stringify(delivery)).not.toMatch(/:null,"(mean|per)|_ms":(null|-)/);
      }),
      RUNS,
    );
  });

  it('add up over windows that touch', () => {
    fc.assert(
      fc.property(anyHistory, anyWindow, fc.nat(5 * DAY), (events, { from, to }, cut) => {
        const middle = Math.min(to, from + cut);
        const rows = foldEvents(events).deployments();
        const count = (window: { from: number; to: number }) => {
          const all = aggregatesOf(rows, T0, window);
          return [all.deployments, all.lead.of, all.changes, all.failed, all.recovery.of].map(
            (behind) => behind.count,
          );
        };
        const left = count({ from, to: middle });
        const right = count({ from: middle, to });
        expect(left.map((n, i) => n + (right[i] ?? 0))).toEqual(count({ from, to }));
      }),
      RUNS,
    );
  });
});

type Row = ReturnType<MemoryRows['deployments']>[number];

function told(row: Row) {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    reasons: row.failed_because,
    rework: row.rework,
    rollbacks: row.rollback_count,
    detected: row.failure_detected_at,
    since: row.failing_since,
    recovered: row.recovered_at,
    took: row.recovery_ms,
    lead: row.lead_ms,
  };
}

function foretold(fate: Fate): ReturnType<typeof told> {
  const last = fate.spells.at(-1);
  return {
    id: fate.id,
    kind: fate.kind,
    status: fate.status as Row['status'],
    reasons: fate.reasons,
    rework: fate.rework,
    rollbacks: fate.rollbacks,
    detected: fate.spells.length === 0 ? null : Math.min(...fate.spells.map((s) => s.since)),
    since: last?.since ?? null,
    recovered: last?.until ?? null,
    took: last === undefined || last.until === null ? null : totalOf(fate.spells),
    lead: leadOf(fate),
  };
}

function leadOf({ kind, status, firstOfCommit, committedAt, finishedAt }: Fate): number | null {
  const counts = kind === 'deploy' && status === 'succeeded' && firstOfCommit;
  return counts && committedAt !== null ? (finishedAt ?? NaN) - committedAt : null;
}

function slowAggregates(
  fates: readonly Fate[],
  firstAt: number | null,
  { from, to }: { from: number; to: number },
): ReturnType<typeof aggregatesOf> {
  const within = (t: number | null | undefined) => typeof t === 'number' && t >= from && t < to;
  const behind = (of: readonly Fate[]) => ({
    count: of.length,
    ids: of.toSorted((a, b) => b.seq - a.seq).map(({ id }) => id),
  });
  const lasting = (of: readonly Fate[], pick: (fate: Fate) => number) => ({
    of: behind(of),
    sum: of.reduce((sum, fate) => sum + pick(fate), 0),
    median: slowMedian(of.map(pick)),
  });
  const deploys = fates.filter(({ kind }) => kind === 'deploy');
  const ended = deploys.filter(({ finishedAt }) => within(finishedAt));
  const good = ended.filter(({ status }) => status === 'succeeded');
  const changes = ended.filter(({ exposed, reasons }) => exposed || reasons.length > 0);
  const healed = deploys.filter(({ spells }) => within(spells.at(-1)?.until));
  const ill = deploys.filter(({ spells }) => spells.at(-1)?.until === null);
  const since = (fate: Fate) => fate.spells.at(-1)?.since ?? NaN;
  const open = ill.filter((fate) => since(fate) < to);
  const days = good.map(({ finishedAt }) => new Date(finishedAt ?? NaN).toISOString().slice(0, 10));
  return {
    first_at: firstAt,
    deployments: behind(good),
    active_days: new Set(days).size,
    lead: lasting(
      good.filter((fate) => (leadOf(fate) ?? -1) >= 0),
      (fate) => leadOf(fate) ?? NaN,
    ),
    lead_negative: behind(good.filter((fate) => (leadOf(fate) ?? 0) < 0)),
    lead_repeated: behind(good.filter(({ firstOfCommit }) => !firstOfCommit)),
    lead_unknown: behind(
      good.filter(({ firstOfCommit, committedAt }) => firstOfCommit && committedAt === null),
    ),
    changes: behind(changes),
    failed: behind(changes.filter(({ reasons }) => reasons.length > 0)),
    rework: behind(changes.filter(({ rework }) => rework)),
    recovery: lasting(
      healed.filter(({ spells }) => totalOf(spells) >= 0),
      ({ spells }) => totalOf(spells),
    ),
    recovery_negative: behind(healed.filter(({ spells }) => totalOf(spells) < 0)),
    open: behind(open),
    open_since: open.length === 0 ? null : Math.min(...open.map(since)),
  };
}
