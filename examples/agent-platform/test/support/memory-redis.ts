import { EventEmitter, once } from 'node:events';
import { ServiceError } from '../../src/errors.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { RespError, type RespValue } from '../../src/redis/resp.ts';
import { emptyState, execute } from '../../src/standins/redis-commands.ts';

/** Clients of one redis that lives in memory, without sockets and without time. */
export function createMemoryRedis(nowMs: () => number): {
  state: ReturnType<typeof emptyState>;
  client: () => RedisClient;
} {
  const state = emptyState();
  const pushes = new EventEmitter().setMaxListeners(0);
  const run = (args: readonly string[]): RespValue => {
    const reply = execute(state, args, nowMs());
    if (args[0] === 'RPUSH') pushes.emit('push');
    if (reply instanceof RespError) throw new ServiceError('unavailable', reply.message);
    return reply;
  };
  const client = (): RedisClient => {
    const closed = new AbortController();
    return {
      async command(args) {
        await Promise.resolve();
        if (closed.signal.aborted) throw new ServiceError('unavailable', 'closed');
        if (args[0] !== 'BLMOVE') return run(args);
        for (;;) {
          const value = run(['LMOVE', ...args.slice(1, 5)]);
          if (value !== null) return value;
          await once(pushes, 'push', { signal: closed.signal });
        }
      },
      close: () => closed.abort(),
    };
  };
  return { state, client };
}
