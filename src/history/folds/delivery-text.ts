/** The delivery metrics in words; one text each, the same in the terminal and on the dashboard. */

import type { Delivery, MedianTime, Share } from './delivery.ts';

export function frequencyText({ deployment_frequency: figure }: Delivery): string {
  if (figure.kind === 'none') return none(figure.why);
  const days = `${counted(figure.active_days, 'day')} of ${Math.ceil(figure.observed_days)}`;
  const made = counted(figure.deployments.count, 'deployment');
  return `${decimal(figure.per_week)} a week (${made}, on ${days})`;
}

export function leadTimeText({ lead_time: figure }: Delivery): string {
  const { negative, repeated, unknown } = figure.left_out;
  return [
    timeText(figure),
    negative.count > 0 && `${negative.count} negative left out`,
    repeated.count > 0 && `${repeated.count} of a commit deployed before left out`,
    unknown.count > 0 && `${unknown.count} without a commit time left out`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

export function changeFailureText({ change_failure_rate: figure }: Delivery): string {
  return shareText(figure);
}

export function recoveryText({ recovery_time: figure }: Delivery): string {
  const { open, left_out } = figure;
  const censored = open && `${open.count} open, ${spanText(open.so_far_ms)} so far`;
  return [
    timeText(figure),
    censored,
    left_out.negative.count > 0 && `${left_out.negative.count} negative left out`,
  ]
    .filter((part) => part !== false && part !== null)
    .join(', ');
}

export function reworkText({ rework_rate: figure }: Delivery): string {
  return shareText(figure);
}

/** The two largest units, both rounded down: `3 h 12 m`, `2 d 4 h`, `45 s`. */
export function spanText(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const [minutes, hours, days] = [seconds / 60, seconds / 3600, seconds / 86_400].map(Math.floor);
  if (days) return `${days} d ${(hours ?? 0) % 24} h`;
  if (hours) return `${hours} h ${(minutes ?? 0) % 60} m`;
  if (minutes) return `${minutes} m ${seconds % 60} s`;
  return `${seconds} s`;
}

function timeText(figure: MedianTime): string {
  if (figure.kind === 'none') return none(figure.why);
  return `${spanText(figure.median_ms)} (median of ${figure.of.count})`;
}

function shareText(figure: Share): string {
  if (figure.kind === 'none') return none(figure.why);
  return `${decimal(figure.rate * 100)} % (${figure.counted.count} of ${figure.of.count})`;
}

function none(why: string): string {
  return `n/a (${why})`;
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

function decimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}
