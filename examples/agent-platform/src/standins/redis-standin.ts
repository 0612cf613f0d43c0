import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Clock, withDeadline } from '../clock.ts';
import { encodeReply, RespDecoder, type RespValue } from '../redis/resp.ts';
import { emptyState, execute } from './redis-commands.ts';

export interface RedisStandin {
  readonly url: URL;
  close(): Promise<void>;
}

/** A redis on a loopback port with the few commands a cache and a queue need. */
export async function startRedisStandin(clock: Clock): Promise<RedisStandin> {
  const state = emptyState();
  const sockets = new Set<Socket>();
  const pushes = new EventEmitter().setMaxListeners(0);

  const run = (command: readonly string[]): RespValue => {
    const reply = execute(state, command, clock.nowMs());
    if (command[0]?.toUpperCase() === 'RPUSH') pushes.emit('push');
    return reply;
  };
  const answer = async (command: readonly string[], gone: AbortSignal): Promise<RespValue> => {
    if (command[0]?.toUpperCase() !== 'BLMOVE') return run(command);
    const move = ['LMOVE', ...command.slice(1, 5)];
    return waitFor(() => run(move), Number(command[5]) * 1000, gone);
  };
  const waitFor = (attempt: () => RespValue, timeoutMs: number, gone: AbortSignal) =>
    withDeadline<RespValue>(
      clock,
      timeoutMs,
      async (late) => {
        const signal = AbortSignal.any([late, gone]);
        let value = attempt();
        while (value === null && !signal.aborted) {
          await once(pushes, 'push', { signal });
          value = attempt();
        }
        return value;
      },
      () => new Error('nothing was pushed'),
    ).catch(() => null);

  const server = createServer((socket) => {
    sockets.add(socket);
    const gone = new AbortController();
    const decoder = new RespDecoder();
    // One command after the other: a connection that waits answers nothing else meanwhile.
    let turn = Promise.resolve();
    socket.on('close', () => {
      sockets.delete(socket);
      gone.abort();
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const command of decode(decoder, chunk, socket)) {
        turn = turn.then(async () => {
          const reply = await answer(command, gone.signal);
          if (!socket.destroyed) socket.write(encodeReply(reply));
        });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    url: new URL(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function decode(decoder: RespDecoder, chunk: Buffer, socket: Socket): string[][] {
  try {
    return decoder.push(chunk).map((value) => (Array.isArray(value) ? value.map(String) : []));
  } catch {
    socket.destroy();
    return [];
  }
}
