import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Reply, ServerEvent } from './route.ts';

/** Sends a reply and resolves when all of it was handed to the socket. */
export async function writeReply(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.kind === 'events') return writeEvents(response, reply.events);
  if (reply.kind === 'empty') {
    response.writeHead(204).end();
    return;
  }
  const text = reply.kind === 'json' ? JSON.stringify(reply.body) : reply.text;
  const type = reply.kind === 'json' ? 'application/json' : reply.type;
  response
    .writeHead(reply.status, {
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export function formatEvent({ event, data }: ServerEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function writeEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerEvent>,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for await (const event of events) {
    if (response.destroyed) return;
    const isFull = !response.write(formatEvent(event));
    if (isFull) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  response.end();
}
