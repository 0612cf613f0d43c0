import type { Duplex } from 'node:stream';
import { type Clock, withDeadline } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import { encodeCommand, RespDecoder, RespError, type RespValue } from './resp.ts';

export interface RedisClient {
  /** Sends one command. Connects first when there is no connection; throws `ServiceError` when it fails. */
  command(args: readonly string[], timeoutMs?: number): Promise<RespValue>;
  close(): void;
}

export interface RedisParts {
  /** Opens a byte stream to the server. */
  readonly connect: () => Duplex;
  /** Commands sent first on each new connection, such as AUTH and SELECT. */
  readonly greeting: readonly (readonly string[])[];
  readonly clock: Clock;
}

interface Waiter {
  readonly resolve: (value: RespValue) => void;
  readonly reject: (error: Error) => void;
}

interface Link {
  readonly stream: Duplex;
  readonly waiting: Waiter[];
}

const DEFAULT_TIMEOUT_MS = 2000;

/** A client on one connection. Replies come in the order of the commands, so a late one costs the connection. */
export function createRedisClient({ connect, greeting, clock }: RedisParts): RedisClient {
  let link: Link | undefined;

  const drop = (broken: Link, reason: string) => {
    if (link === broken) link = undefined;
    broken.stream.destroy();
    for (const { reject } of broken.waiting.splice(0))
      reject(new ServiceError('unavailable', reason));
  };
  const send = ({ stream, waiting }: Link, args: readonly string[]) =>
    new Promise<RespValue>((resolve, reject) => {
      waiting.push({ resolve, reject });
      stream.write(encodeCommand(args));
    });
  const open = (): Link => {
    const fresh: Link = { stream: connect(), waiting: [] };
    const decoder = new RespDecoder();
    fresh.stream.on('data', (chunk: Buffer) => {
      try {
        for (const value of decoder.push(chunk)) settle(fresh.waiting.shift(), value);
      } catch (thrown) {
        drop(fresh, thrown instanceof Error ? thrown.message : 'unreadable reply');
      }
    });
    fresh.stream.on('error', (error) => drop(fresh, `redis connection failed: ${error.message}`));
    fresh.stream.on('close', () => drop(fresh, 'redis connection closed'));
    // A refused greeting shows in the commands that follow it.
    for (const args of greeting) send(fresh, args).catch(() => undefined);
    return fresh;
  };

  return {
    command(args, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const current = (link ??= open());
      const late = () => {
        drop(current, 'redis connection given up');
        return new ServiceError('timeout', `redis did not answer ${args[0]} in ${timeoutMs} ms`);
      };
      return withDeadline(clock, timeoutMs, () => send(current, args), late);
    },
    close() {
      if (link) drop(link, 'redis client closed');
    },
  };
}

/** AUTH and SELECT as the address asks for them. https://www.iana.org/assignments/uri-schemes/prov/redis */
export function greetingOf(url: URL): string[][] {
  const greeting: string[][] = [];
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  if (password !== '') greeting.push(['AUTH', ...(user === '' ? [] : [user]), password]);
  const index = url.pathname.slice(1);
  if (index !== '') greeting.push(['SELECT', index]);
  return greeting;
}

function settle(waiter: Waiter | undefined, value: RespValue): void {
  if (value instanceof RespError) {
    waiter?.reject(new ServiceError('unavailable', `redis refused: ${value.message}`));
  } else {
    waiter?.resolve(value);
  }
}
