import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startProviderStandin } from '../../src/standins/provider-standin.ts';
import { startRedisStandin } from '../../src/standins/redis-standin.ts';
import { startRunningApp } from '../support/running-app.ts';

describe('stop', () => {
  it('lets a running request end and takes no new one', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => {
        if (ms !== 432) return systemClock.sleep(ms, signal);
        entered();
        return held;
      },
    };
    await using running = await startRunningApp({ FAULTS: 'latency_ms=432' }, clock);
    const request = running.call('GET', '/agents');
    await inside;
    const stopped = running.app.stop();
    release();
    expect((await request).status).toBe(200);
    await stopped;
    await expect(running.call('GET', '/agents')).rejects.toThrow();
  });

  it('cuts what does not end in time', async () => {
    const never = new Promise<void>(() => undefined);
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => {
        if (ms !== 432) return systemClock.sleep(ms, signal);
        entered();
        return never;
      },
    };
    const env = { FAULTS: 'latency_ms=432', DRAIN_TIMEOUT_MS: '1' };
    await using running = await startRunningApp(env, clock);
    const request = running.call('GET', '/agents').catch(() => 'cut');
    await inside;
    await running.app.stop();
    expect(await request).toBe('cut');
  });
});

describe('start', () => {
  it('makes up a password when none is set, but not in production', async () => {
    await using one = await startRunningApp();
    expect(one.app.generatedPassword).toMatch(/^[\w-]{16}$/);
    await using two = await startRunningApp({ NODE_ENV: 'production' });
    expect(two.app.generatedPassword).toBeUndefined();
  });

  it('refuses a port that is taken', async () => {
    await using one = await startRunningApp();
    const { port } = new URL(one.app.url);
    await expect(startRunningApp({ PORT: port })).rejects.toThrow('EADDRINUSE');
  });

  it('finds its data again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'agent-platform-'));
    try {
      await using first = await startRunningApp({ DATA_DIR: directory });
      await first.call('POST', '/memory', { platform: 'web', key: 'city', value: 'Paris' });
      await first.app.stop();
      await using second = await startRunningApp({ DATA_DIR: directory });
      expect((await second.call('GET', '/memory/web/city')).body.value).toBe('Paris');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('uses the addresses it is given', async () => {
    const providers = await startProviderStandin();
    const redis = await startRedisStandin(systemClock);
    const { openai, mistral } = providers.addresses;
    const running = await startRunningApp({
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_API_KEY: openai.apiKey,
      MISTRAL_BASE_URL: mistral.baseUrl,
      MISTRAL_API_KEY: 'not-the-key',
      REDIS_URL: `${redis.url.href}/1`,
      QUEUE_URL: redis.url.href,
    });
    expect(running.lines[0]).toContain('"standins":"anthropic,google"');
    const { status, body } = await running.call('GET', '/healthz');
    expect(status).toBe(503);
    expect(body.dependencies).toMatchObject({
      openai: { state: 'authenticated' },
      mistral: { state: 'failed', reason: 'mistral answered 401' },
      cache: { state: 'connected' },
      queue: { state: 'processing' },
    });
    await running.app.stop();
    await redis.close();
    await providers.close();
  });
});

describe('stand-ins', () => {
  it('refuse what their protocol does not have', async () => {
    const standin = await startProviderStandin();
    const { baseUrl, apiKey } = standin.addresses.mistral;
    const headers = { authorization: `Bearer ${apiKey}` };
    const post = (path: string, body: string) =>
      fetch(baseUrl + path, { method: 'POST', headers, body });
    expect((await fetch(`${baseUrl}/v1/files`, { headers })).status).toBe(404);
    expect((await fetch(new URL('/cohere/v1/models', baseUrl), { headers })).status).toBe(404);
    expect((await post('/v1/chat/completions', '{}')).status).toBe(400);
    expect((await post('/v1/chat/completions', '{')).status).toBe(400);
    await standin.close();
  });

  it('hang up on who speaks no redis protocol', async () => {
    const redis = await startRedisStandin(systemClock);
    const socket = connect(Number(redis.url.port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    await redis.close();
  });
});
