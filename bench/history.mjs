/**
 * What a long history costs: whole processes of the built nemesis over a million deployments, as ratios to `node -e 0`,
 * and one noted deployment as a ratio to a program that appends a line to a file and syncs it. Both histories, one that
 * lies inside the window of 90 days and one over three years, are made by the store itself in a temporary folder, so
 * their rows are those of its own append; that takes some minutes. Run `npm run build` first. Interleaved runs, medians.
 * `node bench/history.mjs [runs] [deployments]`
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DAY_MS = 86_400_000;
const STREAM = { service: 'shop', environment: 'production' };
const EVENTS_AT_ONCE = 4_000;
/** The floor of noting something for good. */
const APPEND = `const fs = require('node:fs');
  const file = fs.openSync(process.argv[1], 'a');
  fs.writeSync(file, JSON.stringify({ type: 'deployment_finished', at: Date.now() }) + '\\n');
  fs.fsyncSync(file);`;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = path.join(root, 'bin', 'nemesis.js');
const runs = Math.max(5, Number(process.argv[2] ?? 15) || 15);
const deployments = Math.max(10, Number(process.argv[3] ?? 1_000_000) || 1_000_000);

if (!process.versions.node.startsWith('24.')) {
  refuse(`these ratios are defined on Node 24; this is ${process.version}`);
}
if (!existsSync(path.join(root, 'dist', 'main.js'))) refuse('there is no dist/; run npm run build');

const scratch = mkdtempSync(path.join(tmpdir(), 'nemesis-history-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const project = path.join(scratch, 'project');
const home = path.join(scratch, 'home');
for (const folder of [home, path.join(project, '.git')]) mkdirSync(folder, { recursive: true });
writeFileSync(path.join(project, 'nemesis.config.yaml'), `service: ${STREAM.service}\n`);
writeFileSync(path.join(project, '.git', 'config'), '[user]\n\tname = Ada\n');

const { openSqlite } = await import(path.join(root, 'src/history/stores/sqlite.ts'));
const { foldEvents, memoryRows } = await import(
  path.join(root, 'src/history/folds/memory-rows.ts')
);
const { deliveryOf } = await import(path.join(root, 'src/history/folds/delivery.ts'));

const spreads = [
  { name: 'all in 90 days', days: 89.5, file: path.join(scratch, 'dense', 'history.sqlite') },
  { name: 'over three years', days: 1_095, file: path.join(scratch, 'long', 'history.sqlite') },
];
proveOnSample(await sampleOf());
for (const { name, days, file } of spreads) await make(name, days, file, deployments);

console.log(
  `\nNode ${process.version}, ${deployments} deployments, ${runs} interleaved runs, medians`,
);
const isOver = spreads.map(measure).includes(true);
process.exitCode = isOver ? 1 : 0;

/** @param {{ name: string, file: string }} spread */
function measure({ name, file }) {
  const line = path.join(scratch, 'floor.jsonl');
  const record = [bin, 'deploy:record', '--env', STREAM.environment, '--release', '9.9.9'];
  /** @type {{ name: string, argv: string[], to?: number, most?: number }[]} */
  const rows = [
    { name: 'node -e 0', argv: ['-e', '0'] },
    {
      name: 'deploy:history --last 10',
      argv: nemesis('deploy:history', '--last', '10'),
      most: 1.5,
    },
    { name: 'metrics:delivery', argv: nemesis('metrics:delivery'), most: 3 },
    { name: 'metrics:delivery --json', argv: nemesis('metrics:delivery', '--json'), most: 3 },
    { name: 'append a line, sync', argv: ['-e', APPEND, line] },
    { name: 'deploy:record', argv: [...record, '--cwd', project], to: 4, most: 1.25 },
  ];
  const times = rows.map(() => /** @type {number[]} */ ([]));
  for (let run = -2; run < runs; run += 1) {
    rows.forEach((row, index) => {
      const ms = timeOf(row.name, row.argv, file);
      if (run >= 0) times[index]?.push(ms); // two rounds first: compile cache and page cache
    });
  }
  const medians = times.map(median);
  let over = false;
  console.log(`\n${name}`);
  rows.forEach(({ name, to = 0, most }, index) => {
    const ms = medians[index] ?? NaN;
    const ratio = ms / (medians[to] ?? NaN);
    if (most !== undefined && ratio > most) over = true;
    const verdict =
      most === undefined ? '' : `<= ${most.toFixed(2)}  ${ratio > most ? 'over' : 'ok'}`;
    const of = `of ${rows[to]?.name}`;
    console.log(
      `${name.padEnd(26)} ${ms.toFixed(1).padStart(7)} ms  ${ratio.toFixed(2).padStart(5)}x ${of.padEnd(22)} ${verdict}`.trimEnd(),
    );
  });
  return over;
}

/** @param {string[]} words */
function nemesis(...words) {
  return [bin, ...words, '--cwd', project];
}

/** @param {string} name @param {string[]} argv @param {string} file */
function timeOf(name, argv, file) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, argv, {
    cwd: project,
    env: environment(file),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) refuse(`${name} ended with ${status}:\n${stderr}`);
  return ms;
}

/** @param {string} file */
function environment(file) {
  const { PATH = '' } = process.env;
  return { PATH, HOME: home, NEMESIS_HOME: home, NEMESIS_STORE: `sqlite:${file}` };
}

/** @param {string} name @param {number} days @param {string} file @param {number} count */
async function make(name, days, file, count) {
  const began = performance.now();
  const store = valueOf(await openSqlite(file));
  let events = 0;
  for (const drafts of batches(count, days)) {
    valueOf(await store.append(STREAM, drafts));
    events += drafts.length;
  }
  await store.close();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const mib = (statSync(file).size / 2 ** 20).toFixed(0);
  console.log(`${name}: ${count} deployments, ${events} events, ${mib} MiB, made in ${seconds} s`);
}

/**
 * Deployments one after another: most succeed with a commit of their own, some are rolled back, some cause an incident
 * that is closed before the next one, some bring a commit a second time.
 * @param {number} count @param {number} days
 */
function* batches(count, days) {
  const random = seeded(7);
  const end = Date.now() - 60_000;
  const step = (days * DAY_MS) / count;
  /** @type {object[]} */
  let drafts = [];
  for (let n = 0; n < count; n += 1) {
    const at = Math.round(end - days * DAY_MS + n * step);
    for (const { type, later, body } of deploymentOf(n, at, random)) {
      const who = { actor: `user-${n % 50}`, host: `build-${n % 20}` };
      const id = `e-${n}-${drafts.length}`;
      drafts.push({ id, type, at: at + Math.round(later * step), ...who, body });
    }
    if (drafts.length < EVENTS_AT_ONCE) continue;
    yield drafts;
    drafts = [];
  }
  yield drafts;
}

/** `later`: in steps from one deployment to the next. @param {number} n @param {number} at @param {() => number} random */
function deploymentOf(n, at, random) {
  const deployment = `${(n * 2_654_435_761) % 2 ** 32}-d-${n}`;
  const lead = Math.round(600_000 * Math.exp(random() * 6));
  const luck = random();
  const commit = (luck < 0.02 ? n - 1 : n).toString(16).padStart(40, '0');
  const release = {
    version: `1.${n}.0`,
    commit: random() < 0.95 ? commit : null,
    committed_at: at - lead,
    artifact: null,
  };
  const started = { deployment, kind: 'deploy', release, hotfix: false, strategy: 'rolling' };
  const [failed, sick] = [luck > 0.95, luck > 0.9];
  const incident = `i-${n}`;
  const finished = { deployment, status: failed ? 'rolled_back' : 'succeeded' };
  return [
    { type: 'deployment_started', later: 0, body: started },
    ...(failed
      ? [{ type: 'deployment_received_traffic', later: 0.2, body: { deployment, share: 0.1 } }]
      : []),
    { type: 'deployment_finished', later: 0.4, body: finished },
    ...(sick && !failed
      ? [
          {
            type: 'incident_opened',
            later: 0.5,
            body: { incident, severity: 'warning', title: 'slow', deployment },
          },
          { type: 'incident_closed', later: 0.5 + random() / 3, body: { incident } },
        ]
      : []),
  ];
}

/** A small history of the same kind, with its events. */
async function sampleOf() {
  const file = path.join(scratch, 'sample', 'history.sqlite');
  await make('sample', 120, file, 2_000);
  const store = valueOf(await openSqlite(file));
  const events = valueOf(await store.read(STREAM, 0, 1_000_000));
  await store.close();
  return { file, events };
}

/**
 * The numbers nemesis prints are those of the journal folded in memory, and it finds its own rows sound.
 * @param {{ file: string, events: object[] }} sample
 */
function proveOnSample({ file, events }) {
  const ask = (/** @type {string[]} */ ...words) =>
    spawnSync(process.execPath, nemesis(...words), {
      cwd: project,
      env: environment(file),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
  const verified = ask('history:verify');
  if (verified.status !== 0) refuse(`the sample is not sound:\n${verified.stdout}`);
  const { deliveries } = JSON.parse(ask('metrics:delivery', '--json').stdout);
  const rows = foldEvents(events, memoryRows());
  const { window } = deliveries[0];
  const folded = deliveryOf(
    STREAM,
    rows.deployments(),
    rows.environment().first_at,
    window,
    window.to - 1,
  );
  const ids = (/** @type {string} */ key, /** @type {unknown} */ value) =>
    key === 'ids' ? undefined : value;
  if (JSON.stringify(deliveries[0], ids) !== JSON.stringify(folded, ids))
    refuse('the metrics of the sample are not those of its events');
}

/** @param {{ ok: boolean, value?: any, failure?: unknown }} result */
function valueOf(result) {
  if (!result.ok) refuse(JSON.stringify(result.failure));
  return result.value;
}

/** 0 to 1, the same every time. @param {number} seed */
function seeded(seed) {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`bench/history: ${why}`);
  process.exit(2);
}
