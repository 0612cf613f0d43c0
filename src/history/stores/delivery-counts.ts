/** Which deployments each count of the delivery metrics is of, in the words both SQL stores know. */

/**
 * Conditions on a deployment with `kind = 'deploy'` whose `time` lies in the window; see `DeliveryAggregates`. A flag is
 * a condition by itself in both.
 */
export const COUNTS = {
  deployments: { time: 'finished_at', is: `status = 'succeeded'` },
  lead: { time: 'finished_at', is: 'lead_ms >= 0' },
  lead_negative: { time: 'finished_at', is: 'lead_ms < 0' },
  lead_repeated: { time: 'finished_at', is: 'repeats IS NOT NULL' },
  lead_unknown: {
    time: 'finished_at',
    is: `status = 'succeeded' AND committed_at IS NULL AND repeats IS NULL`,
  },
  changes: {
    time: 'finished_at',
    is: `(status = 'succeeded' OR received_traffic_at IS NOT NULL OR failed)`,
  },
  failed: { time: 'finished_at', is: 'failed' },
  rework: {
    time: 'finished_at',
    is: `rework AND (status = 'succeeded' OR received_traffic_at IS NOT NULL OR failed)`,
  },
  recovery: { time: 'recovered_at', is: 'recovery_ms IS NOT NULL AND recovery_ms >= 0' },
  recovery_negative: { time: 'recovered_at', is: 'recovery_ms IS NOT NULL AND recovery_ms < 0' },
} as const;

export type CountName = keyof typeof COUNTS;

export const within = (time: string, from: string, to: string): string =>
  `${time} >= ${from} AND ${time} < ${to}`;

/** A count for each condition on this time, named after it. */
export function countsBy(time: 'finished_at' | 'recovered_at'): string {
  return Object.entries(COUNTS)
    .filter(([, condition]) => condition.time === time)
    .map(([name, { is }]) => `count(*) FILTER (WHERE ${is}) AS ${name}`)
    .join(', ');
}
