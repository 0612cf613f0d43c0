import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

interface HealthBody {
  readonly status: string;
  readonly dependencies: Record<string, { state: string; reason?: string }>;
}

/** A harness that serves, with its worker; `end` stops the worker. */
function serving(FAULTS = '') {
  const harness = createHarness({ FAULTS });
  const end = harness.startWork();
  harness.core.lifecycle.serve();
  return { ...harness, end };
}

async function health(FAULTS = '') {
  const { call, end } = serving(FAULTS);
  const { status, body } = await call('GET', '/healthz');
  await end();
  return { code: status, ...(body as HealthBody) };
}

describe('GET /healthz', () => {
  it('has a word for every dependency', async () => {
    const { code, dependencies } = await health();
    expect(code).toBe(200);
    const words = Object.entries(dependencies).map(([name, { state }]) => `${name} ${state}`);
    expect(words).toEqual([
      'api_gateway responding',
      'all_agents initialized',
      'database connected',
      'cache connected',
      'queue processing',
      'openai authenticated',
      'anthropic authenticated',
      'google authenticated',
      'mistral authenticated',
    ]);
  });

  it.each([
    ['api_gateway', 'api_gateway'],
    ['all_agents_initialized', 'all_agents'],
    ['database_connectivity', 'database'],
    ['redis_connectivity', 'cache'],
    ['queue_processing', 'queue'],
    ['openai_ping', 'openai'],
    ['anthropic_ping', 'anthropic'],
    ['google_ping', 'google'],
    ['mistral_ping', 'mistral'],
  ])('fails by %s', async (fault, name) => {
    const { code, status, dependencies } = await health(fault);
    expect(code).toBe(503);
    expect(status).toBe('failing');
    expect(dependencies[name]?.state).toBe('failed');
    expect(dependencies[name]?.reason).toMatch(/\S/);
  });

  it('is not fine before it serves and while it drains', async () => {
    const { call, core, clock, end } = serving('healthy_after_ms=1000');
    expect((await call('GET', '/healthz')).body).toMatchObject({ status: 'starting' });
    clock.advance(1000);
    expect((await call('GET', '/healthz')).status).toBe(200);
    core.lifecycle.drain();
    expect(await call('GET', '/healthz')).toMatchObject({
      status: 503,
      body: { status: 'draining' },
    });
    await end();
  });

  it('never becomes healthy by never_healthy', async () => {
    const { code, status } = await health('never_healthy');
    expect([code, status]).toEqual([503, 'starting']);
  });

  it('names a probe that does not answer', async () => {
    const { call, clock } = createHarness();
    const asked = call('GET', '/integrations/queue/ping');
    while (clock.sleeperCount === 0) await Promise.resolve();
    clock.advance(2000);
    expect(await asked).toMatchObject({ status: 503, body: { reason: 'no answer in 2000 ms' } });
  });
});

describe('GET /integrations', () => {
  it('asks one under both of its names', async () => {
    const { call, end } = serving();
    for (const name of ['redis', 'cache', 'database', 'queue', 'openai']) {
      expect((await call('GET', `/integrations/${name}/ping`)).status).toBe(200);
    }
    expect((await call('GET', '/integrations/fridge/ping')).status).toBe(404);
    expect((await call('GET', '/integrations')).body).toMatchObject({ connected: true });
    await end();
  });

  it.each([
    ['redis_connectivity', 503],
    ['all_integrations_connected', 503],
    ['login_flow', 200],
  ])('by %s', async (fault, status) => {
    const { call, end } = serving(fault);
    expect((await call('GET', '/integrations')).status).toBe(status);
    await end();
  });
});

describe('GET /metrics', () => {
  it('shows the process and the last health findings', async () => {
    const { call, end } = serving('openai_ping');
    await call('GET', '/healthz');
    const page = String((await call('GET', '/metrics')).body);
    expect(page).toContain('dependency_up{dependency="openai"} 0');
    expect(page).toContain('dependency_up{dependency="google"} 1');
    expect(page).toMatch(/process_resident_memory_bytes \d+/);
    expect(page).toContain('build_info{version="1.2.3",instance="agent-platform-8080"} 1');
    await end();
  });
});

describe('steering', () => {
  it('leaves monitors alone', async () => {
    const { call, end } = serving('error_share=1');
    expect((await call('GET', '/agents')).status).toBe(500);
    expect((await call('GET', '/healthz')).status).toBe(200);
    expect(String((await call('GET', '/metrics')).body)).toContain(
      'errors_total{type="internal"} 1',
    );
    await end();
  });
});
