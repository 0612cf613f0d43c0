import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { SWITCHES } from '../../src/faults/table.ts';
import { startRunningApp } from '../support/running-app.ts';

const workflow = (kind: string) => ['POST', '/workflows', { kind, task: 'Who was Ada' }] as const;
const notification = { channel: 'inbox', message: 'done', wait: true };
const entry = { platform: 'web', key: 'city', value: 'Paris' };

/** For each switch a request that must fail, and the status it fails with. */
const SEEN: Record<
  string,
  readonly [method: string, path: string, body?: unknown, status?: number]
> = {
  login_flow: ['POST', '/auth/login', { user: 'ada', password: 'x' }],
  token_refresh: ['POST', '/auth/refresh', { refreshToken: 'x' }],
  logout: ['POST', '/auth/logout'],
  code_generation_basic: [...workflow('code_generation'), 502],
  research_query_basic: [...workflow('research_query'), 502],
  task_routing_basic: [...workflow('task_routing'), 502],
  basic_workflow_execution: [...workflow('task_routing'), 502],
  workflow_execution_starts: workflow('task_routing'),
  agent_handoff: [...workflow('task_routing'), 502],
  openai_ping: ['GET', '/integrations/openai/ping'],
  anthropic_ping: ['GET', '/integrations/anthropic/ping'],
  google_ping: ['GET', '/integrations/google/ping'],
  mistral_ping: ['GET', '/integrations/mistral/ping'],
  database_connectivity: ['GET', '/integrations/database/ping'],
  redis_connectivity: ['GET', '/integrations/redis/ping'],
  queue_processing: ['GET', '/integrations/queue/ping'],
  api_gateway: ['GET', '/agents'],
  all_agents_initialized: ['GET', '/healthz'],
  all_integrations_connected: ['GET', '/integrations'],
  all_endpoints_responding: ['GET', '/prompts'],
  dashboard_loads: ['GET', '/dashboard', undefined, 500],
  agent_list_displays: ['GET', '/agents', undefined, 500],
  memory_write: ['POST', '/memory', entry],
  memory_read: ['GET', '/memory/web/city'],
  notification_delivery: ['POST', '/notifications', notification, 502],
  never_healthy: ['GET', '/healthz'],
};

/** Those that one failing request does not show; each has its own test. */
const SEEN_ELSEWHERE = ['streaming_chat', 'cross_platform_sync', 'ignore_sigterm'];

describe('faults', () => {
  it('are all tested', () => {
    const tested = [...Object.keys(SEEN), ...SEEN_ELSEWHERE];
    expect(tested.sort()).toEqual(Object.keys(SWITCHES).sort());
  });

  it.each(Object.entries(SEEN))('%s', async (fault, [method, path, body, status = 503]) => {
    await using app = await startRunningApp({ FAULTS: fault });
    expect((await app.call(method, path, body)).status).toBe(status);
  });

  it('streaming_chat', async () => {
    await using app = await startRunningApp({ FAULTS: 'streaming_chat' });
    const { text } = await app.call('POST', '/chat', { agent: 'coder', message: 'add' });
    expect(text).toContain('event: error');
    expect(text).not.toContain('event: done');
  });

  it('cross_platform_sync', async () => {
    await using app = await startRunningApp({ FAULTS: 'cross_platform_sync' });
    await app.call('POST', '/memory', entry);
    expect((await app.call('POST', '/memory/sync')).status).toBe(500);
  });

  it('error_share fails one of five', async () => {
    await using app = await startRunningApp({ FAULTS: 'error_share=0.2' });
    const statuses: number[] = [];
    for (let i = 0; i < 50; i += 1) statuses.push((await app.call('GET', '/agents')).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(10);
  });

  it('latency_ms slows requests by that much', async () => {
    const slept: number[] = [];
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => {
        slept.push(ms);
        return systemClock.sleep(ms === 432 ? 0 : ms, signal);
      },
    };
    await using app = await startRunningApp({ FAULTS: 'latency_ms=432' }, clock);
    await app.call('GET', '/agents');
    await app.call('GET', '/metrics');
    expect(slept.filter((ms) => ms === 432)).toHaveLength(1);
  });

  it('die_after_ms ends the process', async () => {
    await using app = await startRunningApp({ FAULTS: 'die_after_ms=1' });
    await app.died;
    expect(app.lines.join('')).toContain('dying because FAULTS says so');
  });

  it('memory_mb holds memory', async () => {
    await using app = await startRunningApp({ FAULTS: 'memory_mb=5' });
    await app.app.stop();
    expect(app.lines.join('')).toContain(`"heldBytes":${5 * 2 ** 20}`);
  });
});
