/**
 * The whole fault suite. Of the history: every system call of a command, every commit, thousands of changed bits; of
 * rollouts: every named point. Takes most of an hour and prints a Markdown table; ends with 1 where anything was lost.
 * `npm run faults [-- <part> ...]`
 *
 * Parts: crash, races, postgres, model, tampering, points, rivals, judge, canary.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const tests = path.join(path.dirname(import.meta.dirname), 'test');
const from = (/** @type {string} */ file) => import(path.join(tests, file));

const { CALLS, faultsAt, KINDS, lastPoint } = await from('faults/crash.ts');
const { frozenHolder, raceClients, raceProcesses, staleWrites } = await from('faults/races.ts');
const { hasStrace } = await from('faults/run-worker.ts');
const { cutCommits, killServer } = await from('faults/postgres-faults.ts');
const { recordRuns } = await from('faults/recorded-runs.ts');
const { startShim } = await from('faults/shim.ts');
const { editRows, flipBits, original, seeded } = await from('faults/tampering.ts');
const rollouts = await import('./faults-rollouts.mjs');
const canaries = await import('./faults-canaries.mjs');
const { playOnEveryCore } = await from('rollout/model/threads.ts');
const { postgresBin, startCluster } = await from('contracts/cluster.ts');
const { openSqlite } = await import('../src/history/stores/sqlite.ts');
const { openPostgres } = await import('../src/history/stores/postgres.ts');

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-faults-'));
let made = 0;
const fresh = () => path.join(folder, `${(made += 1)}.sqlite`);

/** @type {string[]} */
const wrong = [];

/** @param {{ ok: boolean, value?: any, failure?: unknown }} result */
function value(result) {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/**
 * @param {string} what
 * @param {string | number} tried
 * @param {() => Promise<{ found: string, wrong: readonly string[] }>} work
 */
async function row(what, tried, work) {
  const began = performance.now();
  const result = await work();
  for (const line of result.wrong) console.error(`${what}: ${line}`);
  wrong.push(...result.wrong);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const verdict = result.wrong.length === 0 ? 'holds' : `${result.wrong.length} WRONG`;
  console.log(`| ${what} | ${tried} | ${result.found} | ${verdict} | ${seconds} s |`);
}

/** @param {string} what @param {string} why */
function skipped(what, why) {
  console.log(`| ${what} | 0 | skipped: ${why} | not told | |`);
}

async function crash() {
  if (!hasStrace()) return skipped('faults at system calls', 'strace is not here');
  for (const call of CALLS) {
    const last = await lastPoint(call);
    if (last === 0) {
      console.log(`| any fault at \`${call}\` | 0 | the command makes no such call | holds | |`);
      continue;
    }
    const points = Array.from({ length: last }, (_, n) => n + 1);
    for (const kind of Object.keys(KINDS))
      await row(`${kind} at each \`${call}\` of a command with 12 events`, last, async () => {
        const outcomes = await faultsAt(call, kind, points);
        const sum = outcomes.reduce(
          (/** @type {number} */ total, /** @type {any} */ { acknowledged }) =>
            total + acknowledged,
          0,
        );
        return {
          found: `${sum} acknowledged events, all there once; chain sound`,
          wrong: outcomes.flatMap((/** @type {any} */ { point, violations }) =>
            violations.map((/** @type {string} */ text) => `${point}: ${text}`),
          ),
        };
      });
  }
}

/** @param {any} race */
function raced(race) {
  return {
    found: `${race.won} of ${race.rounds} rounds with one holder, ${race.refused} refusals`,
    wrong: [...race.errors, ...(race.won === race.rounds ? [] : ['a round without one holder'])],
  };
}

async function races() {
  await row('20 SQLite processes reach for a lease', '100 rounds', async () =>
    raced(await raceProcesses(fresh(), 20, 100)),
  );
  const file = fresh();
  const store = value(await openSqlite(file));
  await row('writes with an old token, SQLite', 10_000, async () => {
    const accepted = await staleWrites(value(await openSqlite(fresh())), 10_000);
    return { found: `${accepted} accepted`, wrong: accepted === 0 ? [] : ['accepted'] };
  });
  await row('holder stopped past its lease, woken after a takeover', 50, async () => {
    /** @type {string[]} */
    const late = [];
    for (let n = 0; n < 50; n += 1) late.push(...(await frozenHolder(store, file)));
    const bad = late.filter((kind) => kind !== 'fenced_out');
    return { found: `${late.length} late calls fenced out`, wrong: bad };
  });
  await store.close();
}

/** @param {any} result */
function written(result) {
  const { events, lost, doubled, failures, sound, slowestMs } = result;
  return {
    found: `${events} acknowledged, ${lost} lost, ${doubled} doubled, slowest ${slowestMs} ms`,
    wrong: [
      ...failures,
      ...(lost + doubled > 0 ? ['lost or doubled'] : []),
      ...(sound ? [] : ['chain']),
    ],
  };
}

async function postgres() {
  if (postgresBin() === undefined) return skipped('Postgres', 'it is not installed');
  const cluster = await startCluster();
  try {
    for (const name of ['races', 'cuts', 'kills', 'runs']) cluster.create(name);
    const stores = [];
    for (let n = 0; n < 50; n += 1) stores.push(value(await openPostgres(cluster.url('races'))));
    await row('50 Postgres clients reach for a lease', '200 rounds', async () =>
      raced(await raceClients(stores, 200)),
    );
    await row('writes with an old token, Postgres', 10_000, async () => {
      const accepted = await staleWrites(stores[0], 10_000);
      return { found: `${accepted} accepted`, wrong: accepted === 0 ? [] : ['accepted'] };
    });
    await Promise.all(stores.map((store) => store.close()));

    const shim = await startShim(cluster.port);
    const cut = value(await openPostgres(cluster.url('cuts', { port: shim.port })));
    await row('line cut around COMMIT (half before, half after)', 1_000, async () => {
      const result = written(await cutCommits(cut, shim, 1_000));
      return shim.cuts === 1_000 ? result : { ...result, wrong: ['not every commit was cut'] };
    });
    await cut.close();
    await shim.close();

    const kills = value(await openPostgres(cluster.url('kills')));
    await row('server stopped with `-m immediate` while writing', 40, async () =>
      written(await killServer(kills, cluster, 40)),
    );
    await kills.close();

    const store = value(await openPostgres(cluster.url('runs')));
    await row('server stopped hard every 5 s during recorded runs', 200, async () => {
      const { runs, stops, wrong } = await recordRuns(store, cluster, 200, 5_000);
      return { found: `${runs} runs of 4 records, ${stops} stops`, wrong };
    });
    await store.close();
  } finally {
    await cluster.remove();
  }
}

async function model() {
  const count = Number(process.env.NEMESIS_MODEL ?? 100_000);
  await row(
    'rollouts killed, frozen, taken over, gone on with, on a virtual clock',
    count,
    async () => {
      const { histories, endings, wrong } = await playOnEveryCore(count);
      const { succeeded = 0, rolled_back: back = 0, taken_over: taken = 0 } = endings;
      return {
        found: `${histories} histories: ${succeeded} succeeded, ${back} rolled back, ${taken} taken over`,
        wrong: wrong.map((/** @type {any} */ { seed, laws }) => `seed ${seed}: ${laws.join('; ')}`),
      };
    },
  );
}

async function tampering() {
  const events = 60;
  const given = await original(folder, events);
  const tally = (/** @type {any} */ { changed, missed }) => ({
    found: `${changed} changed something, ${missed.length} of them not found`,
    wrong: missed,
  });
  await row('random bit of the SQLite file flipped', 2_000, async () =>
    tally(await flipBits(given, 2_000, seeded(2_000))),
  );
  await row('rows edited, deleted, swapped, cut, written anew', 500, async () =>
    tally(await editRows(given, 500, events, seeded(500))),
  );
}

const parts = {
  ...{ crash, races, postgres, model, tampering },
  points: () => rollouts.points(row, skipped),
  rivals: () => rollouts.rivals(row, skipped),
  judge: () => canaries.judge(row),
  canary: () => canaries.canary(row),
};
const asked = process.argv.slice(2);
console.log(`Node ${process.version}, ${os.availableParallelism()} cores, ${os.platform()}.\n`);
console.log('| fault | tried | found | verdict | time |\n| --- | --- | --- | --- | --- |');
try {
  for (const [name, part] of Object.entries(parts))
    if (asked.length === 0 || asked.includes(name)) await part();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong.length === 0 ? 0 : 1;
