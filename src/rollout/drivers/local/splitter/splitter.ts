/**
 * Takes requests on one port and hands each to a release, by share. New shares hold for every request that arrives after
 * `setRoutes` has returned, also on connections that are open already.
 */

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fail, ok, type Result } from '../../../../failure.ts';
import { Exchange, respond } from './exchange.ts';
import { LIMITS, type SplitterLimits } from './limits.ts';
import { readRequest } from './request-head.ts';
import type { Route } from './route.ts';
import { shareSequence } from './shares.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface SharedRoute {
  readonly route: Route;
  /** 0..1 */
  readonly share: number;
}

export interface Splitter {
  /** The failure says which port, and why it cannot be had. */
  listen(): Promise<Result<void, string>>;
  /** Takes no new connection, gives open requests so many ms, then ends every connection. */
  close(graceMs: number): Promise<void>;
}

/** Who gets the requests. Several splitters can share one: while a port changes there are two. */
export interface Switchboard {
  setRoutes(routes: readonly SharedRoute[]): void;
  next(): Route | undefined;
}

export function createSwitchboard(): Switchboard {
  let routes: readonly SharedRoute[] = [];
  let sequence = shareSequence([]);
  return {
    setRoutes(wanted) {
      const isSame =
        wanted.length === routes.length &&
        wanted.every(
          (one, at) => one.route === routes[at]?.route && one.share === routes[at].share,
        );
      if (isSame) return; // a sequence goes on where it stands
      routes = [...wanted];
      sequence = shareSequence(routes.map(({ share }) => share));
    },
    next: () => routes[sequence.next()]?.route,
  };
}

export function createSplitter(
  { host, port }: Address,
  switchboard: Switchboard,
  limits: SplitterLimits = LIMITS,
): Splitter {
  const open = new Set<Exchange>();
  const onOver = (exchange: Exchange): void => void open.delete(exchange);
  const server = http.createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: 0, // a body may take long; what rests is swept
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs),
    insecureHTTPParser: false,
    noDelay: true,
    shouldUpgradeCallback: isWebsocket,
  });
  server.maxHeadersCount = 0; // all of them are seen; the size is bounded
  server.maxConnections = limits.connections;

  const begin = (
    request: IncomingMessage,
    response: ServerResponse,
    { expects = false, isUpgrade = false } = {},
  ): Exchange | undefined => {
    const { socket } = request;
    const sender = { address: socket.remoteAddress ?? 'unknown', localHost: `${host}:${port}` };
    const read = readRequest(request as ArrivedMessage, sender, { isUpgrade, expects });
    if (read.kind === 'refused') {
      response.shouldKeepAlive = false;
      respond(response, 400, read.why);
      return undefined;
    }
    const route = switchboard.next();
    if (route === undefined) {
      if (read.head.body !== 'none' || isUpgrade) response.shouldKeepAlive = false;
      respond(response, 503, 'no release serves here');
      return undefined;
    }
    const options = { limits, onOver, expects, isUpgrade };
    const exchange = new Exchange(request, response, read.head, route, options);
    open.add(exchange);
    exchange.start();
    return exchange;
  };

  server.on('request', (request, response) => void begin(request, response));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    begin(request, response, { expects: true });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has let go of the socket; an answer that is not 101 is written as any other.
    const response = new http.ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    socket.on('error', () => undefined);
    socket.on('drain', () => response.emit('drain'));
    response.on('finish', () => request.socket.destroySoon()); // with what nobody will read
    if (!isWebsocket(request)) {
      respond(response, 400, 'an upgrade to something else than a websocket');
      return;
    }
    if (head.length > 0) socket.unshift(head); // waits for the 101
    const exchange = begin(request, response, { isUpgrade: true });
    socket.on('close', () => exchange?.onClientGone());
  });

  const sweeper = setInterval(() => {
    const now = performance.now();
    for (const exchange of open) exchange.sweep(now);
  }, limits.sweepMs);
  sweeper.unref();

  return {
    listen: () =>
      new Promise((resolve) => {
        server.once('error', (error: NodeJS.ErrnoException) => {
          clearInterval(sweeper);
          resolve(fail(listenProblem(error, { host, port })));
        });
        server.listen({ host, port, exclusive: true, backlog: 1024 }, () => {
          server.removeAllListeners('error');
          server.on('error', () => undefined); // EMFILE at accept: the next one may get in
          resolve(ok(undefined));
        });
      }),
    close: (graceMs) =>
      new Promise((resolve) => {
        const end = (): void => {
          for (const exchange of open) exchange.abandon();
          server.closeAllConnections();
        };
        const timer = setTimeout(end, graceMs);
        server.close(() => {
          clearTimeout(timer);
          clearInterval(sweeper);
          resolve();
        });
        if (graceMs === 0) end();
      }),
  };
}

/** `IncomingMessage` of a server always has these. */
type ArrivedMessage = IncomingMessage & { readonly method: string; readonly url: string };

const isWebsocket = (request: IncomingMessage): boolean =>
  request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';

function listenProblem(error: NodeJS.ErrnoException, { host, port }: Address): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken by another program`;
    case 'EACCES':
      return `port ${port} on ${host} needs more rights than this user has`;
    default:
      return `port ${port} on ${host} cannot be listened on: ${error.code ?? error.message}`;
  }
}
