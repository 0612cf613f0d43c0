/**
 * Requests that two readers could read in two ways. Whatever a client sends, an instance sees the requests that were
 * meant and no others: everything odd ends with 400 and the end of the connection.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './rig.ts';
import {
  openSplitter,
  polite,
  scriptedInstance,
  send,
  statusOf,
  type ScriptedInstance,
} from './wire-rig.ts';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: shop\r\n\r\n';
const HOST = 'Host: shop\r\n';
const post = (headers: string, body: string): string =>
  `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const get = (headers: string, line = 'GET / HTTP/1.1'): string => `${line}\r\n${headers}\r\n`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);
const TE = 'Transfer-Encoding: chunked\r\n';

const REFUSED: Readonly<Record<string, string>> = {
  'content-length and transfer-encoding': post(
    `Content-Length: 4\r\n${TE}`,
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'transfer-encoding and content-length': post(
    `${TE}Content-Length: 4\r\n`,
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'content-length: 0 and transfer-encoding': post(
    `Content-Length: 0\r\n${TE}`,
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'two content-lengths': post('Content-Length: 0\r\nContent-Length: 39\r\n', SMUGGLED),
  'two equal content-lengths': post(
    'Content-Length: 5\r\nContent-Length: 5\r\n',
    `hello${SMUGGLED}`,
  ),
  'a list of content-lengths': post('Content-Length: 5, 5\r\n', `hello${SMUGGLED}`),
  'content-length with a plus': post('Content-Length: +5\r\n', `hello${SMUGGLED}`),
  'content-length with a minus': post('Content-Length: -5\r\n', `hello${SMUGGLED}`),
  'content-length in hex': post('Content-Length: 0x5\r\n', `hello${SMUGGLED}`),
  'content-length with an underscore': post('Content-Length: 5_0\r\n', `hello${SMUGGLED}`),
  'content-length with a point': post('Content-Length: 5.0\r\n', `hello${SMUGGLED}`),
  'content-length in words': post('Content-Length: five\r\n', `hello${SMUGGLED}`),
  'content-length with a space inside': post('Content-Length: 5 0\r\n', `hello${SMUGGLED}`),
  'an empty content-length': post('Content-Length:\r\n', SMUGGLED),
  'content-length beyond 64 bits': post(
    'Content-Length: 18446744073709551621\r\n',
    `hello${SMUGGLED}`,
  ),
  'content-length beyond 53 bits': post(
    'Content-Length: 9007199254740993000\r\n',
    `hello${SMUGGLED}`,
  ),
  'a space before the colon of content-length': post('Content-Length : 5\r\n', `hello${SMUGGLED}`),
  'a tab before the colon of transfer-encoding': post(
    'Transfer-Encoding\t: chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'a space before a header name': post(' Transfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  'a tab before a header name': post('\tContent-Length: 5\r\n', `hello${SMUGGLED}`),
  'an odd transfer-encoding': post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  'transfer-encoding in quotes': post('Transfer-Encoding: "chunked"\r\n', `0\r\n\r\n${SMUGGLED}`),
  'transfer-encoding chunked, identity': post(
    'Transfer-Encoding: chunked, identity\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'transfer-encoding identity': post('Transfer-Encoding: identity\r\n', `0\r\n\r\n${SMUGGLED}`),
  'transfer-encoding gzip, chunked': post(
    'Transfer-Encoding: gzip, chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'transfer-encoding chunked twice': post(
    'Transfer-Encoding: chunked, chunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'two transfer-encodings': post(`${TE}Transfer-Encoding: identity\r\n`, `0\r\n\r\n${SMUGGLED}`),
  'two transfer-encodings, chunked last': post(
    `Transfer-Encoding: x\r\n${TE}`,
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'an empty transfer-encoding': post('Transfer-Encoding:\r\n', `0\r\n\r\n${SMUGGLED}`),
  'transfer-encoding with a vertical tab': post(
    'Transfer-Encoding: \x0bchunked\r\n',
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'transfer-encoding in HTTP/1.0': `POST / HTTP/1.0\r\n${HOST}${TE}\r\n0\r\n\r\n${SMUGGLED}`,
  'a folded header': post('X-Long: one\r\n two\r\n', ''),
  'a folded transfer-encoding': post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  'a folded content-length': post('Content-Length:\r\n 5\r\n', `hello${SMUGGLED}`),
  'a bare line feed after the request line': `GET / HTTP/1.1\n${HOST}\r\n`,
  'a bare line feed after a header': `GET / HTTP/1.1\r\nHost: shop\n\r\n`,
  'bare line feeds only': 'GET / HTTP/1.1\nHost: shop\n\n',
  'a bare carriage return in a header': get(`${HOST}X-One: a\rX-Two: b\r\n`),
  'a bare carriage return as a line end': 'GET / HTTP/1.1\rHost: shop\r\r',
  'a NUL in a header': get(`${HOST}X-One: a\0b\r\n`),
  'a NUL in a header name': get(`${HOST}X-\0One: a\r\n`),
  'a NUL in the target': get(HOST, 'GET /\0 HTTP/1.1'),
  'a control character in a header': get(`${HOST}X-One: a\x01b\r\n`),
  'a delete character in a header': get(`${HOST}X-One: a\x7fb\r\n`),
  'a header without a colon': get(`${HOST}nonsense\r\n`),
  'a header without a name': get(`${HOST}: value\r\n`),
  'a header name in brackets': get(`${HOST}X(One): a\r\n`),
  'no host': get(''),
  'two hosts': get(`${HOST}Host: other\r\n`),
  'an empty host': get('Host:\r\n'),
  'a host with a path': get('Host: shop/smuggled\r\n'),
  'a host with a user': get('Host: me@shop\r\n'),
  'a host with a space': get('Host: shop other\r\n'),
  'a host with a comma': get('Host: shop,other\r\n'),
  'an absolute target of another host': get(HOST, 'GET http://other/ HTTP/1.1'),
  'an absolute target with a user': get(HOST, 'GET http://me@shop/ HTTP/1.1'),
  'an absolute target of another scheme': get(HOST, 'GET file:///etc/passwd HTTP/1.1'),
  'an absolute target with https': get(HOST, 'GET https://shop/ HTTP/1.1'),
  'a target without a slash': get(HOST, 'GET smuggled HTTP/1.1'),
  'a target with a space': get(HOST, 'GET /one two HTTP/1.1'),
  'a target with a fragment': get(HOST, 'GET /#one HTTP/1.1'),
  'a target with raw bytes': get(HOST, 'GET /\xe9 HTTP/1.1'),
  'an empty target': get(HOST, 'GET  HTTP/1.1'),
  'a star that is no OPTIONS': get(HOST, 'GET * HTTP/1.1'),
  'a method of the dark': get(HOST, 'GOT / HTTP/1.1'),
  'a method in small letters': get(HOST, 'get / HTTP/1.1'),
  'a tab between method and target': get(HOST, 'GET\t/ HTTP/1.1'),
  'a space behind the version': get(HOST, 'GET / HTTP/1.1 '),
  'a version of one digit': get(HOST, 'GET / HTTP/1'),
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/1.2': get(HOST, 'GET / HTTP/1.2'),
  'HTTP/2 in text': get(HOST, 'GET / HTTP/2.0'),
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a TLS greeting': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an upgrade with a body': get(
    `${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${SMUGGLED.length}\r\n`,
  ),
};

/** The head is fine, so the instance may see it; it must never see an end to it. */
const BROKEN_BODY: Readonly<Record<string, string>> = {
  'a chunk size with a sign': chunked(`+5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size in 0x': chunked(`0x5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size that is none': chunked(`hello\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'an empty chunk size': chunked(`\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size beyond 64 bits': chunked(`fffffffffffffffff\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size with a space before': chunked(` 5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk that is longer than it says': chunked(`3\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size line that ends in a line feed': chunked(`5\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk that ends in a line feed': chunked(`5\r\nhello\n0\r\n\r\n${SMUGGLED}`),
  'a chunk extension with a line feed': chunked(`5;x=\n\r\nhello\r\n0\r\n\r\n${SMUGGLED}`),
  'a trailer with a NUL': chunked('0\r\nX-One: a\0b\r\n\r\n'),
  'a last chunk with a bare line feed': chunked(`0\n\n${SMUGGLED}`),
};

/** Can only be read in one way: the instance gets exactly these, written anew. */
const TAKEN: Readonly<Record<string, readonly [bytes: string, lines: readonly string[]]>> = {
  'two spaces between method and target': [get(HOST, 'GET  / HTTP/1.1'), ['GET / HTTP/1']],
  'an empty line before the request': [`\r\n${get(HOST)}`, ['GET / HTTP/1']],
  'an absolute target of the same host': [
    get(HOST, 'GET http://shop/one HTTP/1.1'),
    ['GET /one HTTP/1'],
  ],
  'a request behind a request': [
    `${post('Content-Length: 5\r\n', 'hello')}${get(HOST, 'GET /two HTTP/1.1')}`,
    ['POST / HTTP/1', 'GET /two HTTP/1'],
  ],
  'a chunk with an extension': [chunked('5;a=b\r\nhello\r\n0\r\n\r\n'), ['POST / HTTP/1']],
  'a body that looks like a request': [
    post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED),
    ['POST / HTTP/1', 'GET /smuggled HTTP/1'],
  ],
  'a connection header that names the frame': [
    get(`${HOST}Connection: close, host, content-length, x-forwarded-for\r\n`),
    ['GET / HTTP/1'],
  ],
};

let instance: ScriptedInstance;
let splitter: Awaited<ReturnType<typeof openSplitter>>;
beforeAll(async () => {
  instance = await scriptedInstance(polite);
  splitter = await openSplitter([{ share: 1, ports: [instance.port] }], { headersMs: 1000 });
});
afterAll(async () => {
  await splitter.close();
  await instance.close();
});

/** As raw as the instance got it; every request line in it counts. */
async function seenBy(bytes: string) {
  const before = instance.received.length;
  for (const socket of instance.sockets) socket.destroy();
  const { text, isClosed } = await send(splitter.port, [bytes]);
  const seen = instance.received.slice(before).join('');
  return { text, isClosed, seen, lines: seen.match(/^[A-Za-z]+ \S+ HTTP\/\d/gm) ?? [] };
}

test('there are enough of them', () => {
  expect(Object.keys({ ...REFUSED, ...BROKEN_BODY }).length).toBeGreaterThanOrEqual(60);
});

describe('refused', () => {
  test.concurrent.each(Object.entries(REFUSED))('%s', async (_, bytes) => {
    const { text, isClosed } = await send(splitter.port, [bytes]);
    expect(isClosed).toBe(true);
    if (text !== '') expect(statusOf(text)).toBe(400);
    expect(text.match(/HTTP\/1\.1 /g) ?? []).toHaveLength(text === '' ? 0 : 1);
  });

  test('none of all that has come to the instance', () => {
    expect(instance.received.join('')).toBe('');
  });
});

describe('cut off inside the body', () => {
  test.each(Object.entries(BROKEN_BODY))('%s', async (_, bytes) => {
    const { isClosed, seen, lines } = await seenBy(bytes);
    expect(isClosed).toBe(true);
    expect(lines.length).toBeLessThanOrEqual(1);
    expect(seen).not.toContain('smuggled');
    expect(seen.endsWith('0\r\n\r\n')).toBe(false);
  });
});

describe('taken, and written anew', () => {
  test.each(Object.entries(TAKEN))('%s', async (_, [bytes, lines]) => {
    const before = instance.received.map(({ length }) => length);
    const sofar = (): string =>
      instance.received.map((all, index) => all.slice(before[index] ?? 0)).join('\n');
    void send(splitter.port, [bytes], () => true);
    const seen = await until(sofar, (all) => lines.every((line) => all.includes(line)));
    expect(seen.match(/^[A-Za-z]+ \S+ HTTP\/\d/gm)).toEqual(lines);
    expect(seen).toContain('Host: shop\r\n');
    expect(seen).toContain('X-Forwarded-For: 127.0.0.1\r\n');
  });
});
