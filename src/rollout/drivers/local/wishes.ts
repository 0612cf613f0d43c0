/** What can be told of a wish without looking at the world. Pure. */

import { releaseKey, type Desired, type DriverFailure } from '../../driver.ts';
import type { State } from './state.ts';

/** Of the releases that get requests, sorted. */
export const servingKeys = ({ slots }: Desired): string[] =>
  slots
    .filter(({ share }) => share > 0)
    .map(({ release }) => releaseKey(release))
    .sort();

/** What served last stays restorable after everything was ended. */
export function nowOrBefore({ desired, before }: State): string[] {
  const now = servingKeys(desired);
  return now.length > 0 ? now : before;
}

/** Why it cannot be followed, whatever the world is like. */
export function wrongSlots({ slots }: Desired): DriverFailure | undefined {
  const refuse = (message: string): DriverFailure => ({ kind: 'refused', message });
  const keys = slots.map(({ release }) => releaseKey(release));
  if (new Set(keys).size < keys.length) return refuse('the same release is asked for twice');
  const idle = slots.find(({ share, instances }) => share > 0 && instances === 0);
  if (idle !== undefined)
    return refuse(`${idle.release.version} shall have requests, but no instance`);
  const sum = slots.reduce((total, { share }) => total + share, 0);
  if (sum === 0 || Math.abs(sum - 1) < 1e-6) return undefined;
  return refuse(`the shares add up to ${sum}, not to 1`);
}

/** For the log. */
export function inWords({ slots }: Desired): string {
  if (slots.length === 0) return 'nothing shall run';
  return slots
    .map(({ release, instances, share }) => `${release.version} x ${instances} at ${share}`)
    .join(', ');
}
