import { describe, expect, it } from 'vitest';
import { deliver } from '../../src/notifications/deliver.ts';
import type { Notification } from '../../src/notifications/notification.ts';
import { createHarness } from '../support/harness.ts';

const token = 'for-machines';
const harness = (FAULTS = '') => createHarness({ SERVICE_TOKEN: token, FAULTS });
const inbox = { channel: 'inbox', message: 'done' };

function delivery(send: typeof fetch) {
  const { core } = harness();
  const { faults, metrics, notifications: records } = core;
  const notification: Notification = {
    id: 'n1',
    owner: 'ada',
    channel: 'webhook',
    message: 'done',
    status: 'queued',
    queuedAt: '',
  };
  records.insert(notification);
  const webhookUrl = new URL('http://127.0.0.1:1/hook');
  const parts = { records, webhookUrl, clock: core.ports.clock, faults, metrics, send };
  return { records, run: () => deliver(parts, 'n1') };
}

describe('POST /notifications', () => {
  it('waits for the worker when asked to', async () => {
    const { call, startWork } = harness();
    const stop = startWork();
    const sent = await call('POST', '/notifications', { body: { ...inbox, wait: true }, token });
    expect(sent.status).toBe(201);
    expect(sent.body).toMatchObject({ status: 'delivered' });
    await stop();
  });

  it('answers at once otherwise', async () => {
    const { call } = harness();
    const sent = await call('POST', '/notifications', { body: inbox, token });
    expect(sent.status).toBe(202);
    const { id } = sent.body as Notification;
    expect((await call('GET', `/notifications/${id}`, { token })).body).toMatchObject({
      status: 'queued',
    });
  });

  it('fails by notification_delivery', async () => {
    const { call, startWork } = harness('notification_delivery');
    const stop = startWork();
    const sent = await call('POST', '/notifications', { body: { ...inbox, wait: true }, token });
    expect(sent.status).toBe(502);
    await stop();
  });

  it('stops waiting after five seconds', async () => {
    const { call, clock } = harness();
    const sent = call('POST', '/notifications', { body: { ...inbox, wait: true }, token });
    while (clock.sleeperCount === 0) await Promise.resolve();
    clock.advance(5000);
    expect((await sent).status).toBe(504);
  });
});

describe('deliver', () => {
  it('posts to the webhook once', async () => {
    let posts = 0;
    const { records, run } = delivery(() => {
      posts += 1;
      return Promise.resolve(new Response('ok'));
    });
    await run();
    await run();
    expect(posts).toBe(1);
    expect(records.find('n1')?.status).toBe('delivered');
  });

  it('writes down a refusal', async () => {
    const { records, run } = delivery(() => Promise.resolve(new Response('', { status: 500 })));
    await run();
    expect(records.find('n1')).toMatchObject({
      status: 'failed',
      error: 'the webhook answered 500',
    });
  });
});
