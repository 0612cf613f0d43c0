/** Where a notification goes: kept in the inbox, or sent to the configured webhook. */
export const CHANNELS = ['inbox', 'webhook'] as const;
type Channel = (typeof CHANNELS)[number];

export interface Notification {
  readonly id: string;
  readonly owner: string;
  readonly channel: Channel;
  readonly message: string;
  readonly status: 'queued' | 'delivered' | 'failed';
  readonly error?: string;
  readonly queuedAt: string;
  readonly deliveredAt?: string;
}
