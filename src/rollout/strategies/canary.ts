/** Canary: a part of the traffic for the candidate, the rest for the release it replaced, watched side by side. */

import type { EnvironmentConfig } from '../../config/environment.ts';
import type { CanarySpec } from '../../judge/deployment.ts';
import type { Step } from '../plan.ts';
import { shape, type Fleet } from './shapes.ts';
import { lookEvery } from './watching.ts';

/** With traffic to turn, both slots stay whole; without, instances make the share. */
export function canary(
  { share, durationMs }: CanarySpec,
  agent: string,
  fleet: Fleet,
  { readyWithinMs: withinMs }: EnvironmentConfig,
  speed: number,
): readonly Step[] {
  const { instances } = fleet;
  const turns = fleet.dials.includes('traffic');
  const few = turns ? instances : Math.min(instances, Math.max(1, Math.round(instances * share)));
  const forMs = durationMs / speed;
  const percent = `${Math.round(share * 1000) / 10}%`;
  return [
    {
      kind: 'shape',
      name: `start_canary (${percent})`,
      agent,
      desired: shape(fleet, few, turns ? instances : Math.max(1, instances - few), share),
      withinMs,
    },
    { kind: 'watch', name: 'watch_canary', agent, forMs, everyMs: lookEvery(forMs) },
    {
      kind: 'shape',
      name: 'promote_canary',
      agent,
      desired: shape(fleet, instances, turns ? instances : 0, 1),
      withinMs,
    },
  ];
}
