import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { NO_CONTENT, type Reply, type ServerEvent } from '../../src/http/route.ts';
import { writeReply } from '../../src/http/write-reply.ts';

/** The part of a response that is written to; `highWaterMark` decides when it is full. */
function response(highWaterMark = 16_384) {
  const heads: unknown[] = [];
  const stream = new PassThrough({ highWaterMark });
  const writable = Object.assign(stream, {
    writeHead(status: number, headers?: object) {
      heads.push({ status, ...headers });
      return stream;
    },
  }) as unknown as ServerResponse;
  return { heads, stream, writable };
}

async function written(reply: Reply, highWaterMark?: number) {
  const { heads, stream, writable } = response(highWaterMark);
  const [text] = await Promise.all([stream.toArray(), writeReply(writable, reply)]);
  return { head: heads[0], text: Buffer.concat(text as Buffer[]).toString() };
}

async function* count(to: number): AsyncGenerator<ServerEvent> {
  await Promise.resolve();
  for (let data = 1; data <= to; data += 1) yield { event: 'token', data };
}

describe('writeReply', () => {
  it('sends JSON with its length in bytes', async () => {
    expect(await written({ kind: 'json', status: 201, body: 'ü' })).toEqual({
      head: {
        status: 201,
        'content-type': 'application/json; charset=utf-8',
        'content-length': 4,
      },
      text: '"ü"',
    });
  });

  it('sends texts and nothing', async () => {
    const page: Reply = { kind: 'text', status: 200, type: 'text/html', text: '<p>' };
    expect((await written(page)).text).toBe('<p>');
    expect(await written(NO_CONTENT)).toEqual({ head: { status: 204 }, text: '' });
  });

  it('waits for a slow reader', async () => {
    const { text } = await written({ kind: 'events', events: count(20) }, 8);
    expect(text.match(/data: \d+/g)).toHaveLength(20);
  });

  it('stops when the reader is gone', async () => {
    const { stream, writable } = response();
    let produced = 0;
    async function* endless(): AsyncGenerator<ServerEvent> {
      for (;;) {
        await Promise.resolve();
        produced += 1;
        if (produced === 3) stream.destroy();
        yield { event: 'token', data: produced };
      }
    }
    await writeReply(writable, { kind: 'events', events: endless() });
    expect(produced).toBe(3);
  });
});
