/** What sources say, and that what they do not say is never taken for something. */

import { afterEach, describe, expect, test } from 'vitest';
import { intoAddress, intoQuery } from '../../../src/rollout/sources/placeholders.ts';
import { ask, matrix, prometheus, serve, type Fake } from './fake.ts';

let fake: Fake | undefined;
afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

const answering = async (body: string, status = 200) => {
  fake = await serve((_, response) => response.writeHead(status).end(body));
  return fake.url;
};

describe('Prometheus', () => {
  const told = async (metric: string, body: string, changes: object = {}) => {
    const url = await answering(body);
    const { said, troubles } = await ask({ [metric]: prometheus(url, changes) });
    return { saying: said[metric], troubles };
  };
  const none = (why: string) => ({ saying: { told: { kind: 'none', why } }, troubles: [] });

  test('is asked for a range, the release in it', async () => {
    const url = await answering(matrix([{}, 0.01, 0.02, 0.03, 0.02, 0.02, 0.02]));
    const { said } = await ask({ error_rate: prometheus(`${url}/`) });
    expect(said['error_rate']).toEqual({
      kind: 'told',
      told: { kind: 'value', value: 0.02, samples: 6 },
      isByPoints: true,
    });
    const { pathname, searchParams } = new URL(fake!.asked[0]!, url);
    expect([pathname, ...searchParams]).toEqual([
      '/api/v1/query_range',
      ['query', 'x{version="1.9.0"}'],
      ['start', '1000'],
      ['end', '1060'],
      ['step', '1'],
    ]);
  });

  test('may lag: what is newer is not asked for', async () => {
    const url = await answering(matrix([{}, 1, 1, 1]));
    await ask({ throughput: prometheus(url, { lagMs: 30_000 }) });
    expect(new URL(fake!.asked[0]!, url).searchParams.get('end')).toBe('1030');
    const { said } = await ask({ throughput: prometheus(url, { lagMs: 90_000 }) });
    expect(said['throughput']).toMatchObject({ told: { kind: 'none', why: /too early/ } });
  });

  test('counters are counted by how far they grew', async () => {
    const requests = await told('requests', matrix([{}, 100, 150, 180, 10, 30, 40]));
    expect(requests.saying).toMatchObject({ told: { kind: 'value', value: 120 } });
  });

  test('types of errors by their label; one that began in between began at 0', async () => {
    const body = matrix(
      [{ type: 'internal' }, 5, 5, 6, 6, 6, 6],
      [{ type: 'odd' }, NaN, NaN, 2, 3, 3, 4],
    );
    const { saying } = await told('error_types', body);
    expect(saying).toEqual({ kind: 'types', types: { internal: 6, odd: 4 } });
  });

  test('empty is no data', async () => {
    expect(await told('error_rate', matrix())).toMatchObject(none('the source has nothing of it'));
  });
  test('NaN is no data', async () => {
    expect(
      await told('error_rate', matrix([{}, 'NaN', 'NaN', '+Inf', 'NaN', '0.1', 'NaN'])),
    ).toMatchObject(none('5 of 6 points were NaN'));
  });
  test('stale is no data', async () => {
    expect(await told('error_rate', matrix([{}, 0.1]))).toMatchObject(
      none('the newest point is 50 s old'),
    );
  });

  test.each<[string, string, number, string]>([
    [
      'two series',
      matrix([{ a: '1' }, 1], [{ a: '2' }, 1]),
      200,
      'it answered 2 series, and one is wanted',
    ],
    [
      'an error of its own',
      JSON.stringify({ status: 'error', error: 'bad query' }),
      400,
      'it answered 400',
    ],
    ['500', 'oh no', 500, 'it answered 500'],
    ['no JSON', '<html>', 200, 'its answer is not JSON'],
    ['other JSON', '{"status":"success"}', 200, 'it is no range of Prometheus'],
    ['10 MB', `"${'x'.repeat(10_000_000)}"`, 200, 'its answer is longer than 4 MiB'],
    ['half of UTF-8', '\ud800', 200, 'its answer is not JSON'],
  ])('%s is an error of the source', async (_, body, status, why) => {
    const url = await answering(body, status);
    const { said, troubles } = await ask({ error_rate: prometheus(url) });
    expect(troubles).toEqual([`error_rate: ${why}`]);
    expect(said['error_rate']).toMatchObject({ told: { kind: 'none' } });
  });

  test('a redirect is not followed', async () => {
    const other = await serve((_, response) => response.end(matrix([{}, 0])));
    fake = await serve((_, response) => response.writeHead(302, { location: other.url }).end());
    const { troubles } = await ask({ error_rate: prometheus(fake.url) });
    expect([troubles, other.asked]).toEqual([
      ['error_rate: it answered 302, and is not followed elsewhere'],
      [],
    ]);
    await other.close();
  });

  test('slow, also with its body', async () => {
    fake = await serve((_, response) => response.write('{'));
    const { troubles } = await ask({ error_rate: prometheus(fake.url) });
    expect(troubles).toEqual(['error_rate: it did not answer within 0.3 s']);
  });

  test('killed', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    const { troubles } = await ask({ error_rate: prometheus(gone.url) });
    expect(troubles).toEqual(['error_rate: it could not be asked: ECONNREFUSED']);
  });
});

describe('a JSON document', () => {
  const source = (url: string, changes: object = {}) => ({
    ...{
      kind: 'http' as const,
      url: `${url}/m/{{release}}?e={{environment}}`,
      value: 'data.0.p95',
    },
    ...{ timeoutMs: 300, ...changes },
  });

  test('holds a number at a path, and how many requests are behind it', async () => {
    const url = await answering(JSON.stringify({ data: [{ p95: 120 }], n: 900 }));
    const { said } = await ask({ latency_p95: source(url, { samples: 'n' }) });
    expect(said['latency_p95']).toMatchObject({
      told: { kind: 'value', value: 120, samples: 900 },
    });
    expect(fake!.asked[0]).toBe('/m/1%2e9%2e0?e=production');
  });

  test.each([
    ['{}', 'data.0.p95 is not there'],
    ['{"data":[{"p95":null}]}', 'data.0.p95 is not there'],
    ['{"data":[{"p95":"12"}]}', 'data.0.p95 is no number'],
  ])('%s is no data', async (body, why) => {
    const { said, troubles } = await ask({ latency_p95: source(await answering(body)) });
    expect([said['latency_p95'], troubles]).toMatchObject([{ told: { kind: 'none', why } }, []]);
  });
});

describe('names are data', () => {
  const named = {
    release: `1"} or vector(0) #\\'\n\``,
    environment: 'a/../b?c=d&e',
    service: 's.%',
  };
  test('in a query', () => {
    expect(intoQuery('x{a="{{release}}"}', named)).toBe(
      'x{a="1\\"} or vector(0) #\\\\\\\'\\u000a\\u0060"}',
    );
  });
  test('in an address', () => {
    expect(intoAddress('http://h/{{environment}}/{{ service }}', named)).toBe(
      'http://h/a%2f%2e%2e%2fb%3fc%3dd%26e/s%2e%25'.replaceAll(/%[0-9a-f]{2}/g, (code) =>
        code === '%2e' ? code : code.toUpperCase(),
      ),
    );
  });
});
