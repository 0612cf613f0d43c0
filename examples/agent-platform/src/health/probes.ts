import type { DatabaseSync } from 'node:sqlite';
import type { Team } from '../agents/team.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { Provider } from '../providers/provider.ts';
import { beat } from '../queue/heartbeat.ts';
import type { Queue } from '../queue/queue.ts';
import type { SettledJobs } from '../queue/settled.ts';
import type { Cache } from '../redis/cache.ts';
import { pingDatabase } from '../storage/database.ts';
import type { Probe } from './probe.ts';

export interface ProbeParts {
  readonly database: DatabaseSync;
  readonly cache: Cache;
  readonly queue: Queue;
  readonly settled: SettledJobs;
  readonly providers: readonly Provider[];
  readonly team: Team;
  readonly faults: FaultInjector;
}

/** The things outside this process. Their names are the ones `/integrations/:name/ping` takes. */
export function integrationProbes(parts: ProbeParts): Probe[] {
  const { database, cache, queue, settled, providers, faults } = parts;
  return [
    {
      name: 'database',
      word: 'connected',
      check: () => {
        faults.trip('database_connectivity');
        pingDatabase(database);
      },
    },
    {
      name: 'cache',
      word: 'connected',
      check: async () => {
        faults.trip('redis_connectivity');
        await cache.ping();
      },
    },
    {
      name: 'queue',
      word: 'processing',
      check: async (signal) => {
        faults.trip('queue_processing');
        await beat(queue, settled, signal);
      },
    },
    ...providers.map((provider): Probe => ({
      name: provider.name,
      word: 'authenticated',
      check: (signal) => provider.ping(signal),
    })),
  ];
}

/** The service itself. */
export function serviceProbes({ team, faults }: ProbeParts): Probe[] {
  return [
    { name: 'api_gateway', word: 'responding', check: () => faults.trip('api_gateway') },
    { name: 'all_agents', word: 'initialized', check: (signal) => team.initialize(signal) },
  ];
}
