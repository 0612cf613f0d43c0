import type { DatabaseSync } from 'node:sqlite';
import { createAgent } from '../agents/agent.ts';
import { createTeam, type Team } from '../agents/team.ts';
import type { Config } from '../config.ts';
import { createFaultInjector, type FaultInjector } from '../faults/injector.ts';
import { Lifecycle } from '../health/lifecycle.ts';
import { declareProcessMetrics } from '../metrics/process-metrics.ts';
import { MetricsRegistry } from '../metrics/registry.ts';
import { declareServiceMetrics, type ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Notification } from '../notifications/notification.ts';
import { createProvider } from '../providers/client.ts';
import { withFault } from '../providers/faulty.ts';
import { type Provider, PROVIDER_NAMES } from '../providers/provider.ts';
import { createQueue, type Queue } from '../queue/queue.ts';
import { SettledJobs } from '../queue/settled.ts';
import { type Cache, createCache } from '../redis/cache.ts';
import { openDatabase } from '../storage/database.ts';
import { openRecords, type Records } from '../storage/records.ts';
import type { Workflow } from '../workflows/workflow.ts';
import { type Backends, openBackends } from './backends.ts';
import type { AppPorts } from './ports.ts';

/** Everything both sides of the service use: the one that answers requests and the one that does jobs. */
export interface Core {
  readonly config: Config;
  readonly ports: AppPorts;
  readonly faults: FaultInjector;
  readonly lifecycle: Lifecycle;
  readonly registry: MetricsRegistry;
  readonly metrics: ServiceMetrics;
  readonly database: DatabaseSync;
  readonly workflows: Records<Workflow>;
  readonly notifications: Records<Notification>;
  readonly standins: Backends['standins'];
  readonly cache: Cache;
  readonly queue: Queue;
  readonly settled: SettledJobs;
  readonly providers: readonly Provider[];
  readonly team: Team;
  /** Cuts the connection that waits for jobs, so that the worker wakes up. */
  stopTaking(): void;
  close(): Promise<void>;
}

/** Opens the backends and assembles a core on them. */
export async function openCore(config: Config, ports: AppPorts): Promise<Core> {
  const backends = await openBackends(config, ports.clock);
  const providers = PROVIDER_NAMES.map((name) => createProvider(name, backends.providers[name]));
  return assembleCore(config, ports, backends, providers);
}

/** Opens the database and puts everything together; reaches no backend yet. */
export function assembleCore(
  config: Config,
  ports: AppPorts,
  backends: Omit<Backends, 'providers'>,
  bareProviders: readonly Provider[],
): Core {
  const { clock } = ports;
  const { version, instance } = config;
  const faults = createFaultInjector(config.faults, clock);
  const registry = new MetricsRegistry();
  const metrics = declareServiceMetrics(registry);
  declareProcessMetrics(registry, { version, instance, startedAtMs: clock.nowMs() });

  const database = openDatabase(config.dataDir);
  const cacheClient = backends.cacheClient();
  const producer = backends.queueClient();
  const consumer = backends.queueClient();
  const cache = createCache(cacheClient);
  const providers = bareProviders.map((provider) => withFault(provider, faults));
  return {
    config,
    ports,
    faults,
    lifecycle: new Lifecycle(clock, config.faults),
    registry,
    metrics,
    database,
    workflows: openRecords<Workflow>(database, 'workflows'),
    notifications: openRecords<Notification>(database, 'notifications'),
    standins: backends.standins,
    cache,
    queue: createQueue(producer, consumer, `agent-platform:${instance}`),
    settled: new SettledJobs(),
    providers,
    team: assembleTeam(ports, { providers, cache, metrics, faults }),
    stopTaking: () => consumer.close(),
    async close() {
      producer.close();
      cacheClient.close();
      await backends.close();
      database.close();
    },
  };
}

function assembleTeam(
  { prompts, clock, log }: AppPorts,
  parts: Pick<Core, 'providers' | 'cache' | 'metrics' | 'faults'>,
): Team {
  const { providers, cache, metrics, faults } = parts;
  const agents = [...prompts].map(([name, prompt]) => {
    const provider = providers.find((one) => one.name === prompt.provider);
    if (provider === undefined) throw new Error(`no provider is called ${prompt.provider}`);
    const isHeldBack = name === 'reviewer' && faults.isOn('all_agents_initialized');
    return createAgent(name, prompt, { provider, cache, clock, metrics, log, isHeldBack });
  });
  return createTeam(agents);
}
