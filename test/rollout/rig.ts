/** What the tests of rollouts share: a service, its releases and environments, and worlds in which something goes wrong. */

import { parseSentence } from '../../src/language/index.ts';
import type { EnvironmentConfig } from '../../src/config/environment.ts';
import type { AgentAction, RollbackTrigger, Signal } from '../../src/judge/deployment.ts';
import { SIGNALS } from '../../src/judge/deployment.ts';
import type { ReleaseRecord } from '../../src/history/records.ts';
import type { Plan } from '../../src/rollout/plan.ts';
import type { FleetScript, ReleaseScript } from '../../src/rollout/simulation/fleet.ts';
import { simulate, type World } from '../../src/rollout/simulation/simulate.ts';
import { always } from '../../src/rollout/simulation/timeline.ts';
import {
  planRollout,
  type Actor,
  type PlanRequest,
} from '../../src/rollout/strategies/plan-rollout.ts';

export const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

export const release = (version: string): ReleaseRecord => ({
  version,
  commit: null,
  committed_at: null,
  artifact: `sha256:${version}`,
});

export const STABLE = release('1.8.2');
export const CANDIDATE = release('1.9.0');

export const place = { file: 'gates/production/deploy.yaml', line: 1, column: 1 };

const step = (name: string) => ({ name, place });

export function trigger(text: string): RollbackTrigger {
  if (SIGNALS.some((signal) => signal === text))
    return { kind: 'signal', signal: text as Signal, text, place };
  const parsed = parseSentence(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed)}`);
  return { kind: 'sentence', expr: parsed.expr, text, place };
}

const base = { requiresApproval: false };
const deploys = { environment: 'production', before: [], between: [], after: [] };

export const rolling = (triggers = ['error_rate > 10%', 'health_check_failure']): Actor => ({
  id: 'DEPLOY_PROD_001',
  action: {
    ...base,
    deployment: { ...deploys, strategy: 'rolling', batchShare: 0.25, batchIntervalMs: 300_000 },
    rollbackTriggers: triggers.map(trigger),
  } satisfies AgentAction,
});

export const blueGreen = (triggers = ['error_rate > 5%', 'health_check_failure']): Actor => ({
  id: 'DEPLOY_STAGING_001',
  action: {
    ...base,
    deployment: {
      ...{ ...deploys, strategy: 'blue-green', batchShare: 1, batchIntervalMs: 0 },
      between: [step('run_smoke_tests')],
      after: [step('verify_health_checks')],
    },
    rollbackTriggers: triggers.map(trigger),
  } satisfies AgentAction,
});

export const canary = (
  triggers = ['error_rate > baseline + 5%', 'latency_p95 > baseline + 50%', 'any_critical_alert'],
): Actor => ({
  id: 'DEPLOY_STAGING_003',
  action: {
    ...base,
    canary: {
      ...{ environment: 'production', share: 0.1, durationMs: 1_800_000 },
      ...{ judge: 'limits', comparisons: [], criteria: [] },
    },
    rollbackTriggers: triggers.map(trigger),
  },
});

export const validation: Actor = {
  id: 'DEPLOY_PROD_002',
  action: {
    ...base,
    validation: { environment: 'production', windowMs: 600_000 },
    rollbackTriggers: [],
  },
};

export const environment = (changes: Partial<EnvironmentConfig> = {}): EnvironmentConfig => ({
  name: 'production',
  driver: {
    ...{ kind: 'command', observe: ['observe'], apply: ['apply'], secrets: [], reach: 'machine' },
    ...{ dials: ['instances', 'traffic'], timeoutMs: 1000 },
  },
  ...{ instances: 4, readyWithinMs: 60_000, onInterrupt: 'rollback', withoutTraffic: 'refuse' },
  steps: { run_smoke_tests: { argv: ['smoke'], timeoutMs: 60_000 } },
  ...changes,
});

export function request(changes: Partial<PlanRequest> = {}): PlanRequest {
  return {
    ...{ service: 'checkout', environment: environment(), dials: ['instances', 'traffic'] },
    ...{ actors: [rolling()], release: CANDIDATE, stable: STABLE, speed: 1, migrations: 'none' },
    ...changes,
  };
}

export function planned(changes: Partial<PlanRequest> = {}): Plan {
  const plan = planRollout(request(changes));
  if (!plan.ok) throw new Error(JSON.stringify(plan.failure));
  return plan.value;
}

export const GOOD: ReleaseScript = {
  ...{ startUpMs: 2000, healthy: always(1), errorShare: always(0.001), restorable: true },
  latency: always({ p50Ms: 40, p95Ms: 120 }),
};

export type Changes = Partial<Omit<World, 'fleet'>> & {
  readonly candidate?: Partial<ReleaseScript>;
  readonly stable?: Partial<ReleaseScript>;
  readonly fleet?: Partial<FleetScript>;
};

export function world(plan: Plan, { candidate, stable, fleet, ...changes }: Changes = {}): World {
  return {
    fleet: {
      ...{ dials: plan.dials, requestsPerSecond: always(20), counts: true, seed: 1, kept: [] },
      scriptOf: ({ version }) => ({
        ...GOOD,
        ...(version === plan.release.version ? candidate : stable),
      }),
      ...fleet,
    },
    ...{ driverFaults: [], commands: {}, alerts: [] },
    ...{ askedAtMs: undefined, interruptedAtMs: undefined },
    ...changes,
  };
}

export const simulated = (plan: Plan, changes: Changes = {}) =>
  simulate(plan, world(plan, changes), turn);
