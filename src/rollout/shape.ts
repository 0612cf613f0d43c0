/** Does an environment look as asked? Pure. */

import { releaseKey, type Desired, type Dial, type Observed, type ObservedSlot } from './driver.ts';
import type { ReleaseRecord } from '../history/records.ts';

const SHARE_TOLERANCE = 0.005;

export interface Difference {
  /** `wish`: the dials do not stand as asked, so asking again may help; `health`: only waiting does. */
  readonly of: 'wish' | 'health';
  /** For people. */
  readonly text: string;
}

/**
 * What is different; empty where it looks as asked, with every instance of the `needed` releases healthy. Of others
 * only what they still have too much of counts: one that is broken shall keep nobody from replacing it.
 */
export function differing(
  desired: Desired,
  observed: Observed,
  dials: readonly Dial[],
  needed: readonly ReleaseRecord[],
): readonly Difference[] {
  const needs = new Set(needed.map(releaseKey));
  const turns = dials.includes('traffic');
  const wish = (text: string): Difference => ({ of: 'wish', text });
  const wanted = desired.slots.flatMap((slot): Difference[] => {
    const seen = slotSeen(observed, slot.release);
    const { version } = slot.release;
    const isNeeded = needs.has(releaseKey(slot.release));
    if (seen === undefined)
      return isNeeded && slot.instances > 0
        ? [wish(`${version} does not run: ${slot.instances} asked`)]
        : [];
    if (isNeeded ? seen.instances !== slot.instances : seen.instances > slot.instances)
      return [wish(`${version} has ${seen.instances} of ${slot.instances} instances`)];
    if (turns && Math.abs(seen.share - slot.share) > SHARE_TOLERANCE)
      return [
        wish(`${version} has ${percent(seen.share)} of the traffic, ${percent(slot.share)} asked`),
      ];
    if (!isNeeded || seen.healthy >= slot.instances) return [];
    const problem = seen.problems[0] === undefined ? '' : `: ${seen.problems[0]}`;
    return [
      { of: 'health', text: `${version}: ${seen.healthy} of ${slot.instances} healthy${problem}` },
    ];
  });
  const keys = new Set(desired.slots.map(({ release }) => releaseKey(release)));
  const strays = observed.slots
    .filter(
      ({ release, share, instances }) =>
        !keys.has(releaseKey(release)) && (turns ? share > 0 : instances > 0),
    )
    .map(({ release }) => wish(`${release.version} still has traffic`));
  return [...wanted, ...strays];
}

export function slotSeen(
  observed: Observed,
  release: ReleaseRecord | null,
): ObservedSlot | undefined {
  if (release === null) return undefined;
  const key = releaseKey(release);
  return observed.slots.find((slot) => releaseKey(slot.release) === key);
}

/** `1.8.2 100 % 4/4 healthy, 1.9.0 0 % 2/4 healthy` */
export function observedText({ slots }: Observed): string {
  if (slots.length === 0) return 'nothing runs';
  return slots
    .map(
      ({ release, share, healthy, instances }) =>
        `${release.version} ${percent(share)} ${healthy}/${instances} healthy`,
    )
    .join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
