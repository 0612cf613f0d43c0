/** What comes after the switch: the record, the end of what is left of the bad release, a last look. */

import type { ReleaseRecord } from '../../history/records.ts';
import type { Known } from '../last-good.ts';
import { bringBack, isSwitched, removeRest, type Switched } from './act.ts';
import type { Ports } from './patience.ts';
import type { Recorded } from './mainland.ts';
import type { Report } from './report.ts';
import { servesText } from './told.ts';

export interface Back {
  readonly known: Known;
  readonly good: ReleaseRecord | null;
  readonly bad: ReleaseRecord | null;
  /** Why, as the person said it. */
  readonly reason: string | undefined;
  readonly startedAt: number;
  readonly ports: Ports;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateFolder: string;
  readonly report: Report;
}

export async function finish(back: Back, switched: Switched): Promise<'yes' | 'rollback_failed'> {
  const { good, report, ports, known, bad } = back;
  const seen = servesText(switched.observed);
  report.did(seen);
  const seconds = (ports.now() / 1000).toFixed(1);
  const status = good === null ? 'withdrawn' : 'succeeded';
  const { recorded, fence } = await noted(back, status, switched.fence, [seen]);
  if (good !== null) {
    const removed = await removeRest(good, switched.instances, fence, ports);
    if (!removed.ok && 'why' in removed.failure)
      report.warns(
        `what is left of ${bad?.version ?? 'the others'} could not be ended: ${removed.failure.why}`,
      );
    const last = await ports.driver.observe();
    // Somebody with a higher token may have come between the switch and the lease.
    if (last.ok && !isSwitched(good, last.value, ports) && removed.ok) {
      const again = await bringBack(
        { good, instances: switched.instances, readyMs: known.ready_ms, above: removed.value },
        last.value,
        ports,
      );
      if (!again.ok) {
        report.failed('somebody else acts there, too', [`it serves: ${servesText(last.value)}`]);
        return 'rollback_failed';
      }
    }
  }
  report.done({ seconds, switchedMs: Math.round(switched.at), good, bad, known, recorded });
  return 'yes';
}

/** Writes down what was done. @returns the fence to go on with */
export async function noted(
  back: Back,
  status: 'succeeded' | 'withdrawn' | 'rollback_failed',
  fence: number,
  explanation: readonly string[],
): Promise<{ readonly recorded: Recorded; readonly fence: number }> {
  const { known, good, bad, reason, startedAt, env, stateFolder, report } = back;
  const mainland = await import('./mainland.ts').catch((error: unknown) => String(error));
  if (typeof mainland === 'string') {
    // An installation that is broken has switched all the same.
    report.warns(`the record could not be kept: ${mainland}`);
    return { recorded: { kind: 'lost', why: mainland }, fence };
  }
  const { record, rememberEnvironment, storeWritten } = mainland;
  const { service, environment } = known;
  const store = env['NEMESIS_STORE']
    ? storeWritten(env, undefined, known.root ?? '/')
    : known.store;
  const endedAt = Date.now();
  const at = { startedAt, endedAt };
  const what = { service, environment, good, bad, status, reason, explanation };
  const recorded = await record({ ...what, ...at, store, stateFolder, env });
  const next = recorded.kind === 'store' ? Math.max(fence, recorded.fence) : fence;
  if (recorded.kind === 'lost') report.warns(`the record could not be kept: ${recorded.why}`);
  if (status === 'rollback_failed') return { recorded, fence: next };
  const pinned = reason ?? 'manual_trigger';
  const change = { kind: 'rolled_back', bad, good, pinned, fence: next } as const;
  try {
    rememberEnvironment(stateFolder, known, change, endedAt);
  } catch (error) {
    report.warns(`what is known of ${environment} could not be written: ${String(error)}`);
  }
  return { recorded, fence: next };
}
