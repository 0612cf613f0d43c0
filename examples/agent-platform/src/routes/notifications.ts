import { randomUUID } from 'node:crypto';
import { type Clock, withDeadline } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import { json, type Route } from '../http/route.ts';
import { CHANNELS, type Notification } from '../notifications/notification.ts';
import type { Queue } from '../queue/queue.ts';
import type { SettledJobs } from '../queue/settled.ts';
import { BodyFields } from '../shape.ts';
import type { Records } from '../storage/records.ts';
import { ownerOf } from './auth.ts';
import { findOwn } from './workflows.ts';

export interface NotificationRouteParts {
  readonly records: Records<Notification>;
  readonly queue: Queue;
  readonly settled: SettledJobs;
  readonly clock: Clock;
}

const WAIT_MS = 5000;

/** Sending notifications through the queue and looking at what became of them. */
export function notificationRoutes(parts: NotificationRouteParts): Route[] {
  const { records, queue, clock } = parts;
  return [
    {
      method: 'POST',
      path: '/notifications',
      about: 'queues a notification; with wait, answers when it was delivered',
      access: 'signed-in',
      isSteered: true,
      handle: async (request) => {
        const fields = new BodyFields(await request.body(), ['channel', 'message', 'wait']);
        const notification: Notification = {
          id: randomUUID(),
          owner: ownerOf(request.caller),
          channel: fields.oneOf('channel', CHANNELS),
          message: fields.text('message', 2000),
          status: 'queued',
          queuedAt: new Date(clock.nowMs()).toISOString(),
        };
        const shouldWait = fields.flag('wait', false);
        records.insert(notification);
        if (shouldWait) return json(await sendAndWait(parts, notification), 201);
        await queue.push({ kind: 'notification', id: notification.id });
        return json(notification, 202);
      },
    },
    {
      method: 'GET',
      path: '/notifications/:id',
      about: 'a notification and whether it was delivered',
      access: 'signed-in',
      isSteered: true,
      handle: ({ params, caller }) => json(findOwn(records, params.id, ownerOf(caller))),
    },
  ];
}

async function sendAndWait(
  { records, queue, settled, clock }: NotificationRouteParts,
  { id, owner }: Notification,
): Promise<Notification> {
  const late = () => new ServiceError('timeout', `not delivered within ${WAIT_MS} ms`);
  await withDeadline(
    clock,
    WAIT_MS,
    async (signal) => {
      const delivered = settled.wait(id, signal);
      delivered.catch(() => undefined);
      await queue.push({ kind: 'notification', id });
      await delivered;
    },
    late,
  );
  const ended = findOwn(records, id, owner);
  if (ended.status === 'delivered') return ended;
  throw new ServiceError('upstream_failed', ended.error ?? 'the notification was not delivered');
}
