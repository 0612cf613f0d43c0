/**
 * `apply` of a nemesis environment behind haproxy: `node apply.mjs FOLDER`, the wish on standard input.
 *
 *   fence ─▶ start what is missing ─▶ weights ─▶ wait until one serves ─▶ drain what is not asked for ─▶ stop it
 *
 * May be ended at any point and called again: every step looks at what is there, and writes down what it is about to do.
 */

import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { counted, stats, tell } from './proxy.mjs';
import { bornOf, countedFor, keyOf, readState, releasesIn, runs, writeState } from './state.mjs';

const FENCED_OUT = 9;
/** How long open requests may take to end. */
const DRAIN_MS = 10_000;
/** How long those that are to end wait for one that can take their requests. */
const READY_MS = 10_000;
const MOST_WEIGHT = 256;

const [folder] = process.argv.slice(2);
const socket = path.join(folder, 'haproxy.sock');
const wish = JSON.parse(readFileSync(0, 'utf8'));
const state = readState(folder);
const known = releasesIn(folder);

process.exitCode = await main();

async function main() {
  if (wish.fence < state.fence) {
    process.stdout.write(JSON.stringify({ fence: state.fence }));
    return FENCED_OUT;
  }
  const rows = await stats(socket);
  const missing = wish.slots.find(
    ({ release, instances }) => instances > 0 && !known.has(keyOf(release)),
  );
  if (missing !== undefined) return refuse(`${missing.release.version} is not in releases/`);
  const wanted = wish.slots.reduce((sum, { instances }) => sum + instances, 0);
  if (wanted > rows.size)
    return refuse(`${wanted} instances, and haproxy has room for ${rows.size}`);
  state.fence = wish.fence;
  writeState(folder, state);

  const before = Object.keys(state.servers);
  for (const name of before) if (!runs(state.servers[name])) await forget(name, rows);
  const kept = new Set();
  for (const slot of wish.slots) for (const name of await instancesOf(slot)) kept.add(name);
  await turn(kept);
  await untilOneServes(kept);
  await end(Object.keys(state.servers).filter((name) => !kept.has(name)));
  return 0;
}

function refuse(why) {
  process.stderr.write(`${JSON.stringify({ refused: why })}\n`);
  return 1;
}

/** The servers of a release, so many as are asked for; those that run already first. */
async function instancesOf({ release, instances }) {
  const own = Object.keys(state.servers).filter(
    (name) => keyOf(state.servers[name].release) === keyOf(release),
  );
  while (own.length < instances) own.push(await start(release));
  return own.slice(0, instances);
}

async function start(release) {
  const rows = await stats(socket);
  const name = [...rows.keys()].find((one) => !(one in state.servers));
  if (name === undefined) throw new Error('no room: too many instances are still ending');
  const server = {
    release,
    port: await freePort(),
    pid: null,
    born: null,
    base: counted(rows.get(name)),
  };
  const { folder: home } = known.get(keyOf(release));
  const log = openSync(path.join(folder, `${name}.log`), 'a', 0o600);
  // It waits for a word before it begins. Are we ended before its number is noted down, it never does.
  const child = spawn('/bin/sh', ['-c', 'read go && exec node server.mjs'], {
    cwd: home,
    // None of nemesis' own variables: by them it finds, and ends, what its scripts left behind.
    env: { PATH: process.env.PATH, PORT: String(server.port), VERSION: release.version },
    stdio: ['pipe', log, log],
    detached: true,
  });
  state.servers[name] = { ...server, pid: child.pid, born: bornOf(child.pid) };
  writeState(folder, state);
  child.stdin.on('error', () => undefined);
  child.stdin.end('go\n');
  child.unref();
  const it = `set server app/${name}`;
  await tell(socket, [`${it} state maint`, `${it} weight 0`]);
  return name;
}

/** Every kept server gets its address and its part; new ones are down until their checks say otherwise. */
async function turn(kept) {
  const parts = new Map();
  for (const { release, instances, share } of wish.slots) {
    const own = [...kept].filter((name) => keyOf(state.servers[name].release) === keyOf(release));
    for (const name of own) parts.set(name, share / instances);
  }
  const now = await stats(socket);
  const most = Math.max(...parts.values(), Number.MIN_VALUE);
  // Those that get more come first: never is there a moment in which nobody has a weight.
  for (const [name, part] of [...parts].sort((a, b) => b[1] - a[1])) {
    const it = `set server app/${name}`;
    const weight = part === 0 ? 0 : Math.max(1, Math.round((MOST_WEIGHT * part) / most));
    const isNew = now.get(name).status.startsWith('MAINT');
    await tell(socket, [
      ...(isNew ? [`${it} addr 127.0.0.1 port ${state.servers[name].port}`] : []),
      ...(isNew ? [`${it} state ready`, `${it} health down`] : [`${it} state ready`]),
      `${it} weight ${weight}`,
    ]);
  }
}

/** Those that are to end go on until another takes requests; for a while, since it may never. */
async function untilOneServes(kept) {
  const serves = (row) => row.status.startsWith('UP') && Number(row.weight) > 0;
  const until = Date.now() + READY_MS;
  while (wish.slots.some(({ instances, share }) => instances > 0 && share > 0)) {
    const rows = await stats(socket);
    if ([...kept].some((name) => serves(rows.get(name))) || Date.now() > until) return;
    await sleep(50);
  }
}

/** No new requests; the open ones are answered; then it stops. */
async function end(names) {
  for (const name of names) await tell(socket, [`set server app/${name} state drain`]);
  const until = Date.now() + DRAIN_MS;
  for (const name of names) {
    while (Number((await stats(socket)).get(name).scur) > 0 && Date.now() < until) await sleep(20);
    const rows = await stats(socket);
    const { pid } = state.servers[name];
    if (runs(state.servers[name])) process.kill(pid, 'SIGTERM');
    while (runs(state.servers[name]) && Date.now() < until + 1_000) await sleep(20);
    if (runs(state.servers[name])) process.kill(pid, 'SIGKILL');
    await forget(name, rows);
  }
}

async function forget(name, rows) {
  await tell(socket, [`set server app/${name} state maint`]);
  const { release } = state.servers[name];
  const before = state.past[keyOf(release)] ?? { requests: 0, errors: 0 };
  const own = countedFor(state.servers[name], rows.get(name));
  state.past[keyOf(release)] = {
    requests: before.requests + own.requests,
    errors: before.errors + own.errors,
  };
  delete state.servers[name];
  writeState(folder, state);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
