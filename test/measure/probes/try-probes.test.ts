/** Probes over HTTP and by command: what holds, what fails, what cannot be told, and what nobody gets to see. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpAsk, NamedProbe, Probe } from '../../../src/config/probe.ts';
import { readZip, writeZip } from '../../../src/measure/probes/zip.ts';
import { withoutTokens } from '../../../src/measure/probes/keep-trace.ts';
import { HOLDS, verdictOf, type Tried } from '../../../src/measure/probes/result.ts';
import { tryProbes, type ProbePorts } from '../../../src/measure/probes/try-probes.ts';

const token = ['s3cret', 'token', 'value'].join('-');
let server: Server;
let url: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    const { url: where = '' } = request;
    if (where === '/redirect') return void response.writeHead(302, { location: '/ok' }).end();
    if (where === '/slow') return;
    if (where === '/late') return void setTimeout(() => response.end('{}'), 300);
    if (where === '/huge') return void response.end(Buffer.alloc(5 * 1024 * 1024, 'a'));
    if (where === '/broken')
      return void response.writeHead(500).end(`token ${request.headers.authorization ?? ''}`);
    if (where === '/echo') return void echo(request, (text) => response.end(text));
    response.end(JSON.stringify({ id: 'a/b', token, agents: [{ name: 'coder' }], none: null }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function echo(request: IncomingMessage, end: (text: string) => void): void {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += String(chunk)));
  request.on('end', () => end(text));
}

const place = { file: 'nemesis.config.yaml', line: 1, column: 1 };
const ask = (request: string, changes: Partial<HttpAsk> = {}): HttpAsk => {
  const [method = '', path = ''] = request.split(' ');
  return {
    ...{ method, path, headers: [], expect: { json: [] }, save: [], followsRedirects: false },
    ...changes,
  };
};
const http = (
  name: string,
  asks: readonly HttpAsk[],
  changes: Partial<Probe> = {},
): NamedProbe => ({
  ...{ name, section: 'paths' },
  probe: { kind: 'http', asks, needs: [], timeoutMs: 1000, place, ...changes } as Probe,
});

async function results(
  probes: readonly NamedProbe[],
  {
    run = () => Promise.resolve(HOLDS),
    timeoutMs = 20_000,
    env = {},
  }: {
    run?: ProbePorts['run'];
    timeoutMs?: number;
    env?: Record<string, string>;
  } = {},
) {
  const ports = { root: '/', env, secrets: [], folder: '/', run, onResult: () => undefined };
  return tryProbes({ probes, url, timeoutMs }, ports, new AbortController().signal);
}

const why = async (one: NamedProbe, env: Record<string, string> = {}) => {
  const [result] = await results([one], { env });
  return [result!.state, ...result!.why];
};

test.each<[string, HttpAsk, string]>([
  ['a status', ask('GET /broken'), 'GET /broken answered 500, not 200 to 299: token '],
  ['a redirect', ask('GET /redirect'), 'GET /redirect answered 302, not 200 to 299'],
  ['a body without an end', ask('GET /huge'), 'GET /huge answered more than 4 MiB'],
  ['no answer', ask('GET /slow'), 'GET /slow did not answer in time'],
  [
    'a text',
    ask('GET /', { expect: { json: [], text: 'nobody' } }),
    'GET / answered without `nobody` in it',
  ],
  [
    'null',
    ask('GET /', { expect: { json: [['none', 'present']] } }),
    'GET / holds nothing at `none`',
  ],
  [
    'another value',
    ask('GET /', { expect: { json: [['agents[0].name', { kind: 'text', text: 'router' }]] } }),
    'GET / has coder at `agents[0].name`, not router',
  ],
  [
    'no JSON',
    ask('POST /echo', { expect: { json: [['a', 'present']] } }),
    'POST /echo answered no JSON',
  ],
  [
    'what is not there to save',
    ask('GET /', { save: [['a', 'b']] }),
    'GET / holds nothing to save at `b`',
  ],
])('%s fails', async (_, one, expected) => {
  expect(await why(http('path', [one]))).toEqual(['fails', expected]);
});

test('a slower answer than asked fails', async () => {
  const [state, text] = await why(
    http('p', [ask('GET /late', { expect: { json: [], withinMs: 50 } })]),
  );
  expect([state, text]).toEqual([
    'fails',
    expect.stringMatching(/^GET \/late took \d+ ms, and 50 ms is the most$/),
  ]);
});

test('a redirect is followed where that is said', async () => {
  expect(await why(http('p', [ask('GET /redirect', { followsRedirects: true })]))).toEqual([
    'holds',
  ]);
});

test('bodies keep their types, and values come from variables and earlier answers', async () => {
  asked.length = 0;
  const body: HttpAsk['body'] = {
    kind: 'map',
    entries: [
      ['on', { kind: 'literal', json: true }],
      ['list', { kind: 'list', items: [{ kind: 'literal', json: 2 }] }],
      ['who', { kind: 'env', env: 'WHO' }],
    ],
  };
  const found = await results(
    [
      http('first', [
        ask('GET /', {
          save: [
            ['id', 'id'],
            ['token', 'token'],
          ],
        }),
      ]),
      http(
        'second',
        [
          ask('GET /things/{id}', { bearer: { kind: 'saved', saved: 'token' } }),
          ask('POST /echo', {
            body,
            expect: {
              json: [
                ['who', { kind: 'text', text: 'ada' }],
                ['on', { kind: 'text', text: 'true' }],
              ],
            },
          }),
        ],
        { needs: ['first'] },
      ),
    ],
    { env: { WHO: 'ada' } },
  );
  expect(found.map(({ state, why: said }) => [state, ...said])).toEqual([['holds'], ['holds']]);
  expect(asked).toContain(`GET /things/a%2Fb Bearer ${token}`);
});

test('no secret is told: neither a variable nor what was saved', async () => {
  const env = { KEY: token };
  const said = await why(
    http('p', [ask('GET /broken', { bearer: { kind: 'env', env: 'KEY' } })]),
    env,
  );
  expect(said.join()).toContain('Bearer [redacted]');
  const saved = await results([
    http('a', [
      ask('GET /', { save: [['kept', 'token']] }),
      ask('GET /broken', { bearer: { kind: 'saved', saved: 'kept' } }),
    ]),
  ]);
  expect(JSON.stringify(saved)).not.toContain(token);
});

test('all are tried; what needs a broken one, or has no time left, is not told', async () => {
  const found = await results([
    http('a', [ask('GET /broken')]),
    http('b', [ask('GET /')], { needs: ['a'] }),
    http('c', [ask('GET /')]),
    http('d', [ask('GET /', { bearer: { kind: 'env', env: 'UNSET' } })]),
  ]);
  expect(found.map(({ state, why: [first] }) => [state, first])).toEqual([
    ['fails', expect.stringContaining('500')],
    ['untold', 'not tried: it needs a'],
    ['holds', undefined],
    ['untold', 'UNSET is not set'],
  ]);
  const late = await results([http('a', [ask('GET /slow')]), http('b', [ask('GET /')])], {
    timeoutMs: 100,
  });
  expect(late.map(({ why: [first] }) => first)).toEqual([
    'GET /slow did not answer in time',
    'not tried: the 0.1 s for all were over',
  ]);
});

test('commands are run by name; what does not apply is neither yes nor no', async () => {
  const run = (argv: readonly string[], _: number, name: string): Promise<Tried> =>
    Promise.resolve({ state: 'fails', why: [`${argv.join(' ')} for ${name}`] });
  const found = await results(
    [
      http('a', [], { kind: 'run', argv: ['ops/a'] }),
      http('b', [], { kind: 'not_applicable', why: 'no such thing' }),
    ],
    { run },
  );
  expect(found.map(({ state, why: said }) => [state, ...said])).toEqual([
    ['fails', 'ops/a for a'],
    ['not_applicable', 'no such thing'],
  ]);
  expect(verdictOf(found)).toBe('fails');
  expect(verdictOf(found.slice(1))).toBe('untold');
  expect(verdictOf([])).toBe('untold');
});

test('an archive is read as it was written', () => {
  const entries = [
    { name: 'trace.trace', content: Buffer.from('{"a":1}\n'.repeat(100)) },
    { name: 'resources/ü.png', content: Buffer.from([1, 2, 3]) },
    { name: 'empty', content: Buffer.alloc(0) },
  ];
  expect(readZip(writeZip(entries))).toEqual(entries);
  expect(readZip(Buffer.from('no archive'))).toBeUndefined();
  expect(readZip(writeZip(entries).subarray(40))).toBeUndefined();
});

test.each([
  ['{"accessToken":"abc","user":"ada"}', '{"accessToken":"[redacted]","user":"ada"}'],
  [
    String.raw`{"text":"{\"password\":\"a b\",\"x\":1}"}`,
    String.raw`{"text":"{\"password\":\"[redacted]\",\"x\":1}"}`,
  ],
  ['{"name":"Authorization","value":"Bearer x"}', '{"name":"Authorization","value":"[redacted]"}'],
])('%s is kept without its secret', (text, expected) => {
  expect(withoutTokens(text)).toBe(expected);
});
