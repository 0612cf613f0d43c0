/** Metrics that no tool measures: they are folded from what the history has recorded of a service. */

import type { MetricSource } from './catalogue.ts';

/** Read once a whole check sums its score. Not a runner: no gate file can ask for it, `tolerate` may name it. */
export const recorded = {
  id: 'history',
  metrics: {
    build_success_rate: {
      dimension: 'ratio',
      better: 'higher',
      about: 'share of builds that succeeded: the last 19 recorded ones and this one',
    },
    incidents_30_days: {
      dimension: 'count',
      better: 'lower',
      about: 'incidents recorded as opened in the last 30 days',
    },
    mean_time_to_recovery: {
      dimension: 'time',
      better: 'lower',
      about:
        'median time from a failure to its recovery over 90 days, as metrics:delivery tells it',
    },
    change_failure_rate: {
      dimension: 'ratio',
      better: 'lower',
      about: 'share of the deployments of 90 days that failed, as metrics:delivery tells it',
    },
  },
} as const satisfies MetricSource;
