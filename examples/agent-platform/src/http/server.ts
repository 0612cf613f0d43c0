import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { readJson } from './body.ts';
import type { Dispatch } from './dispatch.ts';
import { writeReply } from './write-reply.ts';

export interface ServerParts {
  readonly dispatch: Dispatch;
  readonly metrics: ServiceMetrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly instance: string;
  readonly bodyLimitBytes: number;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no new connection, lets running requests end for `timeoutMs`, then cuts them. */
  drain(timeoutMs: number): Promise<void>;
}

/** Known to HTTP, so that a client cannot invent metric series with made-up methods. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Listens on loopback only; port 0 picks a free one. */
export async function startServer(parts: ServerParts, port: number): Promise<HttpServer> {
  const { clock } = parts;
  let isDraining = false;
  const server = createServer((request, response) => {
    if (isDraining) response.setHeader('connection', 'close');
    void answer(parts, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async drain(timeoutMs) {
      isDraining = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = new AbortController();
      const late = clock.sleep(timeoutMs, timer.signal).then(
        () => server.closeAllConnections(),
        () => undefined,
      );
      await Promise.race([closed, late]);
      timer.abort();
    },
  };
}

async function answer(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, metrics, log } = parts;
  const startMs = clock.monotonicMs();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.setHeader('x-version', parts.version);
  response.setHeader('x-instance', parts.instance);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'self'; frame-ancestors 'none'");
  const method = METHODS.includes(request.method ?? '') ? (request.method ?? '') : 'other';
  const { reply, routeLabel } = await parts.dispatch({
    method,
    path: (request.url ?? '/').split('?')[0] ?? '/',
    headers: request.headers,
    signal: gone.signal,
    body: () => readJson(unclosed(request), request.headers, parts.bodyLimitBytes),
  });
  try {
    await writeReply(response, reply);
  } catch (thrown) {
    log.error('reply broke off', { route: routeLabel, reason: reasonOf(thrown) });
    response.destroy();
  }
  const labels = { route: routeLabel, method };
  metrics.requests.add({ ...labels, status: `${response.statusCode}` });
  metrics.requestSeconds.observe((clock.monotonicMs() - startMs) / 1000, labels);
}

/** Leaving a body half read would otherwise close the socket before the 413 is sent. */
function unclosed(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}
