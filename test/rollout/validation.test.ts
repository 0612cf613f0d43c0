/** Critical paths and the validation of a release that has all traffic: planned, and walked on an invented fleet. */

import { describe, expect, test } from 'vitest';
import type { SlaLimit } from '../../src/config/environment.ts';
import type { Probe } from '../../src/config/probe.ts';
import type { AgentAction, PathName } from '../../src/judge/deployment.ts';
import { simulate } from '../../src/rollout/simulation/simulate.ts';
import { planRollout, type Actor } from '../../src/rollout/strategies/plan-rollout.ts';
import { always } from '../../src/rollout/simulation/timeline.ts';
import {
  environment,
  place,
  planned,
  request,
  rolling,
  trigger,
  turn,
  world,
  type Changes,
} from './rig.ts';

const path = (name: string, section = 'health_checks'): PathName => ({ name, section, place });
const probe = (changes: Partial<Probe> = {}): Probe =>
  ({ kind: 'run', argv: ['true'], timeoutMs: 1000, needs: [], place, ...changes }) as Probe;

type Validation = NonNullable<AgentAction['validation']>;
const validation = (changes: Partial<Validation> = {}): Actor => ({
  id: 'DEPLOY_PROD_002',
  action: {
    requiresApproval: false,
    rollbackTriggers: [],
    validation: {
      ...{ environment: 'production', windowMs: 3_600_000, sensitivity: 'high' },
      step: { name: 'validation', place },
      checks: [path('all_endpoints_responding'), path('latency_within_sla', 'performance')],
      undeclared: 'warn',
      ...changes,
    },
  },
});

const smoke: Actor = {
  id: 'DEPLOY_STAGING_002',
  action: {
    requiresApproval: false,
    rollbackTriggers: [],
    smoke: {
      ...{ environment: 'production', maxMs: 300_000, step: { name: 'smoke', place } },
      paths: [path('login_flow', 'authentication'), path('logout', 'authentication')],
    },
  },
};

const sla: readonly SlaLimit[] = [
  {
    check: 'latency_within_sla',
    trigger: trigger('latency_p95 > 500ms') as SlaLimit['trigger'],
  },
];
const probes = { all_endpoints_responding: probe() };

describe('critical paths', () => {
  const withSmoke = (changes: Parameters<typeof environment>[0]) => ({
    actors: [rolling(), smoke],
    environment: environment(changes),
  });

  test('are one step, in the order they need each other, helpers included', () => {
    const declared = {
      login_flow: probe({ needs: ['sign_in'] }),
      logout: probe({ needs: ['login_flow'] }),
      sign_in: probe(),
    };
    const step = planned(withSmoke({ probes: declared })).steps.at(-1)!;
    expect(step).toMatchObject({ kind: 'probes', name: 'critical_paths', timeoutMs: 300_000 });
    const named = step.kind === 'probes' ? step.probes : [];
    expect(named.map(({ name, section }) => [name, section])).toEqual([
      ['sign_in', null],
      ['login_flow', 'authentication'],
      ['logout', 'authentication'],
    ]);
  });

  test('that nobody declares are refused, each with its place', () => {
    const refused = planRollout(request(withSmoke({ probes: { logout: probe() } })));
    expect(refused).toMatchObject({
      ok: false,
      failure: {
        kind: 'missing_steps',
        steps: [{ name: 'login_flow', section: 'authentication' }],
      },
    });
  });

  test('are walked by a step named smoke, where there are no probes', () => {
    const steps = { smoke: { argv: ['walk'], timeoutMs: 1000 } };
    expect(planned(withSmoke({ steps })).steps.at(-1)).toMatchObject({
      ...{ kind: 'command', name: 'smoke', argv: ['walk'] },
    });
  });

  test('one that fails takes the release back', async () => {
    const plan = planned(withSmoke({ probes: { login_flow: probe(), logout: probe() } }));
    const commands = { critical_paths: { takesMs: 2000, exitCode: 1 } };
    const { outcome } = await simulate(plan, world(plan, { commands }), turn);
    expect(outcome).toMatchObject({
      kind: 'rolled_back',
      because: { trigger: 'critical_paths', explanation: ['critical_paths: simulated'] },
    });
  });
});

describe('the validation', () => {
  const windowSteps = (speed: number, changes: Parameters<typeof environment>[0]) =>
    planned({ actors: [rolling(), validation()], speed, environment: environment(changes) })
      .steps.filter(({ agent }) => agent === 'DEPLOY_PROD_002')
      .map(({ name, ...rest }) => (rest.kind === 'watch' ? `${name} ${rest.forMs}` : name));

  test('is tried at the start, at the end and in between', () => {
    const steps = windowSteps(1, { probes });
    expect(steps).toHaveLength(13);
    expect(steps.slice(0, 3)).toEqual([
      'validate (1 of 7)',
      'validation_window (1 of 6) 600000',
      'validate (2 of 7)',
    ]);
    expect(steps.at(-1)).toBe('validate (7 of 7)');
  });

  test('has parts long enough to judge them, also in a rehearsal', () => {
    expect(windowSteps(180, { probes })).toHaveLength(9);
    expect(windowSteps(3600, { probes })).toEqual([
      'validate (1 of 2)',
      'validation_window 1000',
      'validate (2 of 2)',
    ]);
  });

  test('of nothing declared is the window alone, and the plan says what is not measured', () => {
    const plan = planned({ actors: [rolling(), validation()] });
    expect(plan.steps.at(-1)).toMatchObject({ name: 'validation_window', forMs: 3_600_000 });
    expect(plan.unmeasured).toEqual(['all_endpoints_responding', 'latency_within_sla']);
  });

  test('may be refused where a check is not declared', () => {
    const actors = [rolling(), validation({ undeclared: 'refuse' })];
    expect(planRollout(request({ actors, environment: environment({ sla }) }))).toMatchObject({
      failure: { kind: 'missing_steps', steps: [{ name: 'all_endpoints_responding' }] },
    });
  });

  test('is walked by a step of its name, where there are no probes', () => {
    const steps = windowSteps(3600, { steps: { validation: { argv: ['v'], timeoutMs: 1000 } } });
    expect(steps).toEqual(['validate (1 of 2)', 'validation_window 1000', 'validate (2 of 2)']);
  });

  const walked = async (changes: Changes) => {
    const plan = planned({
      actors: [rolling(), validation()],
      environment: environment({ probes, sla }),
    });
    return simulate(plan, world(plan, changes), turn);
  };

  test('a good release passes', async () => {
    expect((await walked({})).outcome.kind).toBe('succeeded');
  });

  test('a check that fails in the middle takes the release back, and is named', async () => {
    const commands = { 'validate (3 of 7)': { takesMs: 1000, exitCode: 1 } };
    expect((await walked({ commands })).outcome).toMatchObject({
      ...{ kind: 'rolled_back', because: { trigger: 'validate (3 of 7)' } },
    });
  });

  const slowFrom = (atMs: number): Changes => ({
    candidate: {
      latency: {
        points: [
          { since: 'start', atMs: 0, value: { p50Ms: 40, p95Ms: 120 } },
          { since: 'promotion', atMs, value: { p50Ms: 400, p95Ms: 900 } },
        ],
      },
    },
  });

  test('a broken promise takes it back by one bad look, in the window alone', async () => {
    const { outcome } = await walked(slowFrom(1_500_000));
    expect(outcome).toMatchObject({
      ...{ kind: 'rolled_back', because: { trigger: 'latency_within_sla: latency_p95 > 500ms' } },
    });
    const { explanation } = 'because' in outcome ? outcome.because : { explanation: [] };
    expect(explanation.join('\n')).not.toContain('looks in a row');
    const slow: Changes = { candidate: { latency: always({ p50Ms: 400, p95Ms: 900 }) } };
    const early = await walked(slow);
    const began = early.told.findLast(
      (event) => event.kind === 'step_began' && event.plan.strategy === 'rolling',
    );
    expect(began).toMatchObject({ step: { name: 'validation_window (1 of 6)' } });
    const because = 'because' in early.outcome ? early.outcome.because.trigger : '';
    expect(because).toContain('latency_within_sla');
  });

  test('a promise nothing can be told of is no yes', async () => {
    const { outcome } = await walked({ fleet: { requestsPerSecond: always(0.01) } });
    expect(outcome).toMatchObject({ kind: 'rolled_back', because: { trigger: 'no data' } });
  });
});
