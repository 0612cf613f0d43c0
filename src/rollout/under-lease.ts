/** Acting under the lease of an environment: waited for where that is asked for, given back on every way out. */

import { fail } from '../failure.ts';
import { fenceOf, holdLease, type Held } from './hold-lease.ts';
import { noteIn } from './journal.ts';
import type { WalkPorts } from './ports.ts';
import type { StageContext, StageResult } from './stage.ts';

/** How often somebody who waits for others looks again. */
export const POLL_MS = 2000;

/** Does the work while nobody else may, and gives the lease back. */
export async function underLease<T>(
  step: string,
  force: boolean,
  context: StageContext,
  work: (ports: WalkPorts) => Promise<StageResult<T>>,
): Promise<StageResult<T>> {
  const held = await waitForLease(step, force, context);
  if (!held.ok) return held;
  const { lease, lost } = held.value;
  const { store, stream, driver, author, clock, runCommand, alerts, tell, signal, at } = context;
  const { sources } = context;
  try {
    return await work({
      ...{ driver, clock, runCommand, alerts, tell, signal, lost, at },
      ...(sources !== undefined && { sources }),
      note: noteIn(store, stream, author, lease.token),
      fence: fenceOf(lease.token),
      newId: author.newId,
    });
  } finally {
    await held.value.release();
  }
}

async function waitForLease(
  step: string,
  force: boolean,
  { store, stream, author, clock, signal, waitMs, driver }: StageContext,
): Promise<StageResult<Held>> {
  const { newId, actor: owner, host } = author;
  const until = clock.now() + waitMs;
  const id = newId();
  // An emergency rollback may have gone ahead of the store: then the next token has to be above it.
  for (let tries = 0; ; tries += 1) {
    const held = await holdLease(
      store,
      stream,
      { id: force ? newId() : id, owner, host, step, force },
      clock,
    );
    if (held.ok) {
      const observed = await driver.observe(signal);
      const ahead = observed.ok && observed.value.fence >= fenceOf(held.value.lease.token);
      if (!ahead || tries > 10_000) return held;
      await held.value.release();
      continue;
    }
    if (held.failure.kind === 'store')
      return fail({ kind: 'store', failure: held.failure.failure });
    if (signal.aborted) return fail({ kind: 'interrupted' });
    if (clock.now() >= until) return fail({ ...held.failure, kind: 'locked' });
    await clock.sleep(Math.min(POLL_MS, until - clock.now()), signal);
  }
}
