/** Metrics that no tool measures: what the tools of this run say, compared with the baseline. */

import type { MetricSource } from './catalogue.ts';

/** Known when a gate is judged, of the runners it asked for. Not a runner: no gate file can ask for it. */
export const compared = {
  id: 'baseline',
  metrics: {
    new_findings: {
      dimension: 'count',
      better: 'lower',
      about:
        'errors and warnings that are not in the baseline, of the runners of the gate that asks',
    },
  },
} as const satisfies MetricSource;
