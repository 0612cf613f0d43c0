/** A program that works on a store, to be killed, frozen and raced by the tests. Prints a line of JSON a result. */

import { writeSync } from 'node:fs';
import path from 'node:path';
import { headsIn } from '../../src/history/heads.ts';
import { openStore } from '../../src/history/open-store.ts';
import type { EventDraft } from '../../src/history/journal.ts';
import { stores } from '../../src/history/stores/index.ts';
import type { Store, StoreResult } from '../../src/history/store.ts';

const STREAM = { service: 'payments', environment: 'production' };

const [task = '', place = '', who = '', count = '0'] = process.argv.slice(2);

function say(line: unknown): void {
  // Written, not buffered: what stands here was acknowledged before the next call began.
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function draft(id: string): EventDraft {
  const body = { deployment: 'd-1', stage: id };
  return { id, type: 'deployment_stage', at: 1_750_000_000_000, actor: who, host: 'h', body };
}

function lease(id: string, ttlMs = 30_000) {
  return { id, owner: who, host: 'h', step: 'plan', ttlMs };
}

/** Events with a lease around them, as a deployment writes them, and the head of each remembered beside the store. */
async function deployment(store: Store): Promise<void> {
  const heads = headsIn(path.dirname(place));
  const granted = await store.acquire(STREAM, lease(`lease-${who}`));
  say({ granted: granted.ok && granted.value.kind === 'granted', result: brief(granted) });
  const token =
    granted.ok && granted.value.kind === 'granted' ? granted.value.lease.token : undefined;
  for (let n = 0; n < Number(count); n += 1) {
    const id = `${who}-${n}`;
    const result = await store.append(STREAM, [draft(id)], token);
    say({ id, result: brief(result) });
    const head = result.ok ? result.value[0] : undefined;
    try {
      if (head !== undefined) heads.remember(store.name, STREAM, head);
    } catch (error) {
      say({ forgotten: (error as NodeJS.ErrnoException).code });
    }
  }
  if (token !== undefined) say({ released: brief(await store.release(STREAM, token)) });
}

const tasks: Record<string, (store: Store) => Promise<void>> = {
  deployment,
  async append(store) {
    for (let n = 0; n < Number(count); n += 1)
      say({ id: `${who}-${n}`, result: brief(await store.append(STREAM, [draft(`${who}-${n}`)])) });
  },
  /** One stream a round, each begun at the same moment in every process. */
  async race(store) {
    const [rounds = 0, start = 0] = count.split('@').map(Number);
    for (let round = 0; round < rounds; round += 1) {
      while (Date.now() < start + round * 30);
      const granted = await store.acquire({ ...STREAM, environment: `r${round}` }, lease(who));
      say({ id: `r${round}`, result: brief(granted) });
    }
  },
  /** Holds a short lease, says so, and tries to write after each line it is sent. */
  async hold(store) {
    const granted = await store.acquire(STREAM, lease(who, Number(count)));
    say({ result: brief(granted) });
    const token = granted.ok && granted.value.kind === 'granted' ? granted.value.lease.token : 0;
    await new Promise((resolve) => process.stdin.once('data', resolve));
    say({ result: brief(await store.append(STREAM, [draft(`${who}-late`)], token)) });
    say({ result: brief(await store.renew(STREAM, token, 'late', 1_000)) });
    process.stdin.pause();
  },
  async open(store) {
    say({ migrated: (store as Store & { migrated?: boolean }).migrated });
    await Promise.resolve();
  },
};

function brief(result: StoreResult<unknown>): string {
  if (!result.ok) return result.failure.kind;
  const { kind } = (result.value ?? {}) as { kind?: unknown };
  return typeof kind === 'string' ? kind : 'ok';
}

const opened = await openStore({ env: {}, configured: place, folder: '/' }, stores);
if (opened.ok) {
  await tasks[task]?.(opened.value);
  await opened.value.close();
} else {
  say({ result: brief(opened) });
}
