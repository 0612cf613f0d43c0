import type { Clock } from '../clock.ts';
import { reasonOf, ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Records } from '../storage/records.ts';
import type { Notification } from './notification.ts';

export interface DeliveryParts {
  readonly records: Records<Notification>;
  readonly webhookUrl: URL | undefined;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly metrics: ServiceMetrics;
  readonly send: typeof fetch;
}

const WEBHOOK_TIMEOUT_MS = 5000;

/** Delivers a queued notification and writes down how that went. One that was delivered before stays as it is. */
export async function deliver(parts: DeliveryParts, id: string): Promise<void> {
  const { records, clock, faults, metrics } = parts;
  const notification = records.find(id);
  if (notification?.status !== 'queued') return;
  try {
    faults.trip('notification_delivery', 'upstream_failed');
    if (notification.channel === 'webhook') await post(parts, notification);
    const deliveredAt = new Date(clock.nowMs()).toISOString();
    records.update({ ...notification, status: 'delivered', deliveredAt });
    metrics.notifications.add({ outcome: 'delivered' });
  } catch (thrown) {
    records.update({ ...notification, status: 'failed', error: reasonOf(thrown) });
    metrics.notifications.add({ outcome: 'failed' });
  }
}

async function post({ webhookUrl, send }: DeliveryParts, notification: Notification) {
  if (webhookUrl === undefined) throw new ServiceError('unavailable', 'no webhook is configured');
  const response = await send(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: notification.id, text: notification.message }),
    redirect: 'error',
    signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new ServiceError('upstream_failed', `the webhook answered ${response.status}`);
  }
}
