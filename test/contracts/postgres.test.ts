import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres, publicName } from '../../src/history/stores/postgres.ts';
import { strictTls } from '../../src/history/stores/postgres-pool.ts';
import { POSTGRES_VERSION, writerGrants } from '../../src/history/stores/postgres-schema.ts';
import { verifyStore } from '../../src/history/verify.ts';
import { deploy, finish, HOUR, incident } from '../history/folds/journal.ts';
import { postgresBin, startCluster, type Cluster } from './cluster.ts';
import { bothAnswers, EVER, told } from './rows.ts';
import { draft, failureOf, PAYMENTS, request, storeContract, value } from './store.ts';

describe.skipIf(postgresBin() === undefined)('on a real Postgres', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(['fsync=off']);
  });
  afterAll(() => cluster?.remove());

  let made = 0;
  const database = () => {
    const name = `history_${(made += 1)}`;
    cluster.create(name);
    return name;
  };
  let newest = '';
  const open = async (url: string) => value(await openPostgres(url, { patienceMs: 10_000 }));

  storeContract({
    kind: 'postgres',
    open: () => open((newest = cluster.url(database()))),
    openAgain: () => open(newest),
    runs: 25,
  });

  it('is brought to the newest version once by many that start together', async () => {
    const name = database();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(cluster.url(name))));
    await Promise.all(stores.map((store, n) => store.append(PAYMENTS, [draft(`e${n}`)])));
    expect(value(await stores[0]!.head(PAYMENTS))?.seq).toBe(6);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('cannot be changed, not even by its owner', async () => {
    const name = database();
    const store = await open(cluster.url(name));
    value(await store.append(PAYMENTS, [draft('a')]));
    for (const text of [
      `UPDATE nemesis.events SET actor = 'mallory'`,
      'DELETE FROM nemesis.events',
      'TRUNCATE nemesis.events',
    ])
      expect(() => cluster.sql(name, text)).toThrow('the journal is append-only');
    expect(value(await store.read(PAYMENTS, 0, 9))).toMatchObject([{ actor: 'ada' }]);
    cluster.sql(name, 'ALTER TABLE nemesis.events DISABLE TRIGGER events_stay');
    expect(value(await store.examine())).toHaveLength(1);
    await store.close();
  });

  it('needs no more than to insert', async () => {
    const name = database();
    await (await open(cluster.url(name))).close();
    cluster.sql(name, `CREATE ROLE writer_${made} LOGIN; ${writerGrants(`writer_${made}`)}`);
    cluster.sql(name, `CREATE ROLE reader_${made} LOGIN`);
    const store = await open(cluster.url(name, { user: `writer_${made}` }));
    value(await store.acquire(PAYMENTS, request('l1')));
    value(await store.append(PAYMENTS, [draft('a')], 1));
    value(await store.renew(PAYMENTS, 1, 'verify', 1_000));
    value(await store.release(PAYMENTS, 1));
    expect(value(await store.examine())).toEqual([]);
    await store.close();
    const refused = await openPostgres(cluster.url(name, { user: `reader_${made}` }));
    expect(failureOf(refused)).toBe('read_only');
  });

  it('of the first version is brought further, with the rows of what is in it', async () => {
    const name = database();
    const old = await open(cluster.url(name));
    const { stream, drafts } = told(deploy(0, 'd-1'), finish(HOUR, 'd-1'), incident(HOUR, 'i-1'));
    value(await old.append(stream, drafts));
    await old.close();
    cluster.sql(name, `DROP TABLE ${ROWS}; UPDATE nemesis.meta SET version = 1`);
    const store = await open(cluster.url(name));
    const { found, expected } = await bothAnswers(store, stream, [EVER]);
    expect(found).toEqual(expected);
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();
  });

  it('has rows that fit no more folded anew, by a writer too, and gives away who edited one', async () => {
    const name = database();
    await (await open(cluster.url(name))).close();
    cluster.sql(name, `CREATE ROLE keeper_${made} LOGIN; ${writerGrants(`keeper_${made}`)}`);
    const store = await open(cluster.url(name, { user: `keeper_${made}` }));
    const { stream, drafts } = told(deploy(0, 'd-1'), finish(HOUR, 'd-1'), incident(HOUR, 'i-1'));
    value(await store.append(stream, drafts.slice(0, 2)));
    const isSame = async () => {
      const { found, expected } = await bothAnswers(store, stream, [EVER]);
      expect(found).toEqual(expected);
    };

    cluster.sql(name, `UPDATE nemesis.environments SET fold = 0; DELETE FROM nemesis.deployments`);
    await isSame();
    cluster.sql(name, `UPDATE nemesis.environments SET seq = 1; DELETE FROM nemesis.deployments`);
    value(await store.append(stream, drafts.slice(2)));
    await isSame();

    cluster.sql(name, `UPDATE nemesis.deployments SET version = '6.6.6'`);
    expect(value(await store.deployments({ service: stream.service, limit: 1 }))).toMatchObject([
      { version: '6.6.6' },
    ]);
    const report = value(await verifyStore(store));
    expect(report).toMatchObject({ sound: false, streams: [{ rows: [{ column: 'version' }] }] });
    value(await store.rebuildRows(stream));
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();
  });

  it('answers from its events where a role may not see the rows', async () => {
    const name = database();
    const owner = await open(cluster.url(name));
    const { stream, drafts } = told(deploy(0, 'd-1'), finish(HOUR, 'd-1'));
    value(await owner.append(stream, drafts));
    await owner.close();
    cluster.sql(name, `CREATE ROLE old_${made} LOGIN; ${writerGrants(`old_${made}`)}`);
    cluster.sql(name, `REVOKE ALL ON ${ROWS} FROM old_${made}`);
    const store = await open(cluster.url(name, { user: `old_${made}` }));
    const { found, expected } = await bothAnswers(store, stream, [EVER]);
    expect(found).toEqual(expected);
    await store.close();
  });

  it('is read and not written where the tables are newer than nemesis', async () => {
    const name = database();
    const old = await open(cluster.url(name));
    value(await old.append(PAYMENTS, [draft('a')]));
    await old.close();
    cluster.sql(name, 'UPDATE nemesis.meta SET version = version + 1');
    const store = await open(cluster.url(name));
    expect(await store.append(PAYMENTS, [draft('b')])).toMatchObject({
      failure: { kind: 'newer_schema', found: POSTGRES_VERSION + 1, known: POSTGRES_VERSION },
    });
    expect(failureOf(await store.renew(PAYMENTS, 1, '', 1))).toBe('newer_schema');
    expect(value(await store.read(PAYMENTS, 0, 9))).toHaveLength(1);
    expect(value(await store.environments(PAYMENTS.service))).toHaveLength(1);
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();
  });

  it('leaves a schema of another program alone', async () => {
    const name = database();
    cluster.sql(name, 'CREATE SCHEMA nemesis; CREATE TABLE nemesis.tables (seats integer)');
    expect(failureOf(await openPostgres(cluster.url(name)))).toBe('not_ours');
  });

  it('says at once what waiting cannot mend', async () => {
    const missing = await openPostgres(cluster.url('nowhere'));
    expect(missing).toMatchObject({ failure: { kind: 'unreachable' } });
  });
});

const ROWS = 'nemesis.environments, nemesis.deployments, nemesis.incidents';

/** Put together here, so that no scanner takes it for the address of a real database. */
function signedIn(rest: string): string {
  return ['postgres:/', `/ada:hunter2`, '@', rest].join('');
}

describe('an address of Postgres', () => {
  it.each([
    [signedIn('db.example:6543/ci?sslmode=require'), 'postgres://db.example:6543/ci'],
    ['postgresql://db.example/ci', 'postgres://db.example/ci'],
    ['postgres:///ci?host=/run/postgresql', 'postgres:///run/postgresql/ci'],
    ['postgres://ada:p%40ss@/ci?host=/run/pg', 'postgres:///run/pg/ci'],
  ])('%s is shown without user and password', (url, name) => {
    expect(publicName(url)).toBe(name);
  });

  it('that cannot be read is not shown', async () => {
    const opened = await openPostgres(signedIn('[broken/ci'));
    expect(JSON.stringify(opened)).not.toContain('hunter2');
    expect(failureOf(opened)).toBe('unreachable');
  });

  it('that asks for TLS gets certificates checked', () => {
    expect(strictTls('postgres://db/ci?sslmode=require&x=1')).toBe(
      'postgres://db/ci?sslmode=verify-full&x=1',
    );
    expect(strictTls('postgres://db/ci?sslmode=disable')).toBe('postgres://db/ci?sslmode=disable');
  });

  it('nobody answers at is unreachable once the patience is over', async () => {
    const sleeps: number[] = [];
    let now = 0;
    const opened = await openPostgres(signedIn('127.0.0.1:1/ci'), {
      clock: { now: () => 0, uptimeMs: () => now, boot: () => '' },
      sleep: (ms) => {
        sleeps.push(ms);
        now += ms;
        return Promise.resolve();
      },
      random: () => 0.5,
    });
    expect(opened).toMatchObject({ failure: { kind: 'unreachable' } });
    expect(JSON.stringify(opened)).not.toContain('hunter2');
    expect(now).toBeGreaterThan(55_000);
    expect(now).toBeLessThanOrEqual(60_000);
    expect(sleeps[0]).toBe(37.5);
    expect(Math.max(...sleeps)).toBe(1_500);
  });
});
