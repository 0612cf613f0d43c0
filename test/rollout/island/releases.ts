/** Releases, what is known of them, and environments, for tests. */

import type { ReleaseRecord } from '../../../src/history/records.ts';
import type { Observed } from '../../../src/rollout/driver.ts';
import type { Known } from '../../../src/rollout/last-good.ts';

export const release = (version: string): ReleaseRecord => ({
  ...{ version, commit: null, committed_at: null, artifact: `sha256:${version}` },
});

export const known = (of: Partial<Known> = {}): Known => ({
  ...{ service: 'pay', environment: 'production', driver: { kind: 'local' }, store: null },
  ...{ root: null, instances: 4, ready_ms: null, good: [], candidate: null, serves: null },
  ...{ pin: null, fence: 0, updated_at: 0 },
  ...of,
});

type Part = readonly [release: ReleaseRecord, instances: number, share: number, healthy?: number];

export const observed = (parts: readonly Part[], more: Partial<Observed> = {}): Observed => ({
  fence: 2048,
  slots: parts.map(([one, instances, share, healthy = instances]) => ({
    ...{ release: one, instances, share, healthy, traffic: null, problems: [] },
  })),
  restorable: [],
  ...more,
});
