import { connect } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Config, ProviderAddress } from '../config.ts';
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider.ts';
import { createRedisClient, greetingOf, type RedisClient } from '../redis/client.ts';
import { type ProviderStandin, startProviderStandin } from '../standins/provider-standin.ts';
import { type RedisStandin, startRedisStandin } from '../standins/redis-standin.ts';

/** Where everything outside the process is, stand-ins included. */
export interface Backends {
  readonly providers: Readonly<Record<ProviderName, ProviderAddress>>;
  /** Opens a client to the cache. */
  readonly cacheClient: () => RedisClient;
  /** Opens a client to the queue; called twice, because taking blocks a connection. */
  readonly queueClient: () => RedisClient;
  /** The names of what a stand-in takes the place of. */
  readonly standins: readonly string[];
  close(): Promise<void>;
}

/** Uses the addresses of the configuration and starts stand-ins on loopback for those that are missing. */
export async function openBackends(config: Config, clock: Clock): Promise<Backends> {
  const missing = PROVIDER_NAMES.filter((name) => config.providers[name] === undefined);
  const started: (ProviderStandin | RedisStandin)[] = [];
  const keep = <T extends ProviderStandin | RedisStandin>(standin: T): T => {
    started.push(standin);
    return standin;
  };
  const standin = missing.length > 0 ? keep(await startProviderStandin()) : undefined;
  const cacheUrl = config.redisUrl ?? keep(await startRedisStandin(clock)).url;
  const queueUrl = config.queueUrl ?? keep(await startRedisStandin(clock)).url;
  const standins: string[] = [...missing];
  if (config.redisUrl === undefined) standins.push('cache');
  if (config.queueUrl === undefined) standins.push('queue');
  return {
    providers: { ...standin?.addresses, ...config.providers } as Backends['providers'],
    cacheClient: () => clientOf(cacheUrl, clock),
    queueClient: () => clientOf(queueUrl, clock),
    standins,
    async close() {
      await Promise.all(started.map((one) => one.close()));
    },
  };
}

function clientOf(url: URL, clock: Clock): RedisClient {
  const port = Number(url.port === '' ? 6379 : url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return createRedisClient({
    connect: () => connect({ port, host, noDelay: true }),
    greeting: greetingOf(url),
    clock,
  });
}
