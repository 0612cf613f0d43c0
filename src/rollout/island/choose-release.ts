/** Which release an emergency rollback goes to. Pure. */

import type { ReleaseRecord } from '../../history/records.ts';
import { releaseKey, type Observed, type ObservedSlot } from '../driver.ts';
import type { Known } from '../last-good.ts';

export type ReleaseChoice =
  /** `bad`: what is taken back; null where nothing serves. */
  | { readonly kind: 'restore'; readonly good: ReleaseRecord; readonly bad: ReleaseRecord | null }
  /** All of it serves already, and nothing else runs. */
  | { readonly kind: 'serves_already'; readonly good: ReleaseRecord }
  /** A first deployment is under way: there is nothing to go back to but nothing. */
  | { readonly kind: 'withdraw'; readonly bad: ReleaseRecord }
  /** What serves is the first there ever was, as far as anybody knows. */
  | { readonly kind: 'nothing_before'; readonly serves: ReleaseRecord | null }
  | { readonly kind: 'not_restorable'; readonly wanted: string }
  /** What is known does not tell. */
  | { readonly kind: 'undecided' };

type Knowledge = Pick<Known, 'good' | 'candidate' | 'pin'>;

/** @param asked a version; without one the last good release that is not what serves */
export function chooseRelease(
  observed: Observed,
  known: Knowledge,
  asked: string | undefined,
): ReleaseChoice {
  const main = mainIn(observed);
  if (asked !== undefined) {
    const found = releaseNamed(asked, observed, known);
    if (found === 'several') return { kind: 'undecided' };
    if (found === undefined) return { kind: 'not_restorable', wanted: asked };
    return restore(found, observed, known);
  }
  if (known.pin !== null) return restore(known.pin.release, observed, known);
  const { candidate } = known;
  if (candidate !== null) {
    const stable = known.good.find((one) => !isSame(one, candidate)) ?? other(main, candidate);
    if (stable !== undefined) return restore(stable, observed, known);
    return { kind: 'withdraw', bad: candidate };
  }
  return ofGood(observed, known, main);
}

/** No rollout is known to be under way. */
function ofGood(
  observed: Observed,
  known: Knowledge,
  main: ObservedSlot | undefined,
): ReleaseChoice {
  const [last] = known.good;
  const serving = observed.slots.filter(({ share }) => share > 0);
  if (last === undefined)
    return serving.length > 1 ? { kind: 'undecided' } : nothingBefore(main, known);
  // Several serve, or something nobody here has heard of: somebody rolls out from elsewhere.
  if (serving.length > 1)
    return serving.some(({ release }) => isSame(release, last))
      ? restore(last, observed, known)
      : { kind: 'undecided' };
  if (main === undefined) return restore(last, observed, known);
  const place = known.good.findIndex((one) => isSame(one, main.release));
  if (place < 0) return { kind: 'undecided' };
  const before = known.good[place + 1];
  return before === undefined ? nothingBefore(main, known) : restore(before, observed, known);
}

function nothingBefore(main: ObservedSlot | undefined, { good }: Knowledge): ReleaseChoice {
  const isKnown = main === undefined || good.some((one) => isSame(one, main.release));
  return isKnown
    ? { kind: 'nothing_before', serves: main?.release ?? null }
    : { kind: 'undecided' };
}

function restore(good: ReleaseRecord, observed: Observed, known: Knowledge): ReleaseChoice {
  const there = presentIn(observed).find((one) => isSame(one, good));
  if (there === undefined) return { kind: 'not_restorable', wanted: good.version };
  const others = observed.slots.filter(({ release }) => !isSame(release, good));
  const own = observed.slots.find(({ release }) => isSame(release, good));
  const isAlone = others.every(({ instances, share }) => instances === 0 && share === 0);
  const isUp = own !== undefined && own.share > 0 && own.healthy > 0;
  const isQuiet = known.candidate === null || isSame(known.candidate, good);
  if (isAlone && isUp && isQuiet) return { kind: 'serves_already', good };
  const bad = mainIn({ ...observed, slots: others })?.release ?? known.candidate;
  return { kind: 'restore', good, bad };
}

function releaseNamed(
  version: string,
  observed: Observed,
  { good }: Knowledge,
): ReleaseRecord | 'several' | undefined {
  const fits = presentIn(observed).filter((one) => one.version === version);
  if (fits.length < 2) return fits[0];
  return good.find((one) => fits.some((fit) => isSame(fit, one))) ?? 'several';
}

/** What has most of the requests, healthy or not; else what has most instances. */
function mainIn({ slots }: Observed): ObservedSlot | undefined {
  return slots
    .filter(({ share, instances }) => share > 0 || instances > 0)
    .toSorted((a, b) => b.share - a.share || b.instances - a.instances)[0];
}

function other(slot: ObservedSlot | undefined, than: ReleaseRecord): ReleaseRecord | undefined {
  return slot === undefined || isSame(slot.release, than) ? undefined : slot.release;
}

/** Everything the environment has, running or not, each once. */
export function presentIn(observed: Observed): readonly ReleaseRecord[] {
  const all = [...observed.slots.map(({ release }) => release), ...observed.restorable];
  return [...new Map(all.map((one) => [releaseKey(one), one])).values()];
}

const isSame = (a: ReleaseRecord, b: ReleaseRecord): boolean => releaseKey(a) === releaseKey(b);
