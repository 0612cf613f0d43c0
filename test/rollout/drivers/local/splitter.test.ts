/** The splitter on the wire: what goes through, what is counted, and what it does where one side misbehaves. */

import { createHash } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { SplitterLimits } from '../../../../src/rollout/drivers/local/splitter/limits.ts';
import { until } from './rig.ts';
import {
  answer,
  openSplitter,
  polite,
  scriptedInstance,
  send,
  statusOf,
  type ScriptedInstance,
  type Script,
  type SharedInstances,
} from './wire-rig.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function instance(script: Script): Promise<ScriptedInstance> {
  const opened = await scriptedInstance(script);
  closing.push(opened.close);
  return opened;
}

async function served(handler: http.RequestListener): Promise<http.Server & { port: number }> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return Object.assign(server, { port: (server.address() as net.AddressInfo).port });
}

async function splitter(shared: readonly SharedInstances[], limits?: Partial<SplitterLimits>) {
  const opened = await openSplitter(shared, limits);
  closing.push(opened.close);
  return opened;
}

const only = (port: number, limits?: Partial<SplitterLimits>) =>
  splitter([{ share: 1, ports: [port] }], limits);

const GET = 'GET / HTTP/1.1\r\nHost: shop\r\n\r\n';
const hasHello = (text: string): boolean => text.endsWith('hello');

describe('shares', () => {
  test('10 000 requests at 90 to 10 are exactly 9000 and 1000', async () => {
    const [blue, green] = [await instance(polite), await instance(polite)];
    const one = await splitter([
      { share: 0.9, ports: [blue.port] },
      { share: 0.1, ports: [green.port] },
    ]);
    const clients = Array.from({ length: 10 }, () => keepAsking(one.port, 1000));
    await Promise.all(clients);
    expect(one.routes.map(({ counter }) => counter.read().requests)).toEqual([9000, 1000]);
    expect(one.routes.map(({ counter }) => counter.read().errors)).toEqual([0, 0]);
    const { latency } = one.routes[0]!.counter.read();
    expect(latency.reduce((sum, count) => sum + count, 0)).toBe(9000);
  });

  test('new ones hold for the next request on connections that are open', async () => {
    const [blue, green] = [await instance(polite), await instance(polite)];
    const one = await splitter([
      { share: 1, ports: [blue.port] },
      { share: 0, ports: [green.port] },
    ]);
    let asked = 0;
    const clients = Array.from({ length: 8 }, () =>
      keepAsking(one.port, 500, () => {
        asked += 1;
        if (asked === 2000) one.share(0, 1);
      }),
    );
    const connections = await Promise.all(clients);
    expect(connections).toEqual(Array.from({ length: 8 }, () => 1));
    const [first, second] = one.routes.map(({ counter }) => counter.read().requests);
    expect(first! + second!).toBe(4000);
    // What was on its way is answered; nothing that came later went there.
    expect(first).toBeGreaterThanOrEqual(2000);
    expect(first).toBeLessThanOrEqual(2007);
  });

  test('nobody there is a 503 and an error of the release; no release at all is counted nowhere', async () => {
    const one = await splitter([{ share: 1, ports: [] }]);
    expect(
      statusOf((await send(one.port, [GET], (text) => text.includes('no healthy'))).text),
    ).toBe(503);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 1 });
    one.share(0);
    const { text } = await send(one.port, [GET], (all) => all.includes('no release'));
    expect(statusOf(text)).toBe(503);
    expect(one.routes[0]!.counter.requests).toBe(1);
  });

  test('instances of a release get equal parts', async () => {
    const all = [await instance(polite), await instance(polite), await instance(polite)];
    const one = await splitter([{ share: 1, ports: all.map(({ port }) => port) }]);
    await keepAsking(one.port, 300);
    const parts = all.map(({ received }) => received.join('').match(/^GET /gm)?.length);
    expect(parts).toEqual([100, 100, 100]);
  });
});

/** One keep-alive client; gives how many connections it took. */
async function keepAsking(port: number, times: number, onAnswer?: () => void): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<net.Socket>();
  for (let n = 0; n < times; n += 1) {
    await new Promise<void>((resolve, reject) => {
      const request = http.get({ port, host: '127.0.0.1', agent }, (response) => {
        expect(response.statusCode).toBe(200);
        response.resume().on('end', resolve);
      });
      request.on('socket', (socket) => sockets.add(socket));
      request.on('error', reject);
    });
    onAnswer?.();
  }
  agent.destroy();
  return sockets.size;
}

describe('what goes through', () => {
  test('headers: those of one connection stay on it, and the client is named', async () => {
    const there = await instance((socket, all) => {
      if (all.endsWith('\r\n\r\n'))
        socket.write(
          answer('hello', 'Connection: keep-alive, X-Inner\r\nX-Inner: 1\r\nX-Outer: 2\r\n'),
        );
    });
    const one = await only(there.port);
    const asked =
      'GET /a?b=c HTTP/1.1\r\nHost: shop:80\r\nConnection: X-Secret, keep-alive\r\nX-Secret: 1\r\n' +
      'Keep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Authorization: x\r\nUpgrade: h2c\r\n' +
      'X-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Proto: https\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n';
    const { text } = await send(one.port, [asked], hasHello);
    expect(there.received[0]).toBe(
      'GET /a?b=c HTTP/1.1\r\nHost: shop:80\r\nX-Forwarded-Proto: https\r\nCookie: a=1\r\nCookie: b=2\r\n' +
        'X-Forwarded-For: 10.0.0.9, 127.0.0.1\r\nX-Forwarded-Host: shop:80\r\n\r\n',
    );
    expect(text).toContain('X-Outer: 2\r\n');
    expect(text).not.toContain('X-Inner');
  });

  test.each([
    [
      'HEAD',
      'HEAD / HTTP/1.1',
      'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n',
      'Content-Length: 500',
    ],
    ['204', 'GET / HTTP/1.1', 'HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n', 'X-A: b'],
    ['304', 'GET / HTTP/1.1', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', 'ETag: "a"'],
  ])('%s has no body, and the connection goes on', async (_, line, said, header) => {
    const there = await instance((socket, all) => {
      if (all.endsWith('\r\n\r\n')) socket.write(said);
    });
    const one = await only(there.port);
    const asked = `${line}\r\nHost: shop\r\n\r\n`;
    for (let n = 0; n < 2; n += 1) {
      const { text } = await send(one.port, [asked], (all) => all.endsWith('\r\n\r\n'));
      expect(text).toContain(header);
      expect(text.toLowerCase()).not.toContain('transfer-encoding');
    }
    expect(there.received).toHaveLength(1);
  });

  test('bodies both ways, by length and in chunks, with trailers', async () => {
    const there = await served((request, response) => {
      const sum = createHash('sha256');
      request.on('data', (piece: Buffer) => sum.update(piece));
      request.on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum', 'X-Frame': frameOf(request) });
        response.write('sum: ');
        response.addTrailers({ 'X-Sum': String(request.trailers['x-last']) });
        response.end(sum.digest('hex'));
      });
    });
    const one = await only(there.port);
    const body = Buffer.alloc(3_000_000, 'nemesis ');
    const sum = createHash('sha256').update(body).digest('hex');
    for (const length of [undefined, body.length]) {
      const got = await exchange(one.port, body, length);
      expect(got.text).toBe(`sum: ${sum}`);
      expect(got.frame).toBe(length === undefined ? 'chunked' : `length ${length}`);
      expect(got.trailer).toBe(length === undefined ? 'here' : 'undefined');
    }
  });

  test('events come one by one, and nothing is kept back', async () => {
    let write = (_: string): void => undefined;
    const there = await served((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      write = (event) => void response.write(`data: ${event}\n\n`);
    });
    const one = await only(there.port);
    const response = await new Promise<http.IncomingMessage>((resolve) =>
      http.get({ port: one.port, host: '127.0.0.1', agent: false }, resolve),
    );
    const events = response.setEncoding('utf8')[Symbol.asyncIterator]();
    for (const event of ['one', 'two', 'three']) {
      write(event);
      expect((await events.next()).value).toBe(`data: ${event}\n\n`);
    }
    response.destroy();
  });

  test('a client that is slow stops the instance, and no memory is filled', async () => {
    let sent = 0;
    const piece = Buffer.alloc(65_536);
    const there = await served((_, response) => {
      const pour = (): void => {
        while (response.write(piece)) sent += piece.length;
        sent += piece.length;
        response.once('drain', pour);
      };
      response.on('error', () => undefined);
      pour();
    });
    const one = await only(there.port);
    const socket = net.connect({ port: one.port, host: '127.0.0.1' });
    socket.write(GET);
    socket.pause();
    let last = -1;
    await until(
      async () => {
        const before = last;
        last = sent;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return before;
      },
      (before) => before === sent && sent > 0,
    );
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    socket.destroy();
  });

  test('100-continue is asked of the instance; its word reaches the client before the body goes', async () => {
    const there = await instance((socket, all) => {
      if (all.endsWith('body!')) socket.write(answer('hello'));
      else if (all.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    });
    const one = await only(there.port);
    const head =
      'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
    const socket = net.connect({ port: one.port, host: '127.0.0.1' });
    let text = '';
    socket.on('data', (bytes) => (text += bytes.toString('latin1')));
    socket.write(head);
    await until(
      () => text,
      (all) => all.includes('100 Continue'),
    );
    expect(there.received[0]).toContain('Expect: 100-continue');
    socket.write('body!');
    await until(() => text, hasHello);
    socket.destroy();
  });

  test('a refusal instead of 100-continue ends the connection, for nobody knows if the body comes', async () => {
    const there = await instance((socket) => {
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const one = await only(there.port);
    const head =
      'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
    const { text, isClosed } = await send(one.port, [head]);
    expect(statusOf(text)).toBe(413);
    expect(isClosed).toBe(true);
  });

  test('an answer that comes before all of the body is passed on, and the connection goes on', async () => {
    const there = await instance((socket, all) => {
      if (!all.startsWith('POST')) return socket.write(answer('hello'));
      if (all.length < 100_000) return undefined;
      socket.pause(); // it reads no further, so that the splitter cannot send all
      return socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const one = await only(there.port);
    const size = 8_000_000;
    const head = `POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: ${size}\r\n\r\n`;
    const asked = [head, Buffer.alloc(size, 97), GET];
    const { text } = await send(one.port, asked, hasHello);
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('a client that leaves takes its request with it', async () => {
    const there = await instance(() => undefined);
    const one = await only(there.port);
    const socket = net.connect({ port: one.port, host: '127.0.0.1' });
    socket.write(GET);
    await until(
      () => there.sockets.size,
      (count) => count === 1,
    );
    socket.destroy();
    await until(
      () => there.sockets.size,
      (count) => count === 0,
    );
    expect(one.routes[0]!.upstreams[0]!.open).toBe(0);
  });
});

const frameOf = ({ headers }: http.IncomingMessage): string =>
  headers['transfer-encoding'] ?? `length ${headers['content-length']}`;

function exchange(port: number, body: Buffer, length: number | undefined) {
  return new Promise<{ text: string; frame: unknown; trailer: unknown }>((resolve, reject) => {
    const headers = length === undefined ? { Trailer: 'X-Last' } : { 'Content-Length': length };
    const options = { port, host: '127.0.0.1', method: 'POST', headers, agent: false };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        const { headers: got, trailers } = response;
        resolve({ text, frame: got['x-frame'], trailer: trailers['x-sum'] });
      });
    });
    request.on('error', reject);
    for (let at = 0; at < body.length; at += 100_000)
      request.write(body.subarray(at, at + 100_000));
    if (length === undefined) request.addTrailers({ 'X-Last': 'here' });
    request.end();
  });
}

describe('websockets', () => {
  const UPGRADE =
    'GET /chat HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Key: abc\r\nSec-WebSocket-Version: 13\r\n\r\n';

  test('bytes go both ways, also those that came too soon; it counts as one request', async () => {
    const there = await instance((socket, all) => {
      if (all.endsWith('\r\n\r\n'))
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome',
        );
      else socket.write(`<${all.slice(all.indexOf('\r\n\r\n') + 4)}>`);
    });
    const one = await only(there.port);
    const { text } = await send(one.port, [UPGRADE, 'ping'], (all) => all.includes('<ping>'));
    expect(text).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nwelcome<ping>',
    );
    expect(there.received[0]).toContain('Connection: Upgrade\r\nUpgrade: websocket\r\n');
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 0 });
    await until(
      () => there.sockets.size,
      (count) => count === 0,
    );
    await until(
      () => one.routes[0]!.upstreams[0]!.open,
      (count) => count === 0,
    );
  });

  test('where the instance does not want to, nothing of what the client sent on is taken for a request', async () => {
    const there = await instance((socket, all) => {
      if (all.endsWith('\r\n\r\n')) socket.write(answer('hello'));
    });
    const one = await only(there.port);
    const { text, isClosed } = await send(one.port, [UPGRADE + GET.replace('/', '/smuggled')]);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close[^]*hello$/);
    expect(isClosed).toBe(true);
    expect(there.received.join('')).not.toContain('smuggled');
  });
});

describe('an instance that misbehaves', () => {
  test.each([
    ['no HTTP at all', 'hello there\r\n\r\n'],
    ['another protocol', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    [
      'both lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['an odd encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX-One: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    [
      'a bare carriage return',
      'HTTP/1.1 200 OK\r\nX-One: a\rX-Two: b\r\nContent-Length: 0\r\n\r\n',
    ],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX-One: a\0\r\nContent-Length: 0\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX-One: ${'a'.repeat(100_000)}`],
    ['a hundred interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)],
  ])('%s is a 502, and an error', async (_, said) => {
    const there = await instance((socket) => void socket.write(said, 'latin1'));
    const one = await only(there.port);
    const { text } = await send(one.port, [GET], (all) => all.includes('nemesis: '));
    expect(statusOf(text)).toBe(502);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 1 });
    await until(
      () => there.sockets.size,
      (count) => count === 0,
    );
  });

  test.each([
    ['shorter than it says', answer('hello').slice(0, -1), true],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n', false],
    ['no last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', true],
  ])('%s cuts the client off, and is an error', async (_, said, ends) => {
    const there = await instance((socket) => {
      socket.write(said);
      if (ends) socket.end();
    });
    const one = await only(there.port);
    const { text, isClosed } = await send(one.port, [GET]);
    expect(isClosed).toBe(true);
    expect(text).not.toMatch(/0\r\n\r\n$/);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 1 });
  });

  test('bytes behind the end of an answer go nowhere, and neither does the connection', async () => {
    const there = await instance((socket, all) => {
      if (all.endsWith('\r\n\r\n'))
        socket.write(`${answer('hello')}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`);
    });
    const one = await only(there.port);
    const twice = (text: string): boolean => text.match(/hello/g)?.length === 2;
    const { text } = await send(one.port, [GET, GET], twice);
    expect(twice(text)).toBe(true);
    expect(text).not.toContain('evil');
    expect(there.received).toHaveLength(2);
  });

  test('an answer that ends with the connection is taken whole', async () => {
    const there = await instance((socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\nhello'));
    const one = await only(there.port);
    const { text } = await send(one.port, [GET], (all) => all.endsWith('0\r\n\r\n'));
    expect(text).toMatch(/Transfer-Encoding: chunked\r\n[^]*5\r\nhello\r\n0\r\n\r\n$/);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 0 });
  });

  test('one that never answers is given up', async () => {
    const there = await instance(() => undefined);
    const one = await only(there.port, { answerMs: 100, sweepMs: 20 });
    const { text } = await send(one.port, [GET], (all) => all.includes('nemesis: '));
    expect(statusOf(text)).toBe(504);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 1, errors: 1 });
  });
});

describe('a connection that ends', () => {
  test('after it rested, just when a request goes: the request is sent once more', async () => {
    const there = await instance((socket, all, connection) => {
      const asked = all.match(/^GET /gm)?.length ?? 0;
      if (connection === 0 && asked === 2) socket.destroy();
      else socket.write(answer('hello'));
    });
    const one = await only(there.port);
    const twice = (text: string): boolean => text.match(/hello/g)?.length === 2;
    const first = await send(one.port, [GET], hasHello);
    const second = await send(one.port, [GET], hasHello);
    expect(twice(first.text + second.text)).toBe(true);
    expect(there.received).toHaveLength(2);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 2, errors: 0 });
  });

  test('with a request that must not be sent twice: a 502', async () => {
    const there = await instance((socket, all, connection) => {
      if (connection === 0 && /^POST/m.test(all)) socket.destroy();
      else socket.write(answer('hello'));
    });
    const one = await only(there.port);
    await send(one.port, [GET], hasHello);
    const post = 'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n';
    const { text } = await send(one.port, [post], (all) => all.includes('nemesis: '));
    expect(statusOf(text)).toBe(502);
    expect(there.received.join('').match(/^POST /gm)).toHaveLength(1);
  });

  test('before it began: another instance of the same release is asked', async () => {
    const [gone, there] = [await instance(polite), await instance(polite)];
    await gone.close();
    const one = await splitter([{ share: 1, ports: [gone.port, there.port] }]);
    const post = 'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n';
    for (let n = 0; n < 4; n += 1)
      expect(statusOf((await send(one.port, [post], hasHello)).text)).toBe(200);
    expect(one.routes[0]!.counter.read()).toMatchObject({ requests: 4, errors: 0 });
  });
});

describe('bounds', () => {
  test('a head that never ends is cut off', async () => {
    const there = await instance(polite);
    const one = await only(there.port, { headersMs: 200 });
    const { text, isClosed } = await send(one.port, ['GET / HTTP/1.1\r\nHost: shop\r\n']);
    expect(isClosed).toBe(true);
    expect(statusOf(text)).toBe(408);
    expect(there.received).toEqual([]);
  });

  test('a head too large is refused', async () => {
    const there = await instance(polite);
    const one = await only(there.port);
    const { text } = await send(one.port, [
      `GET / HTTP/1.1\r\nHost: shop\r\nX: ${'a'.repeat(40_000)}`,
    ]);
    expect(statusOf(text)).toBe(431);
  });

  test('a body that stops coming is given up', async () => {
    const there = await instance(() => undefined);
    const one = await only(there.port, { bodyIdleMs: 100, sweepMs: 20 });
    const head = 'POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 50\r\n\r\nhello';
    const { text, isClosed } = await send(one.port, [head]);
    expect(statusOf(text)).toBe(408);
    expect(isClosed).toBe(true);
  });

  test('more connections than allowed are turned away', async () => {
    const there = await instance(polite);
    const one = await only(there.port, { connections: 2 });
    const open = [0, 1].map(() => net.connect({ port: one.port, host: '127.0.0.1' }));
    await Promise.all(
      open.map((socket) => new Promise((resolve) => socket.on('connect', resolve))),
    );
    expect(await send(one.port, [GET])).toEqual({ text: '', isClosed: true });
    for (const socket of open) socket.destroy();
  });
});
