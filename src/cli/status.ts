/** What stands in each environment of a service now, those among them that only hold a lock. */

import { fail, ok, type Result } from '../failure.ts';
import { currentOf } from '../history/folds/current.ts';
import type { Stream } from '../history/journal.ts';
import type { Lease } from '../history/store.ts';
import { approvalsIn, APPROVAL_TYPES, isOpen } from '../pipeline/approvals.ts';
import { freezeAt } from '../rollout/freeze.ts';
import { readFreeze } from '../rollout/frozen.ts';
import { readPin, readUnfinished } from '../rollout/journal.ts';
import type { StatusOf } from '../report/history-text.ts';
import type { History } from './history.ts';

export interface StatusAsked {
  readonly service: string;
  /** All of them where none is named. */
  readonly env: string | undefined;
}

/** By name of environment. `now`: epoch milliseconds. */
export async function statusOf(
  history: History,
  { service, env }: StatusAsked,
  now: number,
): Promise<Result<readonly StatusOf[]>> {
  const { store, told } = history;
  const rows = await store.environments(service);
  if (!rows.ok) return fail(told(rows.failure));
  const leases = await store.leases(service);
  if (!leases.ok) return fail(told(leases.failure));
  // Leases end by the store's clock, not by ours.
  const clock = await store.now();
  if (!clock.ok) return fail(told(clock.failure));
  const locks = new Map(leases.value.map(({ stream, lease }) => [stream.environment, lease]));
  const names = [
    ...rows.value.map(({ environment }) => environment),
    ...locks.keys(),
    ...frozenByWindow(history, service, now),
  ];
  const all: StatusOf[] = [];
  for (const environment of [...new Set(names)].sort()) {
    if (env !== undefined && environment !== env) continue;
    const stream = { service, environment };
    const current = await store.current(stream);
    if (!current.ok) return fail(told(current.failure));
    const lock = lockOf(locks.get(environment), clock.value);
    const held = await heldBy(history, stream, now);
    if (!held.ok) return held;
    all.push({ stream, current: currentOf(current.value, now), lock, ...held.value });
  }
  return ok(all);
}

/** Those of ours that a window holds, also where nothing is recorded yet. */
function frozenByWindow(
  { service: own, session }: History,
  service: string,
  now: number,
): readonly string[] {
  const { environments } = session.loaded.config;
  return environments
    .filter(({ freeze = [] }) => own === service && freezeAt(freeze, now) !== undefined)
    .map(({ name }) => name);
}

/** What keeps a release from going there: a person's pin, a missing approval, work that was left half done. */
async function heldBy(
  { store, told, service, session }: History,
  stream: Stream,
  now: number,
): Promise<Result<Pick<StatusOf, 'pin' | 'frozen' | 'waiting' | 'half_done'>>> {
  const pin = await readPin(store, stream);
  if (!pin.ok) return fail(told(pin.failure));
  const { environments } = session.loaded.config;
  const own = environments.find(({ name }) => name === stream.environment);
  const windows = stream.service === service ? own?.freeze : undefined;
  const frozen = await readFreeze(store, stream, windows ?? [], now);
  if (!frozen.ok) return fail(told(frozen.failure));
  const newest = await store.newest(stream, APPROVAL_TYPES, MOST_RECORDS);
  if (!newest.ok) return fail(told(newest.failure));
  const unfinished = await readUnfinished(store, stream);
  if (!unfinished.ok) return fail(told(unfinished.failure));
  const waiting = approvalsIn([...newest.value].reverse(), now)
    .filter(isOpen)
    .map(({ id, release, requestedBy: by, words, accepts, expiresAt: expires_at }) => ({
      ...{ id, version: release.version, by, accepts, expires_at },
      said: words.map((word) => `${word.by}, ${word.proof}`),
    }));
  const half_done = unfinished.value
    .filter(({ plan }) => plan !== undefined)
    .map(({ deployment, plan, from, held, fired }) => ({
      ...{ deployment, step: from, of: plan?.steps.length ?? 0, held },
      name: plan?.steps[from]?.name ?? null,
      because: fired?.trigger ?? null,
    }));
  return ok({ pin: pin.value ?? null, frozen: frozen.value ?? null, waiting, half_done });
}

const MOST_RECORDS = 500;

function lockOf(lease: Lease | undefined, storeNow: number): StatusOf['lock'] {
  return lease === undefined ? null : { ...lease, expired: lease.expiresAt <= storeNow };
}
