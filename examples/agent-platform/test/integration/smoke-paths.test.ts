import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApp, startRunningApp } from '../support/running-app.ts';

const password = ['correct', 'horse'].join('-');
let app: RunningApp;

beforeAll(async () => {
  app = await startRunningApp({ SEED_USER: 'ada', SEED_PASSWORD: password });
});

afterAll(() => app.app.stop());

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

describe('authentication', () => {
  it('login, refresh, logout', async () => {
    const login = await app.call<Tokens>('POST', '/auth/login', { user: 'ada', password });
    expect(login.status).toBe(200);
    const { refreshToken } = login.body;
    const refreshed = await app.call<Tokens>('POST', '/auth/refresh', { refreshToken });
    const authorization = `Bearer ${refreshed.body.accessToken}`;
    const send = (method: string, path: string) =>
      fetch(app.app.url + path, { method, headers: { authorization } });
    expect(await (await send('GET', '/auth/me')).json()).toEqual({ kind: 'user', user: 'ada' });
    expect((await send('POST', '/auth/logout')).status).toBe(204);
    expect((await send('GET', '/auth/me')).status).toBe(401);
  });
});

describe('core workflows', () => {
  it.each(['code_generation', 'research_query', 'task_routing'])('%s', async (kind) => {
    const task = 'Write a function that adds two numbers';
    const { status, body } = await app.call('POST', '/workflows', { kind, task });
    expect(status).toBe(201);
    expect(body.status).toBe('completed');
    expect(body.output).toContain('Nothing had to be changed.');
  });
});

describe('integrations', () => {
  it.each(['openai', 'anthropic', 'google', 'mistral', 'database', 'redis', 'queue'])(
    '%s',
    async (name) => {
      expect((await app.call('GET', `/integrations/${name}/ping`)).status).toBe(200);
    },
  );
});

describe('dashboard', () => {
  it('loads, lists agents and starts a workflow', async () => {
    const page = await app.call('GET', '/dashboard');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text.match(/data-agent=/g)).toHaveLength(4);
    const body = { kind: 'research_query', task: 'Who was Ada', wait: false };
    expect((await app.call('POST', '/workflows', body)).status).toBe(202);
  });
});

describe('validation', () => {
  it('every public endpoint without a parameter responds', async () => {
    interface Endpoint {
      readonly method: string;
      readonly path: string;
      readonly access: string;
    }
    const list = await app.call<{ endpoints: Endpoint[] }>('GET', '/endpoints');
    const paths = list.body.endpoints
      .filter(
        ({ method, path, access }) =>
          method === 'GET' && access === 'public' && !path.includes(':'),
      )
      .map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) expect((await app.call('GET', path)).status).toBe(200);
  });

  it('platforms agree after a sync', async () => {
    await app.call('POST', '/memory', { platform: 'cli', key: 'city', value: 'Paris' });
    expect((await app.call('POST', '/memory/sync')).body.consistent).toBe(true);
    expect((await app.call('GET', '/memory/mobile/city')).body.value).toBe('Paris');
  });

  it('a notification is delivered', async () => {
    const body = { channel: 'inbox', message: 'done', wait: true };
    expect((await app.call('POST', '/notifications', body)).body.status).toBe('delivered');
  });

  it('chat streams events', async () => {
    const { headers, text } = await app.call('POST', '/chat', { agent: 'coder', message: 'add' });
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(text).toMatch(/^event: token\n/);
    expect(text).toContain('event: done\n');
  });
});

describe('requests the service refuses', () => {
  it('answers 413 to a long body and goes on', async () => {
    const { status } = await app.call('POST', '/memory', { value: 'x'.repeat(70_000) });
    expect(status).toBe(413);
    expect((await app.call('GET', '/agents')).status).toBe(200);
  });

  it('counts unknown paths as one series', async () => {
    await app.call('GET', '/wp-login');
    await app.call('GET', '/.git/config');
    const { text } = await app.call('GET', '/metrics');
    expect(text).toContain('http_requests_total{route="unmatched",method="GET",status="404"} 2');
    expect(text).not.toContain('wp-login');
  });

  it('says which version and instance answered', async () => {
    const { headers } = await app.call('GET', '/agents');
    expect(headers.get('x-version')).toBe('1.2.3');
    expect(headers.get('x-instance')).toBe('agent-platform-0');
  });
});
