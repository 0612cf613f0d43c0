/** A splitter in this process before instances that a test scripts byte by byte, and a client that sends raw bytes. */

import net from 'node:net';
import { freePort } from '../../../../src/rollout/drivers/local/free-port.ts';
import {
  LIMITS,
  type SplitterLimits,
} from '../../../../src/rollout/drivers/local/splitter/limits.ts';
import { Route } from '../../../../src/rollout/drivers/local/splitter/route.ts';
import {
  createSplitter,
  createSwitchboard,
} from '../../../../src/rollout/drivers/local/splitter/splitter.ts';
import { createCounter } from '../../../../src/rollout/drivers/local/splitter/traffic.ts';
import { Upstream } from '../../../../src/rollout/drivers/local/splitter/upstream.ts';

/** Called for every piece that comes in; `all` is what this connection has brought so far. */
export type Script = (socket: net.Socket, all: string, connection: number) => unknown;

export interface ScriptedInstance {
  readonly port: number;
  /** What each connection has brought, latin1. */
  readonly received: string[];
  readonly sockets: Set<net.Socket>;
  close(): Promise<void>;
}

export const answer = (body: string, head = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${head}\r\n${body}`;

/** Answers every request whose head has come, and takes no body. */
export const polite: Script = (socket, all) => {
  if (all.endsWith('\r\n\r\n')) socket.write(answer('hello'));
};

export async function scriptedInstance(script: Script): Promise<ScriptedInstance> {
  const received: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
    const connection = received.push('') - 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      received[connection] += bytes.toString('latin1');
      script(socket, received[connection]!, connection);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    ...{ port, received, sockets },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export interface SharedInstances {
  readonly share: number;
  readonly ports: readonly number[];
}

export async function openSplitter(
  releases: readonly SharedInstances[],
  limits: Partial<SplitterLimits> = {},
) {
  const port = await freePort();
  const routes = releases.map(({ ports }, index) => {
    const route = new Route(String(index), createCounter());
    route.upstreams = ports.map((one) => new Upstream(one));
    return route;
  });
  const board = createSwitchboard();
  const share = (...shares: readonly number[]): void =>
    board.setRoutes(routes.map((route, index) => ({ route, share: shares[index] ?? 0 })));
  share(...releases.map((one) => one.share));
  const splitter = createSplitter({ host: '127.0.0.1', port }, board, { ...LIMITS, ...limits });
  const listening = await splitter.listen();
  if (!listening.ok) throw new Error(listening.failure);
  return { port, routes, share, close: () => splitter.close(0) };
}

/** Sends the pieces one after the other, and gives all that comes back until the connection ends, or `isDone` holds. */
export function send(
  port: number,
  pieces: readonly (string | Buffer)[],
  isDone: (text: string) => boolean = () => false,
  withinMs = 5000,
): Promise<{ readonly text: string; readonly isClosed: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const end = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, isClosed });
    };
    const timer = setTimeout(() => end(false), withinMs);
    socket.on('connect', () => {
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece, 'latin1');
          await new Promise((done) => setImmediate(done));
        }
      })();
    });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (isDone(text)) end(false);
    });
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
  });
}

export const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
