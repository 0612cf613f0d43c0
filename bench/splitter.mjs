/**
 * The splitter against http-proxy-3, on one machine: requests a second and p99 in interleaved rounds, how long a switch
 * takes under load, and what a gigabyte and a million events cost in memory. Load, proxy and instances are processes of
 * their own; all of them share the cores, so only the ratios mean something.
 *
 *   node bench/splitter.mjs [rounds, 5] [seconds a round, 3]
 *
 * Exits 1 when a target is missed.
 */
import { fork } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';

const CONNECTIONS = 32;
const SWITCH_CLIENTS = 16;
const RATIO_TARGET = 1.1;
const GIB = 1024 ** 3;
const EVENTS = 1_000_000;
const GROWTH_TARGET_MIB = 96;
const SWITCH_TARGET_MS = 50;

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
const [role, ...given] = process.argv.slice(2);
const roles = { ours, peer, instance, load };
if (role in roles) await roles[role](...given.map(Number));
else await compare(Number(role ?? 5), Number(given[0] ?? 3));

/** Says `ready` with its port; `shares` changes who gets the requests, `memory` tells of its own. */
async function ours(blue, green) {
  const { createSplitter, createSwitchboard } = await from('splitter');
  const { Route } = await from('route');
  const { Upstream } = await from('upstream');
  const { createCounter } = await from('traffic');
  const { freePort } = await import('../src/rollout/drivers/local/free-port.ts');
  const routes = [blue, green].map((port, index) => {
    const route = new Route(String(index), createCounter());
    route.upstreams = [new Upstream(port)];
    return route;
  });
  const board = createSwitchboard();
  const setShare = (share) =>
    board.setRoutes(routes.map((route, index) => ({ route, share: index ? share : 1 - share })));
  setShare(0.1);
  const port = await freePort();
  await createSplitter({ host: '127.0.0.1', port }, board).listen();
  serveParent(port, setShare);
}

/** As its documentation shows it, with connections kept open. */
async function peer(blue, green) {
  const { createProxyServer } = await import('http-proxy-3');
  const agents = [0, 1].map(() => new http.Agent({ keepAlive: true, maxSockets: 64 }));
  const proxy = createProxyServer({});
  proxy.on('error', (_error, _request, response) => response.destroy());
  let share = 0.1;
  let credit = 0;
  const server = http.createServer((request, response) => {
    credit += share;
    const index = credit >= 1 ? 1 : 0;
    credit -= index;
    const target = `http://127.0.0.1:${index ? green : blue}`;
    proxy.web(request, response, { target, agent: agents[index] });
  });
  server.listen(0, '127.0.0.1', () => serveParent(server.address().port, (next) => (share = next)));
}

function serveParent(port, setShare) {
  process.on('message', (message) => {
    if (message.share !== undefined) {
      setShare(message.share);
      process.send({ done: true });
    } else process.send({ rss: process.memoryUsage().rss });
  });
  process.on('disconnect', () => process.exit());
  process.send({ port });
}

/** Answers at once and the same, with as little work as can be; long ways are served by node:http. */
async function instance(name) {
  const answer = Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nslot${name}`,
  );
  const end = Buffer.from('\r\n\r\n');
  const long = http.createServer((request, response) => {
    if (request.url === '/download') return pour(response, Buffer.alloc(65_536, 97), GIB / 65_536);
    if (request.url === '/events') return pour(response, Buffer.from('data: tick\n\n'), EVENTS);
    let bytes = 0;
    request.on('data', (piece) => (bytes += piece.length));
    request.on('end', () => response.end(String(bytes)));
  });
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    const onData = (bytes) => {
      if (/^\S+ \/(?:download|events|upload)/.test(bytes.toString('latin1', 0, 40))) {
        socket.off('data', onData);
        long.emit('connection', socket);
        socket.unshift(bytes);
        return;
      }
      for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, at + 4))
        socket.write(answer);
    };
    socket.on('data', onData);
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit());
}

async function pour(response, piece, count) {
  for (let sent = 0; sent < count; sent += 1) {
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

/** Keep-alive clients that ask again as soon as they were answered. */
async function load(port, seconds, connections) {
  const question = Buffer.from('GET / HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n');
  const times = [];
  let last = [0, 0];
  let failed = 0;
  const until = performance.now() + seconds * 1000;
  const client = () =>
    new Promise((resolve) => {
      let began = 0;
      let text = '';
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      const ask = () => {
        began = performance.now();
        socket.write(question);
      };
      socket.on('connect', ask);
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (!/slot[01]$/.test(text)) return;
        const now = performance.now();
        if (!text.startsWith('HTTP/1.1 200')) failed += 1;
        times.push(now - began);
        last[text.at(-1)] = Date.now();
        text = '';
        if (now < until) ask();
        else socket.end();
      });
      socket.on('error', () => (failed += 1));
      socket.on('close', resolve);
    });
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const elapsed = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)] ?? NaN;
  process.send({ perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), failed, last });
  process.disconnect();
}

async function compare(rounds, seconds) {
  const [blue, green] = [await child('instance', 0), await child('instance', 1)];
  const contenders = {
    'instance itself': blue,
    splitter: await child('ours', blue.port, green.port),
    'http-proxy-3': await child('peer', blue.port, green.port),
  };
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, { port }] of Object.entries(contenders)) {
      const result = await (await child('load', port, seconds, CONNECTIONS)).first;
      if (round >= 0) results[name].push(result);
    }
  }
  console.log(
    `Node ${process.version}, ${CONNECTIONS} connections, ${seconds} s, median of ${rounds} interleaved rounds\n`,
  );
  for (const [name, all] of Object.entries(results)) {
    const of = (key) => median(all.map((one) => one[key]));
    const failed = all.reduce((sum, one) => sum + one.failed, 0);
    console.log(
      `${name.padEnd(16)} ${of('perSecond').toFixed(0).padStart(7)} requests/s  p50 ${of('p50').toFixed(2)} ms  p99 ${of('p99').toFixed(2)} ms  ${failed} failed`,
    );
  }
  const ratios = results.splitter.map(
    (one, index) => one.perSecond / results['http-proxy-3'][index].perSecond,
  );
  check('requests/s to http-proxy-3', median(ratios), (ratio) => ratio >= RATIO_TARGET, 'x');

  const { splitter } = contenders;
  await splitter.ask({ share: 0 });
  const running = await child('load', splitter.port, 2, SWITCH_CLIENTS);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const asked = Date.now();
  await splitter.ask({ share: 1 });
  const answered = Date.now();
  const { last, failed } = await running.first;
  check('a switch is taken after', answered - asked, (ms) => ms <= SWITCH_TARGET_MS, 'ms');
  check(
    'last answer of the old after',
    Math.max(0, last[0] - asked),
    (ms) => ms <= SWITCH_TARGET_MS,
    'ms',
  );
  check('requests lost by it', failed, (count) => count === 0, '');

  for (const [what, run] of Object.entries({
    '1 GiB down': () => download(splitter.port, '/download', GIB),
    '1 GiB up': () => upload(splitter.port),
    '1 000 000 events': () => download(splitter.port, '/events', EVENTS * 12),
  })) {
    const before = (await splitter.ask({ memory: true })).rss;
    let peak = before;
    const watch = setInterval(
      async () => (peak = Math.max(peak, (await splitter.ask({ memory: true })).rss)),
      50,
    );
    const began = performance.now();
    await run();
    clearInterval(watch);
    const ms = performance.now() - began;
    check(
      `${what} in ${(ms / 1000).toFixed(1)} s, memory grows by`,
      (peak - before) / 1024 ** 2,
      (mib) => mib <= GROWTH_TARGET_MIB,
      'MiB',
    );
  }
  for (const one of children) one.disconnect();
}

function download(port, way, bytes) {
  return new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path: way, agent: false }, (response) => {
      let got = 0;
      response.on('data', (piece) => (got += piece.length));
      response.on('end', () =>
        got === bytes ? resolve() : reject(new Error(`${got} of ${bytes}`)),
      );
    });
  });
}

function upload(port) {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Length': GIB };
    const request = http.request({
      port,
      host: '127.0.0.1',
      path: '/upload',
      method: 'POST',
      headers,
      agent: false,
    });
    request.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      if (text === String(GIB)) resolve();
      else reject(new Error(`${text} of ${GIB}`));
    });
    request.on('error', reject);
    void pour(request, Buffer.alloc(65_536, 98), GIB / 65_536);
  });
}

async function child(...argv) {
  const forked = fork(import.meta.filename, argv.map(String));
  if (argv[0] !== 'load') children.push(forked);
  const next = () => new Promise((resolve) => forked.once('message', resolve));
  const first = next();
  if (argv[0] === 'load') return { first };
  const { port } = await first;
  let turn = Promise.resolve();
  const ask = (message) => {
    turn = turn.then(() => {
      const answer = next();
      forked.send(message);
      return answer;
    });
    return turn;
  };
  return { port, ask };
}

function check(what, value, holds, unit) {
  const isFine = holds(value);
  if (!isFine) process.exitCode = 1;
  console.log(`${what.padEnd(52)} ${value.toFixed(2)} ${unit}  ${isFine ? 'ok' : 'OVER'}`);
}

function from(name) {
  return import(`../src/rollout/drivers/local/splitter/${name}.ts`);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
