import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

const get = (path: string, FAULTS = '') => createHarness({ FAULTS }).call('GET', path);

describe('dashboard', () => {
  it('lists the agents without a script', async () => {
    const { body } = await get('/dashboard');
    for (const agent of ['router', 'researcher', 'coder', 'reviewer']) {
      expect(body).toContain(`<tr data-agent="${agent}">`);
    }
  });

  it('brings its style and script', async () => {
    expect((await get('/dashboard.css')).status).toBe(200);
    expect((await get('/dashboard.js')).status).toBe(200);
  });

  it('fails by its faults', async () => {
    expect((await get('/', 'dashboard_loads')).status).toBe(500);
    expect((await get('/', 'agent_list_displays')).body).not.toContain('data-agent');
    expect((await get('/agents', 'agent_list_displays')).status).toBe(500);
  });
});

describe('agents', () => {
  it('are listed and shown with their prompt', async () => {
    expect((await get('/agents')).body).toMatchObject({ agents: { length: 4 } });
    expect((await get('/agents/coder')).body).toMatchObject({
      name: 'coder',
      state: 'initializing',
      prompt: { variables: ['task', 'context'] },
    });
    expect((await get('/agents/cook')).status).toBe(404);
  });

  it('have prompts anyone can read', async () => {
    expect((await get('/prompts')).body).toMatchObject({ prompts: { length: 4 } });
    expect((await get('/prompts', 'all_endpoints_responding')).status).toBe(503);
  });
});

describe('endpoints', () => {
  it('are all in the list', async () => {
    const { routes, call } = createHarness();
    const { body } = await call('GET', '/endpoints');
    expect((body as { endpoints: unknown[] }).endpoints).toHaveLength(routes.length);
  });

  it('tell what they do not know', async () => {
    const { call } = createHarness();
    expect((await call('GET', '/nowhere')).status).toBe(404);
    expect((await call('GET', '/agents/%E0%A4%A')).status).toBe(404);
    expect(await call('DELETE', '/agents')).toMatchObject({
      status: 405,
      body: { error: { message: 'use GET here' } },
    });
    expect((await call('HEAD', '/agents')).status).toBe(200);
  });
});
