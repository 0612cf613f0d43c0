import { describe, expect, it } from 'vitest';
import { hashPassword, matchesPassword } from '../../src/auth/passwords.ts';
import { createHarness } from '../support/harness.ts';

const password = ['correct', 'horse'].join('-');

async function signedIn(env: NodeJS.ProcessEnv = {}) {
  const harness = createHarness(env);
  await harness.users.put('ada', password);
  const { body } = await harness.call('POST', '/auth/login', { body: { user: 'ada', password } });
  return { ...harness, tokens: body as { accessToken: string; refreshToken: string } };
}

describe('passwords', () => {
  it('match their own hash only', async () => {
    const hash = await hashPassword(password);
    await expect(matchesPassword(password, hash)).resolves.toBe(true);
    await expect(matchesPassword('another', hash)).resolves.toBe(false);
    await expect(matchesPassword(password, 'plain')).resolves.toBe(false);
  });
});

describe('login', () => {
  it('opens a session that knows its user', async () => {
    const { call, tokens } = await signedIn();
    const me = await call('GET', '/auth/me', { token: tokens.accessToken });
    expect(me).toEqual({ status: 200, body: { kind: 'user', user: 'ada' } });
  });

  it.each([
    ['a wrong password', { user: 'ada', password: 'wrong' }, 401],
    ['an unknown user', { user: 'eve', password }, 401],
    ['a missing field', { user: 'ada' }, 400],
  ])('refuses %s', async (_what, body, status) => {
    const { call } = await signedIn();
    expect((await call('POST', '/auth/login', { body })).status).toBe(status);
  });

  it('leaves neither password nor token in the log and in the database', async () => {
    const { core, lines, tokens } = await signedIn();
    const stored = JSON.stringify([
      core.database.prepare('SELECT * FROM users').all(),
      core.database.prepare('SELECT * FROM tokens').all(),
      lines,
    ]);
    for (const secret of [password, tokens.accessToken, tokens.refreshToken]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('access token', () => {
  it('ends with time', async () => {
    const { call, clock, tokens } = await signedIn({ ACCESS_TOKEN_TTL_S: '60' });
    clock.advance(60_000);
    expect((await call('GET', '/auth/me', { token: tokens.accessToken })).status).toBe(401);
  });
});

describe('refresh', () => {
  it('trades the pair and ends the old one', async () => {
    const { call, tokens } = await signedIn();
    const { refreshToken } = tokens;
    const { body, status } = await call('POST', '/auth/refresh', { body: { refreshToken } });
    expect(status).toBe(200);
    const { accessToken } = body as { accessToken: string };
    expect((await call('GET', '/auth/me', { token: tokens.accessToken })).status).toBe(401);
    expect((await call('GET', '/auth/me', { token: accessToken })).status).toBe(200);
  });

  it('ends the session when a traded token comes back', async () => {
    const { call, tokens } = await signedIn();
    const body = { refreshToken: tokens.refreshToken };
    const traded = await call('POST', '/auth/refresh', { body });
    expect((await call('POST', '/auth/refresh', { body })).status).toBe(401);
    const { accessToken } = traded.body as { accessToken: string };
    expect((await call('GET', '/auth/me', { token: accessToken })).status).toBe(401);
  });

  it('knows refresh tokens from access tokens', async () => {
    const { call, tokens } = await signedIn();
    const body = { refreshToken: tokens.accessToken };
    expect((await call('POST', '/auth/refresh', { body })).status).toBe(401);
  });
});

describe('logout', () => {
  it('ends both tokens', async () => {
    const { call, tokens } = await signedIn();
    expect((await call('POST', '/auth/logout', { token: tokens.accessToken })).status).toBe(204);
    expect((await call('GET', '/auth/me', { token: tokens.accessToken })).status).toBe(401);
    const body = { refreshToken: tokens.refreshToken };
    expect((await call('POST', '/auth/refresh', { body })).status).toBe(401);
  });
});

describe('service token', () => {
  it('lets a machine in without a session', async () => {
    const { call } = createHarness({ SERVICE_TOKEN: 'for-machines' });
    const me = await call('GET', '/auth/me', { token: 'for-machines' });
    expect(me.body).toEqual({ kind: 'service', user: 'service' });
    expect((await call('GET', '/auth/me', { token: 'for-others' })).status).toBe(401);
  });
});

describe('expired sessions', () => {
  it('are cleared away by the next login', async () => {
    const { core, clock, sessions } = await signedIn();
    clock.advance(8 * 24 * 3600 * 1000);
    sessions.open('ada');
    expect(core.database.prepare('SELECT count(*) AS n FROM sessions').get()).toEqual({ n: 1 });
  });
});
