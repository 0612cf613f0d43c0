/** What every store keeps of the rows: the same as folding its journal in memory, however the events came in. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentOf } from '../../src/history/folds/current.ts';
import { foldEvents } from '../../src/history/folds/memory-rows.ts';
import { memoryQueries, type FoldedStream } from '../../src/history/folds/row-queries.ts';
import type { EventDraft, JournalEvent, Stream } from '../../src/history/journal.ts';
import type { Store } from '../../src/history/store.ts';
import { verifyStream } from '../../src/history/verify.ts';
import { anyHistory, anyWindow } from '../history/folds/arbitraries.ts';
import {
  DAY,
  deploy,
  finish,
  HOUR,
  incident,
  journalOf,
  over,
  T0,
  type Told,
} from '../history/folds/journal.ts';
import { draft, PAYMENTS, request, value, type StoreUnderTest } from './store.ts';

let made = 0;

/** A stream nobody has used, with the drafts of a history for it. */
export function freshly(events: readonly JournalEvent[]): {
  stream: Stream;
  drafts: EventDraft[];
} {
  made += 1;
  const stream = { service: `service-${made}`, environment: 'production' };
  const drafts = events.map(({ id, type, at, actor, host, body }) => {
    return { id: `${made}-${id}`, type, at, actor, host, body };
  });
  return { stream, drafts };
}

export const told = (...all: Told[]) => freshly(journalOf(all));

const LATER = T0 + 30 * DAY;

/** Everything that can be asked about a stream, from the store and from its journal folded in memory. */
export async function bothAnswers(store: Store, stream: Stream, windows: readonly Window[]) {
  const { service } = stream;
  const events = value(await store.read(stream, 0, 100_000));
  const folded: FoldedStream[] = [{ stream, rows: foldEvents(events) }];
  const rows = memoryQueries(() => folded);
  const limits = [0, 2, 1_000];
  const asked = { service, limit: 5 };
  const deployments = [
    { service, limit: 1_000 },
    { ...asked, environment: stream.environment, since: T0 + HOUR },
    asked,
  ];
  const found = {
    environments: value(await store.environments(service)),
    deployments: await Promise.all(deployments.map(async (a) => value(await store.deployments(a)))),
    current: currentOf(value(await store.current(stream)), LATER),
    ids: await Promise.all(
      ['d-1', 'd-', 'x'].map(async (id) => value(await store.deploymentIds(stream, id))),
    ),
    incidents: await Promise.all(
      ['i-1', 'i-', ''].map(async (id) => value(await store.incidents(service, id))),
    ),
    opened: await Promise.all(
      limits.map(async (n) => value(await store.incidentsOpened(stream, T0 + HOUR, n))),
    ),
    delivery: await Promise.all(
      windows.flatMap((window) =>
        limits.map(async (n) => value(await store.delivery(stream, window, n))),
      ),
    ),
  };
  const expected = {
    environments: rows.environments(service),
    deployments: deployments.map((a) => rows.deployments(a)),
    current: currentOf(rows.current(stream), LATER),
    ids: ['d-1', 'd-', 'x'].map((id) => rows.deploymentIds(stream, id)),
    incidents: ['i-1', 'i-', ''].map((id) => rows.incidents(service, id)),
    opened: limits.map((n) => rows.incidentsOpened(stream, T0 + HOUR, n)),
    delivery: windows.flatMap((window) => limits.map((n) => rows.delivery(stream, window, n))),
  };
  return { found, expected };
}

interface Window {
  readonly from: number;
  readonly to: number;
}

export const EVER: Window = { from: T0 - 10 * DAY, to: T0 + 60 * DAY };

export function describeRows(the: () => Store, tested: StoreUnderTest): void {
  describe('rows', () => {
    const isSame = async (store: Store, stream: Stream, windows = [EVER]) => {
      const { found, expected } = await bothAnswers(store, stream, windows);
      expect(found).toEqual(expected);
    };

    it('are those of the journal folded in memory, however it was appended', async () => {
      await fc.assert(
        fc.asyncProperty(
          anyHistory,
          fc.array(anyWindow, { minLength: 2, maxLength: 2 }),
          fc.integer({ min: 1, max: 30 }),
          fc.nat(5),
          async (events, windows, step, overlap) => {
            const { stream, drafts } = freshly(events);
            for (let at = 0; at < drafts.length; at += step) {
              const batch = drafts.slice(Math.max(0, at - overlap), at + step);
              value(await the().append(stream, batch));
            }
            await isSame(the(), stream, [...windows, EVER]);
          },
        ),
        { numRuns: tested.runs ?? 60 },
      );
    }, 120_000);

    it('are those of the journal where it was adopted, in parts that overlap', async () => {
      const other = await tested.open();
      await fc.assert(
        fc.asyncProperty(anyHistory, fc.nat(40), async (events, cut) => {
          const { stream, drafts } = freshly(events);
          const sealed = value(await the().append(stream, drafts));
          value(await other.adopt(stream, sealed.slice(0, cut)));
          value(await other.adopt(stream, sealed));
          await isSame(other, stream);
        }),
        { numRuns: 15 },
      );
      await other.close();
    }, 60_000);

    it('are what verifying finds in the events, and can be made anew at any time', async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, fc.nat(40), async (events, cut) => {
          const { stream, drafts } = freshly(events);
          value(await the().append(stream, drafts.slice(0, cut)));
          value(await the().rebuildRows(stream));
          value(await the().append(stream, drafts));
          const found = value(await verifyStream(the(), stream));
          expect(found).not.toHaveProperty('rows');
          expect(found).not.toHaveProperty('problem');
          await isSame(the(), stream);
        }),
        { numRuns: 20 },
      );
    }, 60_000);

    it('are not compared with events that are not all there', async () => {
      const { stream, drafts } = told(deploy(0, 'd-1'), finish(HOUR, 'd-1'));
      const events = value(await the().append(stream, drafts));
      const compared = async (upTo: number) =>
        value(await the().compareRows(stream, foldEvents(events.slice(0, upTo)))).kind;
      expect(await compared(1)).toBe('moved');
      expect(await compared(2)).toBe('compared');
    });

    it('of a stream nobody wrote to are none', async () => {
      value(await the().acquire(PAYMENTS, request('l1')));
      await isSame(the(), PAYMENTS);
      expect(value(await the().environments(PAYMENTS.service))).toEqual([]);
    });

    it('of all environments of a service come together, and the newest start comes first', async () => {
      const service = 'search';
      const write = async (environment: string, ...all: Told[]) => {
        const { drafts } = told(...all);
        value(await the().append({ service, environment }, drafts));
      };
      await write('staging', deploy(2 * HOUR, 'd-1'), deploy(2 * HOUR, 'd-2'));
      await write('production', deploy(HOUR, 'd-1'), deploy(3 * HOUR, 'd-3'));
      await write('-', deploy(9 * HOUR, 'd-9'));
      const ask = async (more: { environment?: string; since?: number; limit?: number }) =>
        value(await the().deployments({ service, limit: 9, ...more })).map(
          ({ environment, id }) => `${environment} ${id}`,
        );
      expect(await ask({})).toEqual([
        ...['production d-3', 'staging d-2', 'staging d-1', 'production d-1'],
      ]);
      expect(await ask({ limit: 2 })).toEqual(['production d-3', 'staging d-2']);
      expect(await ask({ environment: 'production' })).toEqual([
        'production d-3',
        'production d-1',
      ]);
      expect(await ask({ since: T0 + 2 * HOUR, limit: 9 })).toHaveLength(3);
      const environments = value(await the().environments(service));
      expect(environments.map(({ environment }) => environment)).toEqual(['production', 'staging']);
      expect(value(await the().environments('nobody'))).toEqual([]);
    });

    it('are found by the beginning of their id, and two are too many', async () => {
      const { stream, drafts } = told(
        ...['abc-1', 'abc-2', 'abc-3', 'ab%'].map((id) => deploy(0, id)),
        ...[incident(HOUR, 'fire-1'), incident(HOUR, 'fire-2'), over(HOUR, 'never')],
      );
      value(await the().append(stream, drafts));
      const ids = async (id: string) => value(await the().deploymentIds(stream, id));
      expect(await ids('abc')).toEqual(['abc-1', 'abc-2']);
      expect(await ids('abc-3')).toEqual(['abc-3']);
      expect(await ids('ab%')).toEqual(['ab%']);
      expect(await ids('z')).toEqual([]);
      const incidents = async (id: string) =>
        value(await the().incidents(stream.service, id)).map((row) => row.id);
      expect(await incidents('fire')).toEqual(['fire-1', 'fire-2']);
      expect(await incidents('fire-2')).toEqual(['fire-2']);
      expect(await incidents('never')).toEqual([]);
    });

    it('keep odd text as every store can', async () => {
      const odd = 'Zoë 🚢 \0 "quoted" \ud83d';
      const { stream, drafts } = told(
        deploy(0, `d-${odd}`, {
          ...{ release: { version: odd, commit: odd, committed_at: -1, artifact: odd } },
          ...{ validation_ms: 0.5, strategy: odd, takes_back: odd, kind: 'rollback' },
        }),
        finish(HOUR, `d-${odd}`, 'failed'),
        incident(HOUR, `i-${odd}`, `d-${odd}`),
        { type: `odd ${odd.toWellFormed().replaceAll('\0', '')}`, at: 0, body: {} },
      );
      value(await the().append(stream, drafts));
      await isSame(the(), stream);
    });

    it('of a day that is only cut into are exact', async () => {
      const { stream, drafts } = told(
        ...[0, 1, 2, 3].flatMap((day) =>
          [1, 9, 17].flatMap((hour) => {
            const [at, id] = [day * DAY + hour * HOUR, `d-${day}-${hour}`];
            const release = { version: id, commit: id, committed_at: T0, artifact: null };
            return [deploy(at, id, { release }), finish(at + HOUR, id)];
          }),
        ),
      );
      value(await the().append(stream, drafts));
      const at = (hours: number) => T0 + hours * HOUR;
      const windows = [
        { from: at(5), to: at(80) },
        { from: at(0), to: at(24) },
        { from: at(5), to: at(12) },
        { from: at(12), to: at(36) },
        { from: at(24), to: at(24) },
        { from: at(10), to: at(10) + 1 },
      ];
      await isSame(the(), stream, windows);
    });

    const { openAgain } = tested;
    if (openAgain === undefined) return;

    it('are the same from elsewhere, and after many wrote at once', async () => {
      const { stream, drafts } = told(
        ...Array.from({ length: 30 }, (_, n) => `d-${n}`).flatMap((id, n) => [
          deploy(n * HOUR, id),
          finish(n * HOUR + 1, id),
        ]),
      );
      const stores = await Promise.all([1, 2, 3].map(() => openAgain()));
      await Promise.all(
        drafts.map((one, n) =>
          stores[n % stores.length]!.append(stream, [draft(`${one.id}x`), one]),
        ),
      );
      for (const store of stores) {
        await isSame(store, stream);
        await store.close();
      }
    });
  });

  describe('leases of a service', () => {
    it('are all that are held, also where no event is', async () => {
      const service = 'billing';
      const staging = { service, environment: 'staging' };
      const production = { service, environment: 'production' };
      expect(value(await the().leases(service))).toEqual([]);
      value(await the().acquire(staging, request('l1')));
      value(await the().acquire(production, request('l2', { ttlMs: 0 })));
      value(await the().acquire({ service, environment: 'gone' }, request('l3')));
      value(await the().release({ service, environment: 'gone' }, 1));
      value(await the().acquire(PAYMENTS, request('l4')));
      expect(value(await the().leases(service))).toMatchObject([
        { stream: production, lease: { id: 'l2', token: 1 } },
        { stream: staging, lease: { id: 'l1', owner: 'ada', step: 'plan' } },
      ]);
      expect(value(await the().streams())).toEqual([]);
    });
  });
}
