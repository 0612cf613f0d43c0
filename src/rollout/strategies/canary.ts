/** Canary: a part of the traffic for the candidate, the rest for the release it replaced, watched side by side. */

import type { EnvironmentConfig } from '../../config/environment.ts';
import type { CanarySpec, RollbackTrigger } from '../../judge/deployment.ts';
import { analysisOf } from '../analysis/spec-of.ts';
import type { Expected } from '../analysis/spec.ts';
import type { Step } from '../plan.ts';
import { shape, type Fleet } from './shapes.ts';
import { lookEvery, windows } from './watching.ts';

/** With traffic to turn, both slots stay whole; without, instances make the share. */
export function canary(
  spec: CanarySpec,
  triggers: readonly RollbackTrigger[],
  agent: string,
  fleet: Fleet,
  environment: EnvironmentConfig,
  speed: number,
): readonly Step[] {
  const { share, durationMs } = spec;
  const { readyWithinMs: withinMs } = environment;
  const { instances } = fleet;
  const turns = fleet.dials.includes('traffic');
  const few = turns ? instances : Math.min(instances, Math.max(1, Math.round(instances * share)));
  const forMs = durationMs / speed;
  const everyMs = lookEvery(forMs);
  const analysis = analysisOf(spec, triggers, {
    ...{ minSamples: windows(speed).minSamples, noiseMs: speed === 1 ? NOISE_MS : TRIAL_NOISE_MS },
    lookCount: Math.floor(forMs / everyMs),
    declared: Object.keys(environment.metrics ?? {}),
    expected: expectedIn(environment, forMs, turns ? share : few / instances),
  });
  const percent = `${Math.round(share * 1000) / 10}%`;
  return [
    {
      kind: 'shape',
      name: `start_canary (${percent})`,
      agent,
      desired: shape(fleet, few, turns ? instances : Math.max(1, instances - few), share),
      withinMs,
    },
    {
      ...{ kind: 'watch', name: 'watch_canary', agent, forMs, everyMs },
      ...(analysis !== undefined && { analysis }),
    },
    {
      kind: 'shape',
      name: 'promote_canary',
      agent,
      desired: shape(fleet, instances, turns ? instances : 0, 1),
      withinMs,
    },
  ];
}

/** Quantiles of one release twice on one machine differ by so much over half an hour, and over some seconds. */
const NOISE_MS = 2;
const TRIAL_NOISE_MS = 10;

function expectedIn(
  { expectedTraffic }: EnvironmentConfig,
  forMs: number,
  share: number,
): Expected | null {
  if (expectedTraffic === undefined) return null;
  const requests = expectedTraffic * (forMs / 1000);
  return { candidate: requests * share, stable: requests * (1 - share) };
}
