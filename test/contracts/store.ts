/** What every store does, whatever it keeps its events in. Run on each of them. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, hashOf, verifyRun } from '../../src/history/chain.ts';
import type { EventDraft, Stream } from '../../src/history/journal.ts';
import { describeRows } from './rows.ts';
import type { LeaseRequest, Store, StoreResult, StoreSettings } from '../../src/history/store.ts';

export interface StoreUnderTest {
  readonly kind: string;
  /** A store with nothing in it. */
  open(settings?: StoreSettings): Promise<Store>;
  /** The same events and leases from elsewhere; absent where nobody else can see them. */
  openAgain?(): Promise<Store>;
  /** How many random histories are tried. */
  readonly runs?: number;
}

export const PAYMENTS: Stream = { service: 'payments', environment: 'production' };
const SEARCH: Stream = { service: 'search', environment: '-' };

export function draft(id: string, more: Partial<EventDraft> = {}): EventDraft {
  return {
    id,
    type: 'deployment_stage',
    at: 1_750_000_000_000,
    actor: 'ada',
    host: 'build-7',
    body: { deployment: 'd-1', stage: `batch ${id}` },
    ...more,
  };
}

export function request(id: string, more: Partial<LeaseRequest> = {}): LeaseRequest {
  return { id, owner: 'ada', host: 'build-7', step: 'plan', ttlMs: 30_000, ...more };
}

/** The value, or a failed test. */
export function value<T>(result: StoreResult<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

export function failureOf(result: StoreResult<unknown>): string {
  return result.ok ? 'none' : result.failure.kind;
}

export function storeContract(tested: StoreUnderTest): void {
  describe(`the ${tested.kind} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await tested.open();
    });
    afterEach(() => store.close());

    describeEvents(() => store);
    describeAdoption(() => store, tested);
    describeLeases(() => store, tested);
    describeRows(() => store, tested);

    it('says what it is', () => {
      expect(store.kind).toBe(tested.kind);
      expect(store.reach).toMatch(/process|machine|network/);
      expect(store.name).not.toBe('');
    });

    it('finds nothing wrong with its own medium', async () => {
      await store.append(PAYMENTS, [draft('a'), draft('b')]);
      expect(value(await store.examine())).toEqual([]);
    });
  });
}

function describeEvents(the: () => Store): void {
  describe('events', () => {
    it('appends in order, each sealed on top of the one before', async () => {
      const [first, second] = value(await the().append(PAYMENTS, [draft('a'), draft('b')]));
      expect(first).toEqual({
        ...draft('a'),
        ...PAYMENTS,
        seq: 1,
        fence: 0,
        prev: GENESIS,
        hash: hashOf(first!),
      });
      expect(second).toMatchObject({ id: 'b', seq: 2, prev: first?.hash });
      const [third] = value(await the().append(PAYMENTS, [draft('c')]));
      expect(third).toMatchObject({ seq: 3, prev: second?.hash });
      expect(value(await the().head(PAYMENTS))).toEqual({ seq: 3, hash: third?.hash });
    });

    it('reads back what it appended, and the chain holds', async () => {
      const written = value(
        await the().append(PAYMENTS, [
          draft('plain'),
          draft('odd', {
            actor: 'Zoë 🚢\n"quoted"',
            body: {
              z: 1,
              a: [null, true, 1.5e300, -0, { é: '\u0000 \ud800', __proto__x: {} }],
              '': '',
            },
          }),
          draft('broken text', { actor: 'half \ud83d and \0', host: '\udc00' }),
          draft('empty', { body: {} }),
        ]),
      );
      const read = value(await the().read(PAYMENTS, 0, 100));
      expect(read).toEqual(written);
      expect(verifyRun(PAYMENTS, { seq: 0, hash: GENESIS }, read)).toMatchObject({ ok: true });
    });

    it('appends nothing when given nothing', async () => {
      expect(value(await the().append(PAYMENTS, []))).toEqual([]);
      expect(value(await the().head(PAYMENTS))).toBeUndefined();
      expect(value(await the().streams())).toEqual([]);
    });

    it('leaves an id that is there already as it stands', async () => {
      const [first] = value(await the().append(PAYMENTS, [draft('a', { actor: 'ada' })]));
      const again = value(
        await the().append(PAYMENTS, [draft('a', { actor: 'grace' }), draft('b'), draft('b')]),
      );
      expect(again.map(({ seq }) => seq)).toEqual([1, 2, 2]);
      expect(again[0]).toEqual(first);
      expect(value(await the().byId('a'))).toEqual(first);
      expect(value(await the().read(PAYMENTS, 0, 9))).toHaveLength(2);
    });

    it('keeps a chain for each service and environment', async () => {
      await the().append(SEARCH, [draft('s1')]);
      await the().append(PAYMENTS, [draft('p1'), draft('p2')]);
      expect(value(await the().head(SEARCH))?.seq).toBe(1);
      expect(value(await the().head(PAYMENTS))?.seq).toBe(2);
      expect(value(await the().streams())).toEqual([PAYMENTS, SEARCH]);
    });

    it('reads from a place on, and not more than asked for', async () => {
      await the().append(
        PAYMENTS,
        ['a', 'b', 'c', 'd'].map((id) => draft(id)),
      );
      const ids = async (after: number, limit: number) =>
        value(await the().read(PAYMENTS, after, limit)).map(({ id }) => id);
      expect(await ids(1, 2)).toEqual(['b', 'c']);
      expect(await ids(3, 9)).toEqual(['d']);
      expect(await ids(4, 9)).toEqual([]);
    });

    it('finds the newest of some types, newest first', async () => {
      const types = ['x', 'y', 'z', 'x', 'y'];
      await the().append(
        PAYMENTS,
        types.map((type, index) => draft(`e${index}`, { type })),
      );
      const ids = async (wanted: string[], limit: number) =>
        value(await the().newest(PAYMENTS, wanted, limit)).map(({ id }) => id);
      expect(await ids(['x', 'y'], 3)).toEqual(['e4', 'e3', 'e1']);
      expect(await ids(['z', 'z'], 3)).toEqual(['e2']);
      expect(await ids([], 3)).toEqual([]);
      expect(await ids(['nothing'], 3)).toEqual([]);
    });

    it('does not know an id nobody appended', async () => {
      expect(value(await the().byId('nobody'))).toBeUndefined();
    });

    it('seals many appends at once into one chain', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => the().append(PAYMENTS, [draft(`c${n}`)])),
      );
      const read = value(await the().read(PAYMENTS, 0, 100));
      expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect(verifyRun(PAYMENTS, { seq: 0, hash: GENESIS }, read)).toMatchObject({ ok: true });
    });
  });
}

function describeAdoption(the: () => Store, tested: StoreUnderTest): void {
  describe('adoption', () => {
    const exported = async (count: number) => {
      const drafts = Array.from({ length: count }, (_, n) => draft(`e${n + 1}`));
      return value(await the().append(PAYMENTS, drafts));
    };

    it('passes over what it has and refuses another history', async () => {
      const events = await exported(3);
      expect(value(await the().adopt(PAYMENTS, events))).toBe(0);
      expect(value(await the().adopt(PAYMENTS, []))).toBe(0);
      const forged = { ...events[1]!, actor: 'mallory' };
      const other = { ...forged, hash: hashOf(forged) };
      expect(failureOf(await the().adopt(PAYMENTS, [other]))).toBe('diverged');
    });

    it('takes over sealed events as they are', async () => {
      const events = await exported(4);
      const fresh = await tested.open();
      expect(value(await fresh.adopt(PAYMENTS, events.slice(0, 2)))).toBe(2);
      expect(value(await fresh.adopt(PAYMENTS, events.slice(1)))).toBe(2);
      expect(value(await fresh.read(PAYMENTS, 0, 9))).toEqual(events);
      await fresh.close();
    });

    it('refuses a gap, an edit and an id used elsewhere, and then writes nothing', async () => {
      const events = await exported(3);
      const fresh = await tested.open();
      const edited = events.map((event, n) => (n === 2 ? { ...event, actor: 'mallory' } : event));
      expect(failureOf(await fresh.adopt(PAYMENTS, [events[0]!, events[2]!]))).toBe('diverged');
      expect(failureOf(await fresh.adopt(PAYMENTS, edited))).toBe('diverged');
      await fresh.append(SEARCH, [draft('e2')]);
      expect(failureOf(await fresh.adopt(PAYMENTS, events))).toBe('diverged');
      expect(value(await fresh.head(PAYMENTS))).toBeUndefined();
      await fresh.close();
    });
  });
}

function describeLeases(the: () => Store, tested: StoreUnderTest): void {
  describe('leases', () => {
    it('are free at first', async () => {
      expect(value(await the().lease(PAYMENTS))).toBeUndefined();
    });

    it('go to one, and the others hear who it is', async () => {
      const granted = value(await the().acquire(PAYMENTS, request('l1')));
      expect(granted).toMatchObject({ kind: 'granted', lease: { ...without(), token: 1 } });
      const refused = value(await the().acquire(PAYMENTS, request('l2', { owner: 'grace' })));
      expect(refused).toMatchObject({ kind: 'held', by: { id: 'l1', owner: 'ada' } });
      expect(value(await the().lease(PAYMENTS))).toMatchObject({ id: 'l1', token: 1 });
      expect(value(await the().acquire(SEARCH, request('l3')))).toMatchObject({ kind: 'granted' });
    });

    it('end by the clock of the store', async () => {
      const before = value(await the().now());
      const granted = value(await the().acquire(PAYMENTS, request('l1', { ttlMs: 5_000 })));
      const after = value(await the().now());
      const lease = granted.kind === 'granted' ? granted.lease : undefined;
      expect(lease?.heartbeatAt).toBeGreaterThanOrEqual(before);
      expect(lease?.heartbeatAt).toBeLessThanOrEqual(after);
      expect(lease?.expiresAt).toBe((lease?.heartbeatAt ?? 0) + 5_000);
    });

    it('are the same grant for the same id, so that a lost answer can be asked for again', async () => {
      value(await the().acquire(PAYMENTS, request('l1')));
      const again = value(await the().acquire(PAYMENTS, request('l1', { step: 'verify' })));
      expect(again).toMatchObject({ kind: 'granted', lease: { token: 1, step: 'verify' } });
    });

    it('are taken over once they have expired, with a higher token', async () => {
      value(await the().acquire(PAYMENTS, request('l1', { ttlMs: 0 })));
      const taken = value(await the().acquire(PAYMENTS, request('l2')));
      expect(taken).toMatchObject({
        kind: 'granted',
        lease: { id: 'l2', token: 2 },
        from: { id: 'l1', token: 1 },
      });
      expect(failureOf(await the().renew(PAYMENTS, 1, 'late', 1_000))).toBe('fenced_out');
      expect(failureOf(await the().release(PAYMENTS, 1))).toBe('fenced_out');
    });

    it('are taken by force from a living holder', async () => {
      value(await the().acquire(PAYMENTS, request('l1')));
      const taken = value(await the().acquire(PAYMENTS, request('l2', { force: true })));
      expect(taken).toMatchObject({ lease: { token: 2 }, from: { id: 'l1' } });
    });

    it('live on by a heartbeat, even a late one nobody has used', async () => {
      value(await the().acquire(PAYMENTS, request('l1', { ttlMs: 0 })));
      const lease = value(await the().renew(PAYMENTS, 1, 'batch 2 of 4', 60_000));
      expect(lease).toMatchObject({ id: 'l1', token: 1, step: 'batch 2 of 4' });
      expect(value(await the().acquire(PAYMENTS, request('l2')))).toMatchObject({ kind: 'held' });
    });

    it('are free after a release, and the token grows on', async () => {
      value(await the().acquire(PAYMENTS, request('l1')));
      value(await the().release(PAYMENTS, 1));
      value(await the().release(PAYMENTS, 1));
      expect(value(await the().lease(PAYMENTS))).toBeUndefined();
      expect(failureOf(await the().renew(PAYMENTS, 1, 'late', 1_000))).toBe('fenced_out');
      const next = value(await the().acquire(PAYMENTS, request('l2')));
      expect(next).toMatchObject({ kind: 'granted', lease: { token: 2 } });
      expect(next).not.toHaveProperty('from');
    });

    it('are broken by hand only with their id', async () => {
      expect(value(await the().breakLease(PAYMENTS, 'l1'))).toEqual({ broken: false });
      value(await the().acquire(PAYMENTS, request('l1')));
      expect(value(await the().breakLease(PAYMENTS, 'l0'))).toMatchObject({
        broken: false,
        found: { id: 'l1' },
      });
      expect(value(await the().breakLease(PAYMENTS, 'l1'))).toMatchObject({
        broken: true,
        found: { id: 'l1' },
      });
      expect(value(await the().lease(PAYMENTS))).toBeUndefined();
      expect(failureOf(await the().append(PAYMENTS, [draft('late')], 1))).toBe('fenced_out');
      const next = value(await the().acquire(PAYMENTS, request('l2')));
      expect(next).toMatchObject({ lease: { token: 3 } });
    });

    it('fence off everybody but their holder', async () => {
      expect(failureOf(await the().append(PAYMENTS, [draft('none')], 1))).toBe('fenced_out');
      value(await the().acquire(PAYMENTS, request('l1', { ttlMs: 0 })));
      const [event] = value(await the().append(PAYMENTS, [draft('a')], 1));
      expect(event).toMatchObject({ fence: 1, hash: hashOf(event!) });
      value(await the().acquire(PAYMENTS, request('l2')));
      const refused = await the().append(PAYMENTS, [draft('a'), draft('b')], 1);
      expect(refused).toMatchObject({ failure: { kind: 'fenced_out', token: 1, newest: 2 } });
      expect(value(await the().byId('b'))).toBeUndefined();
      // All of it was written before the takeover: there is nothing to refuse.
      expect(value(await the().append(PAYMENTS, [draft('a')], 1))).toHaveLength(1);
      value(await the().append(PAYMENTS, [draft('c')]));
    });

    it('take any words for owner, host and step', async () => {
      const words = { owner: "O'Hara; DROP TABLE", host: 'half \ud83d', step: 'nul \0' };
      value(await the().acquire(PAYMENTS, request('l1', words)));
      expect(value(await the().lease(PAYMENTS))).toMatchObject({
        owner: "O'Hara; DROP TABLE",
        host: 'half \ufffd',
        step: 'nul \ufffd',
      });
    });

    const { openAgain } = tested;
    if (openAgain === undefined) return;

    it('are seen from elsewhere, as events are', async () => {
      value(await the().acquire(PAYMENTS, request('l1')));
      value(await the().append(PAYMENTS, [draft('a')], 1));
      const other = await openAgain();
      expect(other.name).toBe(the().name);
      expect(value(await other.lease(PAYMENTS))).toMatchObject({ id: 'l1' });
      expect(value(await other.read(PAYMENTS, 0, 9))).toHaveLength(1);
      expect(value(await other.acquire(PAYMENTS, request('l2')))).toMatchObject({ kind: 'held' });
      await other.close();
    });

    it('have one winner among many', async () => {
      const others = await Promise.all(Array.from({ length: 8 }, () => openAgain()));
      const grants = await Promise.all(
        others.map((other, n) => other.acquire(PAYMENTS, request(`l${n}`))),
      );
      const winners = grants.filter((grant) => value(grant).kind === 'granted');
      expect(winners).toHaveLength(1);
      await Promise.all(others.map((other) => other.close()));
    });
  });
}

function without() {
  const { ttlMs: _, ...rest } = request('l1');
  return rest;
}
