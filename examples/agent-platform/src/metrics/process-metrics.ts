import type { MetricsRegistry } from './registry.ts';

/** Memory, CPU and identity of this process, read at scrape time. */
export function declareProcessMetrics(
  registry: MetricsRegistry,
  about: { version: string; instance: string; startedAtMs: number },
): void {
  const gauge = (name: string, help: string, read: () => number) => {
    registry.gauge(name, help, () => [{ value: read() }]);
  };
  registry.gauge('build_info', 'Version and instance, always 1.', () => [
    { labels: { version: about.version, instance: about.instance }, value: 1 },
  ]);
  registry.gauge(
    'process_cpu_seconds_total',
    'CPU time used.',
    () => {
      const { user, system } = process.cpuUsage();
      return [{ value: (user + system) / 1e6 }];
    },
    'counter',
  );
  gauge(
    'process_start_time_seconds',
    'Start in seconds since 1970.',
    () => about.startedAtMs / 1000,
  );
  gauge('process_resident_memory_bytes', 'Memory held now.', () => process.memoryUsage.rss());
  // maxRSS is in kilobytes on every platform. https://nodejs.org/api/process.html#processresourceusage
  gauge(
    'process_peak_memory_bytes',
    'Most memory ever held.',
    () => process.resourceUsage().maxRSS * 1024,
  );
  gauge('nodejs_heap_used_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);
}
