/** A part of what `npm run faults` does in full, small enough for every run. */

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/history/store.ts';
import { openPostgres } from '../../src/history/stores/postgres.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { postgresBin, startCluster, type Cluster } from '../contracts/cluster.ts';
import { value } from '../contracts/store.ts';
import { faultsAt, lastPoint, type Call, type Kind } from './crash.ts';
import { cutCommits, killServer } from './postgres-faults.ts';
import { frozenHolder, raceClients, raceProcesses, staleWrites } from './races.ts';
import { hasStrace } from './run-worker.ts';
import { recordRuns } from './recorded-runs.ts';
import { startShim } from './shim.ts';
import { editRows, flipBits, original, seeded } from './tampering.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const fresh = () => path.join(folder, `${(made += 1)}.sqlite`);

describe.skipIf(!hasStrace())('a command on SQLite with a fault in the middle', () => {
  it.each<[Kind, Call, number]>([
    ['SIGKILL', 'pwrite64', 9],
    ['SIGKILL', 'fsync', 5],
    ['SIGKILL', 'rename', 4],
    ['EIO once', 'pwrite64', 19],
    ['EIO once', 'fsync', 9],
    ['EIO from there on', 'fsync', 4],
    ['ENOSPC once', 'pwrite64', 19],
    ['ENOSPC from there on', 'pwrite64', 19],
  ])('%s at %s, one in %i: nothing acknowledged is lost', async (kind, call, step) => {
    const last = await lastPoint(call);
    expect(last).toBeGreaterThan(0);
    const points = Array.from({ length: Math.ceil(last / step) }, (_, n) => 1 + n * step);
    const outcomes = await faultsAt(call, kind, points);
    expect(outcomes.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });
});

describe('leases on SQLite', () => {
  it('have exactly one of 20 processes as their holder', async () => {
    const race = await raceProcesses(fresh(), 20, 5);
    expect(race).toEqual({ rounds: 5, won: 5, refused: 95, errors: [] });
  });

  it('let no old token write', async () => {
    const store = value(await openSqlite(fresh()));
    expect(await staleWrites(store, 500)).toBe(0);
    await store.close();
  });

  it('fence off a holder that was frozen past its time', async () => {
    const file = fresh();
    const store = value(await openSqlite(file));
    for (let n = 0; n < 2; n += 1)
      expect(await frozenHolder(store, file)).toEqual(['fenced_out', 'fenced_out']);
    await store.close();
  });
});

describe('a journal that somebody changed', () => {
  const EVENTS = 20;

  it('gives every changed bit away', async () => {
    const given = await original(folder, EVENTS);
    const flips = await flipBits(given, 220, seeded(7));
    expect(flips.missed).toEqual([]);
    expect(flips.changed).toBeGreaterThan(20);
    const edits = await editRows(given, 60, EVENTS, seeded(11));
    expect(edits).toEqual({ tried: 60, changed: 60, missed: [] });
  });
});

describe.skipIf(postgresBin() === undefined)('Postgres', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    for (const name of ['history', 'runs']) cluster.create(name);
  });
  afterAll(() => cluster?.remove());

  it('has exactly one of 50 clients as the holder of a lease', async () => {
    const stores: Store[] = [];
    for (let n = 0; n < 50; n += 1) stores.push(value(await openPostgres(cluster.url('history'))));
    const race = await raceClients(stores, 4);
    expect(race).toEqual({ rounds: 4, won: 4, refused: 196, errors: [] });
    expect(await staleWrites(stores[0] as Store, 100)).toBe(0);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('loses and doubles nothing when the line is cut around a commit', async () => {
    const shim = await startShim(cluster.port);
    const store = value(await openPostgres(cluster.url('history', { port: shim.port })));
    const written = await cutCommits(store, shim, 20);
    expect(shim.cuts).toBe(20);
    expect(written).toMatchObject({ events: 20, lost: 0, doubled: 0, failures: [], sound: true });
    await store.close();
    await shim.close();
  });

  it('loses nothing when the server is killed, and the writer waits for it', async () => {
    const store = value(await openPostgres(cluster.url('history')));
    const written = await killServer(store, cluster, 2);
    expect(written).toMatchObject({ lost: 0, doubled: 0, failures: [], sound: true });
    await store.close();
  });

  it('tells every recorded run as it was, however often the server dies', async () => {
    const store = value(await openPostgres(cluster.url('runs')));
    const recorded = await recordRuns(store, cluster, 12, 1_000);
    expect(recorded).toMatchObject({ runs: 12, wrong: [] });
    expect(recorded.stops).toBeGreaterThan(0);
    await store.close();
  });
});
