/** Metrics that no tool measures: they are read from the requests of one release while it is watched. */

import type { MetricSource } from './catalogue.ts';

/** Not a runner: rollback triggers ask for it. `baseline` is the stable release over the same window. */
export const traffic = {
  id: 'traffic',
  metrics: {
    error_rate: {
      dimension: 'ratio',
      better: 'lower',
      about: 'share of the requests of one release that failed while it was watched',
    },
    latency_p50: {
      dimension: 'time',
      better: 'lower',
      about: 'half of the requests of one release took at most so long while it was watched',
    },
    latency_p95: {
      dimension: 'time',
      better: 'lower',
      about: '95 % of the requests of one release took at most so long while it was watched',
    },
    latency_p99: {
      dimension: 'time',
      better: 'lower',
      about: '99 % of the requests of one release took at most so long while it was watched',
    },
    throughput: {
      dimension: 'rate',
      better: 'higher',
      about:
        'requests one release answered without error in a second, by its share of the traffic, while it was watched',
    },
  },
} as const satisfies MetricSource;
