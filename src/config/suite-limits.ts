/** The limits that stand among the suites of a gate, each as the metric it is about and what is asked of it. */

import type { GateFile } from './gate-schema.ts';
import { scenariosOf } from './prove-suites.ts';
import type { Step } from './yaml.ts';

export interface SuiteLimit {
  readonly path: readonly Step[];
  readonly metric: string;
  /** As written: `< 500ms`; of a coverage the share alone. */
  readonly limit: string;
  /** The section of checks it belongs to: the suite's name. */
  readonly section: string;
}

export function suiteLimits({ test_suites: suites }: GateFile): readonly SuiteLimit[] {
  if (suites === undefined) return [];
  const covered = (['unit', 'integration'] as const).flatMap((name): SuiteLimit[] => {
    const share = suites[name]?.coverage_threshold;
    if (share === undefined) return [];
    const path = ['test_suites', name, 'coverage_threshold'];
    return [{ path, metric: `${name}.coverage`, limit: `>= ${share}`, section: name }];
  });
  const { performance } = suites;
  const scenarios = scenariosOf(performance);
  const limits = (performance?.thresholds ?? []).flatMap((entry, index) =>
    Object.entries(entry).flatMap(([key, limit]) =>
      scenarios.map(({ name }): SuiteLimit => ({
        path: ['test_suites', 'performance', 'thresholds', index, key],
        metric: `performance.${name}.${key}`,
        limit,
        section: 'performance',
      })),
    ),
  );
  return [...covered, ...limits];
}
