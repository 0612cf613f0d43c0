import type { Core } from '../app/core.ts';
import { workflowRunner } from '../app/work.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Users } from '../auth/users.ts';
import { createHealth } from '../health/health.ts';
import { integrationProbes, serviceProbes } from '../health/probes.ts';
import type { Route } from '../http/route.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { declareDependencyMetrics } from '../metrics/dependency-metrics.ts';
import { agentRoutes } from './agents.ts';
import { authRoutes } from './auth.ts';
import { chatRoutes } from './chat.ts';
import { dashboardRoutes } from './dashboard.ts';
import { withEndpointList } from './endpoints.ts';
import { memoryRoutes } from './memory.ts';
import { notificationRoutes } from './notifications.ts';
import { operationsRoutes } from './operations.ts';
import { workflowRoutes } from './workflows.ts';

/** The table of everything the service answers. */
export function createRoutes(core: Core, users: Users, sessions: Sessions): Route[] {
  const { config, faults, team, queue, settled, metrics, registry, lifecycle } = core;
  const { clock, publicDir } = core.ports;
  const { version, instance, probeTimeoutMs } = config;
  const integrations = integrationProbes(core);
  const health = createHealth({
    probes: [...serviceProbes(core), ...integrations],
    clock,
    ttlMs: config.probeTtlMs,
    timeoutMs: probeTimeoutMs,
  });
  declareDependencyMetrics(registry, health);
  const about = { version, instance, lifecycle, health, integrations, probeTimeoutMs };
  return withEndpointList([
    ...operationsRoutes({ ...about, registry, clock, faults }),
    ...authRoutes(users, sessions, faults),
    ...agentRoutes(team, faults),
    ...workflowRoutes({ records: core.workflows, queue, clock, faults, run: workflowRunner(core) }),
    ...memoryRoutes(createMemoryStore(core.database, clock), faults),
    ...chatRoutes({ team, clock, faults, metrics }),
    ...notificationRoutes({ records: core.notifications, queue, settled, clock }),
    ...dashboardRoutes({ team, faults, version, publicDir }),
  ]);
}
