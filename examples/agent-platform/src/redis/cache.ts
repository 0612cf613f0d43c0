import type { RedisClient } from './client.ts';

/** Answers worth keeping for a while. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  ping(): Promise<void>;
}

/** A cache on the redis protocol. Keys get a prefix, because the server may be shared. */
export function createCache(redis: RedisClient, prefix = 'agent-platform:'): Cache {
  return {
    async get(key) {
      const value = await redis.command(['GET', prefix + key]);
      return typeof value === 'string' ? value : undefined;
    },
    async set(key, value, ttlMs) {
      await redis.command(['SET', prefix + key, value, 'PX', `${ttlMs}`]);
    },
    async ping() {
      await redis.command(['PING']);
    },
  };
}
