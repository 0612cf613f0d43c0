import type { Health } from '../health/health.ts';
import type { MetricsRegistry } from './registry.ts';

/** The last health findings as numbers. A scrape asks no dependency itself. */
export function declareDependencyMetrics(registry: MetricsRegistry, health: Health): void {
  registry.gauge('dependency_up', 'Whether the last probe found it fine.', () =>
    health.last.map(({ name, isFine }) => ({
      labels: { dependency: name },
      value: isFine ? 1 : 0,
    })),
  );
}
