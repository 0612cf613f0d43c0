/**
 * Who gets a lease. Pure, and the same on every store.
 *
 *            acquire            expires, then acquire by another
 *   free ───────────────▶ held ─────────────────────────────────▶ held (token + 1)
 *    ▲   token + 1         │ release (token stays), break (token + 1)
 *    └─────────────────────┘
 */

import { cleaned } from '../cleaned.ts';
import type { Lease, LeaseGrant, LeaseRequest } from '../store.ts';

/** What a store keeps for a stream: the newest token ever given, and the lease if somebody has it. */
export interface LeaseState {
  readonly token: number;
  readonly lease?: Lease | undefined;
}

export const NO_LEASE: LeaseState = { token: 0 };

/**
 * @param now by the store's clock
 * @param clockJumped that clock was set since the last heartbeat, so expiry cannot be told from it
 */
export function decideGrant(
  state: LeaseState,
  asked: LeaseRequest,
  now: number,
  clockJumped = false,
): LeaseGrant {
  const { token, lease: held } = state;
  if (held === undefined) return { kind: 'granted', lease: leaseFor(asked, token + 1, now) };
  if (held.id === asked.id) return { kind: 'granted', lease: leaseFor(asked, token, now) };
  if (asked.force !== true) {
    if (clockJumped) return { kind: 'held', by: held, clockJumped };
    if (held.expiresAt > now) return { kind: 'held', by: held };
  }
  return { kind: 'granted', lease: leaseFor(asked, token + 1, now), from: held };
}

function leaseFor(asked: LeaseRequest, token: number, now: number): Lease {
  return {
    id: asked.id,
    owner: cleaned(asked.owner),
    host: cleaned(asked.host),
    step: cleaned(asked.step),
    token,
    heartbeatAt: now,
    expiresAt: now + asked.ttlMs,
  };
}

/** The lease after a heartbeat; undefined where the token is not the one of the lease that is there. */
export function renewed(
  state: LeaseState,
  token: number,
  step: string,
  ttlMs: number,
  now: number,
): Lease | undefined {
  if (state.lease === undefined || state.token !== token) return undefined;
  return { ...state.lease, step: cleaned(step), heartbeatAt: now, expiresAt: now + ttlMs };
}

/** May somebody with this token write? */
export function mayWrite(state: LeaseState, fence: number | undefined): boolean {
  return fence === undefined || (state.lease !== undefined && state.token === fence);
}

/** What `breakLease` answers. */
export function brokenAnswer(broken: boolean, found: Lease | undefined) {
  return found === undefined ? { broken } : { broken, found };
}

export interface ClockReading {
  readonly now: number;
  readonly uptimeMs: number;
  readonly boot: string;
}

const JUMP_MS = 60_000;

/**
 * Was the wall clock set between two readings of one machine? Time since start cannot be set, so the two must have
 * moved alike. After a restart of the machine nobody holds anything, and the wall clock alone decides.
 */
export function hasJumped(then: ClockReading, now: ClockReading): boolean {
  if (then.boot !== now.boot || now.uptimeMs < then.uptimeMs) return false;
  return Math.abs(now.now - then.now - (now.uptimeMs - then.uptimeMs)) > JUMP_MS;
}
