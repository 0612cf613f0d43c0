import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createCache } from '../../src/redis/cache.ts';
import { createRedisClient, greetingOf } from '../../src/redis/client.ts';
import { encodeCommand, encodeReply, RespDecoder, RespError } from '../../src/redis/resp.ts';
import { emptyState, execute } from '../../src/standins/redis-commands.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createMemoryRedis } from '../support/memory-redis.ts';

/** A server at the other end of a stream that answers each write with the next text. */
function scripted(answers: string[]) {
  const written: string[] = [];
  const stream: Duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      const answer = answers.shift();
      if (answer !== undefined) stream.push(answer);
      done();
    },
  });
  return { stream, written };
}

describe('RESP', () => {
  it('survives being cut at every byte', () => {
    const values = ['grüße', 7, null, ['a', ['b', 2]], new RespError('ERR no')] as const;
    const bytes = Buffer.from(values.map(encodeReply).join(''));
    const decoder = new RespDecoder();
    const decoded = [...bytes].flatMap((byte) => decoder.push(Buffer.from([byte])));
    expect(decoded).toEqual(values);
  });

  it('reads simple texts, empty lists and commands', () => {
    expect(new RespDecoder().push(Buffer.from('+PONG\r\n*-1\r\n'))).toEqual(['PONG', null]);
    expect(new RespDecoder().push(Buffer.from(encodeCommand(['GET', 'a'])))).toEqual([
      ['GET', 'a'],
    ]);
  });

  it('refuses another protocol', () => {
    expect(() => new RespDecoder().push(Buffer.from('HTTP/1.1 200\r\n'))).toThrow('redis protocol');
  });
});

describe('createRedisClient', () => {
  it('greets, sends and answers in order', async () => {
    const { stream, written } = scripted(['+OK\r\n', '+PONG\r\n', '-ERR no\r\n']);
    const client = createRedisClient({
      connect: () => stream,
      greeting: [['SELECT', '2']],
      clock: new FakeClock(),
    });
    await expect(client.command(['PING'])).resolves.toBe('PONG');
    await expect(client.command(['NOPE'])).rejects.toThrow('redis refused: ERR no');
    expect(written[0]).toBe(encodeCommand(['SELECT', '2']));
  });

  it('gives up a connection that does not answer and opens another', async () => {
    const clock = new FakeClock();
    const streams = [scripted([]).stream, scripted(['+PONG\r\n']).stream];
    const connect = () => streams.shift() ?? expect.unreachable();
    const client = createRedisClient({ connect, greeting: [], clock });
    const first = client.command(['PING'], 50);
    clock.advance(50);
    await expect(first).rejects.toThrow(/did not answer PING|given up/);
    await expect(client.command(['PING'])).resolves.toBe('PONG');
    client.close();
  });

  it('fails what waits when the other side speaks something else', async () => {
    const { stream } = scripted(['HTTP/1.1 400\r\n']);
    const client = createRedisClient({
      connect: () => stream,
      greeting: [],
      clock: new FakeClock(),
    });
    await expect(client.command(['PING'])).rejects.toThrow('does not speak the redis protocol');
  });

  it('fails what waits when the connection breaks', async () => {
    const { stream } = scripted([]);
    const client = createRedisClient({
      connect: () => stream,
      greeting: [],
      clock: new FakeClock(),
    });
    const waiting = client.command(['PING']);
    stream.destroy(new Error('cut'));
    await expect(waiting).rejects.toThrow('redis connection failed: cut');
  });
});

describe('greetingOf', () => {
  it.each([
    ['redis://127.0.0.1', []],
    ['redis://127.0.0.1/3', [['SELECT', '3']]],
    ['redis://:word@127.0.0.1', [['AUTH', 'word']]],
    ['redis://ada:w%20d@127.0.0.1', [['AUTH', 'ada', 'w d']]],
  ])('%s', (url, greeting) => {
    expect(greetingOf(new URL(url))).toEqual(greeting);
  });
});

describe('redis stand-in commands', () => {
  it('keeps texts until they expire', () => {
    const state = emptyState();
    execute(state, ['SET', 'a', 'one', 'PX', '10'], 0);
    execute(state, ['set', 'b', 'two'], 0);
    expect(execute(state, ['GET', 'a'], 9)).toBe('one');
    expect(execute(state, ['GET', 'a'], 10)).toBeNull();
    expect(execute(state, ['GET', 'b'], 1e9)).toBe('two');
  });

  it('drops what expired when there is much of it', () => {
    const state = emptyState();
    for (let i = 0; i < 1001; i += 1) execute(state, ['SET', `k${i}`, 'v', 'PX', '5'], i);
    expect(state.texts.size).toBeLessThan(10);
  });

  it('moves and removes list items', () => {
    const state = emptyState();
    execute(state, ['RPUSH', 'a', '1', '2', '3'], 0);
    expect(execute(state, ['LMOVE', 'a', 'b', 'LEFT', 'RIGHT'], 0)).toBe('1');
    expect(execute(state, ['LMOVE', 'a', 'b', 'RIGHT', 'LEFT'], 0)).toBe('3');
    expect(state.lists.get('b')).toEqual(['3', '1']);
    expect(execute(state, ['LREM', 'b', '1', '1'], 0)).toBe(1);
    expect(execute(state, ['LREM', 'b', '1', '1'], 0)).toBe(0);
    expect(execute(state, ['LLEN', 'b'], 0)).toBe(1);
    expect(execute(state, ['LMOVE', 'none', 'b', 'LEFT', 'LEFT'], 0)).toBeNull();
  });

  it.each([
    [['FLUSHALL'], "ERR unknown command 'FLUSHALL'"],
    [['GET'], "ERR wrong number of arguments for 'GET'"],
    [['SET', 'a', 'b', 'EX', '1'], 'ERR syntax error'],
  ])('refuses %j', (command, message) => {
    expect(execute(emptyState(), command, 0)).toEqual(new RespError(message));
  });
});

describe('createCache', () => {
  it('returns what was set', async () => {
    const cache = createCache(createMemoryRedis(() => 0).client());
    await cache.ping();
    await cache.set('a', 'one', 1000);
    await expect(cache.get('a')).resolves.toBe('one');
    await expect(cache.get('b')).resolves.toBeUndefined();
  });
});
