import type { Clock } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import { type Health, runProbe } from '../health/health.ts';
import type { Lifecycle } from '../health/lifecycle.ts';
import type { Finding, Probe } from '../health/probe.ts';
import { json, type Reply, type Route } from '../http/route.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';

export interface OperationsParts {
  readonly version: string;
  readonly instance: string;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  readonly integrations: readonly Probe[];
  readonly probeTimeoutMs: number;
  readonly registry: MetricsRegistry;
  readonly clock: Clock;
  readonly faults: FaultInjector;
}

/** The specification speaks of redis where the health report speaks of the cache. */
const ALIASES: Readonly<Record<string, string>> = { redis: 'cache' };

/** What monitors, scrapers and smoke tests read. */
export function operationsRoutes(parts: OperationsParts): Route[] {
  const { registry } = parts;
  const read = { method: 'GET', access: 'public' } as const;
  return [
    {
      ...read,
      path: '/healthz',
      about: 'the state of the service and of each dependency; 503 unless all is fine',
      isSteered: false,
      handle: () => healthReply(parts),
    },
    {
      ...read,
      path: '/metrics',
      about: 'Prometheus metrics',
      isSteered: false,
      handle: () => ({
        kind: 'text',
        status: 200,
        type: 'text/plain; version=0.0.4',
        text: registry.render(),
      }),
    },
    {
      ...read,
      path: '/integrations',
      about: 'all integrations; 503 unless all are fine',
      isSteered: true,
      handle: () => integrationsReply(parts),
    },
    {
      ...read,
      path: '/integrations/:name/ping',
      about: 'asks one integration now: database, redis (or cache), queue or a provider',
      isSteered: true,
      handle: ({ params }) => pingReply(parts, params.name ?? ''),
    },
  ];
}

async function healthReply({
  lifecycle,
  health,
  version,
  instance,
}: OperationsParts): Promise<Reply> {
  const findings = await health.check();
  const isFine = findings.every((finding) => finding.isFine);
  const { phase } = lifecycle;
  const status = phase !== 'serving' ? phase : isFine ? 'ok' : 'failing';
  const uptimeSeconds = Math.floor(lifecycle.uptimeMs / 1000);
  return json(
    { status, version, instance, uptimeSeconds, dependencies: byName(findings) },
    status === 'ok' ? 200 : 503,
  );
}

async function integrationsReply({
  health,
  integrations,
  faults,
}: OperationsParts): Promise<Reply> {
  faults.trip('all_integrations_connected');
  const findings = (await health.check()).filter(({ name }) =>
    integrations.some((probe) => probe.name === name),
  );
  const isFine = findings.every((finding) => finding.isFine);
  return json({ connected: isFine, integrations: byName(findings) }, isFine ? 200 : 503);
}

async function pingReply(parts: OperationsParts, name: string): Promise<Reply> {
  const wanted = ALIASES[name] ?? name;
  const probe = parts.integrations.find((candidate) => candidate.name === wanted);
  if (probe === undefined) throw new ServiceError('not_found', 'no integration has this name');
  const finding = await runProbe(probe, parts.clock, parts.probeTimeoutMs);
  return json({ name, ...withoutName(finding) }, finding.isFine ? 200 : 503);
}

function byName(findings: readonly Finding[]): object {
  return Object.fromEntries(findings.map((finding) => [finding.name, withoutName(finding)]));
}

function withoutName({ state, latencyMs, reason }: Finding): object {
  return { state, latencyMs, ...(reason !== undefined && { reason }) };
}
