import type { RedisClient } from '../redis/client.ts';
import type { Job } from './job.ts';

/** A list a producer fills and one worker empties. */
export interface Queue {
  push(job: Job): Promise<void>;
  /** Waits up to `waitSeconds` for a text and moves it to the list of those in work. */
  take(waitSeconds: number): Promise<string | undefined>;
  /** Strikes a text off the list of those in work. */
  done(text: string): Promise<void>;
  /** Puts back what a process that died had in work. */
  recover(): Promise<void>;
}

/**
 * The reliable queue pattern on the redis protocol: a job leaves the list only by moving to a second one.
 * `producer` and `consumer` are two connections, because a waiting BLMOVE blocks its own.
 * https://redis.io/docs/latest/commands/lmove/#pattern-reliable-queue
 */
export function createQueue(producer: RedisClient, consumer: RedisClient, name: string): Queue {
  const waiting = `${name}:waiting`;
  const inWork = `${name}:in-work`;
  return {
    async push(job) {
      await producer.command(['RPUSH', waiting, JSON.stringify(job)]);
    },
    async take(waitSeconds) {
      const args = ['BLMOVE', waiting, inWork, 'LEFT', 'RIGHT', `${waitSeconds}`];
      const text = await consumer.command(args, waitSeconds * 1000 + 2000);
      return typeof text === 'string' ? text : undefined;
    },
    async done(text) {
      await producer.command(['LREM', inWork, '1', text]);
    },
    async recover() {
      while ((await producer.command(['LMOVE', inWork, waiting, 'RIGHT', 'LEFT'])) !== null);
    },
  };
}
