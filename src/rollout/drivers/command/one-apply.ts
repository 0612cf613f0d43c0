/**
 * Never two `apply` of one environment at once on this machine, also after a nemesis was killed and its script lives on.
 *
 *   claim ── nobody beside us ───────────────────────────────────▶ act ──▶ drop
 *     └─ somebody: drop ── its fence is higher ──▶ newer
 *                    └─ else wait for it; end it when its time is over, and at once (after a moment)
 *                       where its nemesis is dead or our fence is higher ──▶ claim again
 *
 * Whoever sees another claim takes its own back, so of two that come together at most one acts.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { endLeftover } from '../../../measure/process/leftover.ts';
import {
  claimsBeside,
  dropClaim,
  isOwned,
  makeClaim,
  markerOf,
  noteScript,
  type Claim,
} from './claims.ts';

export type Alone<T> =
  | { readonly kind: 'acted'; readonly value: T }
  /** An apply with a higher fence is under way. */
  | { readonly kind: 'newer'; readonly fence: number }
  /** Another does not end, and cannot be ended. */
  | { readonly kind: 'busy'; readonly pid: number }
  | { readonly kind: 'no_state'; readonly code: string }
  | { readonly kind: 'aborted' };

/** A script under way: the mark it carries, and who wants to hear of its start. */
export interface Mark {
  readonly id: string;
  readonly started: (pid: number) => void;
}

/** What one that should not be running any more is given to end by itself. */
const MOMENT_MS = 2_000;
const TERM_GRACE_MS = 3_000;
const SLACK_MS = 10_000;

export async function alone<T>(
  folder: string,
  { fence, longestMs }: Pick<Claim, 'fence' | 'longestMs'>,
  act: (mark: Mark) => Promise<T>,
  signal?: AbortSignal,
): Promise<Alone<T>> {
  const firstSeen = new Map<string, number>();
  const givenUp = new Set<string>();
  while (signal?.aborted !== true) {
    let claim: Claim;
    try {
      claim = makeClaim(folder, fence, longestMs, Date.now());
    } catch (error) {
      return { kind: 'no_state', code: (error as NodeJS.ErrnoException).code ?? 'unknown' };
    }
    let others: readonly Claim[];
    try {
      others = claimsBeside(folder, claim);
      if (others.length === 0) return { kind: 'acted', value: await act(markFor(folder, claim)) };
    } finally {
      dropClaim(folder, claim);
    }
    const newest = Math.max(...others.map((other) => other.fence));
    if (newest > fence) return { kind: 'newer', fence: newest };
    for (const other of others) {
      const seen = firstSeen.get(other.id) ?? Date.now();
      firstSeen.set(other.id, seen);
      if (Date.now() < overAt(other, seen, fence)) continue;
      if (givenUp.has(other.id)) return { kind: 'busy', pid: (other.script ?? other.owner).pid };
      givenUp.add(other.id);
      await endLeftover(other.script, markerOf(other), TERM_GRACE_MS);
    }
    await sleep(20 + Math.random() * 50);
  }
  return { kind: 'aborted' };
}

function markFor(folder: string, claim: Claim): Mark {
  const started = (pid: number) => {
    try {
      noteScript(folder, claim, pid);
    } catch {
      // The script runs already; its mark in the environment finds it, too.
    }
  };
  return { id: claim.id, started };
}

/** Until when it is waited for. */
function overAt(other: Claim, seen: number, fence: number): number {
  const isOutdated = !isOwned(other) || other.fence < fence;
  const byItself = Math.min(other.since, seen) + other.longestMs + SLACK_MS;
  // Before its script is started there is nothing to end: that takes it a moment, or it is halted.
  return isOutdated ? Math.min(byItself, seen + MOMENT_MS) : byItself;
}
