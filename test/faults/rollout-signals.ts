/** Signals, a reader that goes away, and a store that goes away, while a candidate has a part of the traffic. */

import type { Cluster } from '../contracts/cluster.ts';
import type { Lane } from './rollout-lane.ts';
import { freshVersion } from './rollout-points.ts';
import { deployingAt, letGo, servesOnly } from './rollout-rivals.ts';

const BACK_WITHIN_MS = 8000;

/** A lane of real slowness: its canary lasts half a minute. */
export const CANARY_SPEED = 60;

/** Signals in the middle of a canary, one or more of them: all traffic is back in time, and it is recorded. */
export async function signalled(
  lane: Lane,
  signals: readonly NodeJS.Signals[],
  code: number,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const running = await deployingAt(lane, 'staging', freshVersion(lane), 'watch_canary');
  const began = performance.now();
  for (const signal of signals) running.child.kill(signal);
  const ended = await running.ended;
  const ms = performance.now() - began;
  if (ended.code !== code) wrong.push(`ended with ${ended.code ?? ended.signal}: ${ended.err}`);
  if (ms > BACK_WITHIN_MS) wrong.push(`it took ${Math.round(ms)} ms`);
  const events = await lane.events('staging');
  const fired = events.findLast(({ type }) => type === 'trigger_fired');
  if (fired?.body['trigger'] !== 'interrupted') wrong.push('no record tells of it');
  const statuses = events
    .filter(({ type }) => type === 'deployment_finished')
    .slice(-2)
    .map(({ body }) => String(body['status']))
    .join(', ');
  if (statuses !== 'rolled_back, succeeded') wrong.push(`recorded as ${statuses}`);
  const serves = await servesOnly(lane, 'staging', lane.stable.staging);
  return [...wrong, ...serves, ...(await lane.strangers())].map(
    (line) => `${signals.join()}: ${line}`,
  );
}

/** Nobody reads any more what it says. */
export async function unread(lane: Lane): Promise<readonly string[]> {
  const version = freshVersion(lane, '-wait-smoke');
  const running = await deployingAt(lane, 'staging', version, 'run_smoke_tests');
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  letGo(lane);
  const { code, signal } = await running.ended;
  lane.stable.staging = version;
  const serves = await servesOnly(lane, 'staging', version);
  return [...(code === 0 ? [] : [`it ended with ${code ?? signal}`]), ...serves];
}

/** The store goes away for a moment in the middle of a canary: it goes on, and nothing is missing. */
export async function storeAway(lane: Lane, cluster: Cluster): Promise<readonly string[]> {
  const version = freshVersion(lane, '-wait-notify');
  const running = await deployingAt(lane, 'staging', version, 'notify_team');
  await cluster.stop('immediate');
  letGo(lane);
  await cluster.start();
  const { code, err } = await running.ended;
  const wrong = code === 0 ? [] : [`it ended with ${code}: ${err}`];
  lane.stable.staging = version;
  return [...wrong, ...(await servesOnly(lane, 'staging', version)), ...(await lane.strangers())];
}

/** How long one call tries to reach the store, one lease, and what it takes to turn the traffic. */
const GIVES_UP_WITHIN_MS = 120_000;

/** It stays away for longer than a lease lasts: the candidate is taken off the traffic, and somebody can go on later. */
export async function storeGone(lane: Lane, cluster: Cluster): Promise<readonly string[]> {
  const wrong: string[] = [];
  const version = freshVersion(lane, '-wait-notify');
  const running = await deployingAt(lane, 'staging', version, 'notify_team');
  await cluster.stop('immediate');
  const began = performance.now();
  letGo(lane);
  const ended = await running.ended;
  const ms = Math.round(performance.now() - began);
  if (ended.code !== 3 || ms > GIVES_UP_WITHIN_MS)
    wrong.push(`it ended with ${ended.code} after ${ms} ms: ${ended.err}`);
  const serves = await lane.serving('staging');
  if (!((serves[lane.stable.staging] ?? 0) > 0.999))
    wrong.push(`${JSON.stringify(serves)} serves without a store`);
  await cluster.start();
  const status = await lane.run(['deploy:status', '--env', 'staging', '--json']);
  if (!status.out.includes(version)) wrong.push('the status does not tell of it');
  const resumed = await lane.run(['deploy:resume', '--env', 'staging', '--wait', '2m']);
  if (resumed.code !== 0) wrong.push(`resume ended with ${resumed.code}: ${resumed.err}`);
  lane.stable.staging = version;
  return [...wrong, ...(await servesOnly(lane, 'staging', version)), ...(await lane.strangers())];
}
