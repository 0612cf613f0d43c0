/** Two who act on one environment, a process that was frozen meanwhile, and a declared command that outlives nemesis. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, processStartToken } from '../../src/measure/process/process-table.ts';
import type { Environment, Lane, Running } from './rollout-lane.ts';
import { endQuietly } from './rollout-lane.ts';
import { freshVersion, unpin } from './rollout-points.ts';

const BOUND_MS = 30_000;

/** Looks again and again, within bounds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + BOUND_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await pause(20);
  }
}

/** A deployment that has begun a step, and in `-wait-<part>` versions stays in the one of that part until `go`. */
export async function deployingAt(
  lane: Lane,
  environment: Environment,
  version: string,
  step: string,
): Promise<Running> {
  rmSync(path.join(lane.shared, 'go'), { force: true });
  await lane.makeRelease(version);
  const from = (await lane.events(environment)).length;
  const running = lane.start(lane.deploying(environment, version));
  await until(step, async () =>
    (await lane.events(environment))
      .slice(from)
      .some(({ type, body }) => type === 'step_intended' && body['name'] === step),
  );
  return running;
}

export const letGo = (lane: Lane): void => writeFileSync(path.join(lane.shared, 'go'), '');

/** One acts, another is told by whom and waits where that is asked for. @returns what was wrong */
export async function twoDeployers(lane: Lane): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [version, other] = [freshVersion(lane, '-wait-notify'), freshVersion(lane)];
  const first = await deployingAt(lane, 'staging', version, 'notify_team');
  await lane.makeRelease(other);
  const refused = await lane.run(lane.deploying('staging', other));
  const isTold = refused.err.includes('locked by lane') && refused.err.includes(version);
  if (refused.code !== 6 || !isTold) wrong.push(`refused: ${refused.code} ${refused.err}`);
  const waiting = lane.start([...lane.deploying('staging', other), '--wait', '2m']);
  // It has come to wait when it has had time to be refused as well.
  await Promise.race([waiting.ended, pause(2 * refused.ms)]);
  letGo(lane);
  const [one, two] = await Promise.all([first.ended, waiting.ended]);
  if (one.code !== 0) wrong.push(`the first ended with ${one.code}: ${one.err}`);
  if (two.code !== 0) wrong.push(`who waited ended with ${two.code}: ${two.err}`);
  lane.stable.staging = other;
  return [...wrong, ...(await servesOnly(lane, 'staging', other))];
}

/**
 * Steps of the staging gate that can be waited in, so that rounds freeze it in different ones. Not in between: a process that
 * is stopped while it writes to a SQLite file keeps everybody from writing to it.
 */
const FROZEN_AT = [
  ['before', 'clear_staging_cache'],
  ['smoke', 'run_smoke_tests'],
  ['check', 'run_sanity_suite'],
  ['notify', 'notify_team'],
  ['walk', 'smoke'],
] as const;

/** Stopped in the middle, taken over or rolled back by another, and woken: it may change nothing any more. */
export async function frozenDeployer(lane: Lane, round: number): Promise<readonly string[]> {
  const [part, step] = FROZEN_AT[round % FROZEN_AT.length] ?? FROZEN_AT[0];
  const environment = 'staging';
  const version = freshVersion(lane, `-wait-${part}`);
  const frozen = await deployingAt(lane, environment, version, step);
  frozen.child.kill('SIGSTOP');
  try {
    letGo(lane);
    const isBack = round % 2 === 0;
    const argv = isBack ? ['deploy:rollback'] : ['deploy:resume', '--take-over'];
    const went = await lane.run([...argv, '--env', environment]);
    const wrong = went.code === 0 ? [] : [`${argv[0]} ended with ${went.code}: ${went.err}`];
    const target = isBack ? lane.stable[environment] : version;
    lane.stable[environment] = target;
    const all = async () => [...(await lane.events(environment)), ...(await lane.events('-'))];
    const before = await all();
    frozen.child.kill('SIGCONT');
    const late = await frozen.ended;
    const after = await all();
    if (late.code !== 4) wrong.push(`the frozen one ended with ${late.code}: ${late.err}`);
    if (after.length !== before.length)
      wrong.push(`it wrote ${after.length - before.length} events`);
    wrong.push(...(await servesOnly(lane, environment, target)));
    await unpin(lane, environment);
    return wrong.map((line) => `round ${round}, ${step}: ${line}`);
  } finally {
    frozen.child.kill('SIGCONT');
    frozen.child.kill('SIGKILL');
  }
}

/** Killed, and the same command given once more: it waits until the lease of the dead has run out, and goes on. */
export async function sameAgain(lane: Lane): Promise<readonly string[]> {
  const version = freshVersion(lane);
  await lane.makeRelease(version);
  const argv = lane.deploying('staging', version);
  await lane.run(argv, { env: { NEMESIS_FAILPOINT: 'before_outcome:5' } });
  const refused = await lane.run(argv);
  const again = await lane.run([...argv, '--wait', '2m']);
  lane.stable.staging = version;
  return [
    ...(refused.code === 6 ? [] : [`before, it ended with ${refused.code}: ${refused.err}`]),
    ...(again.code === 0 && again.ms < 40_000
      ? []
      : [`it ended with ${again.code} after ${Math.round(again.ms)} ms: ${again.err}`]),
    ...(await servesOnly(lane, 'staging', version)),
  ];
}

/** A rollback from elsewhere while a deployment is under way. */
export async function rollbackWins(lane: Lane): Promise<readonly string[]> {
  const wrong: string[] = [];
  const previous = lane.stable.production;
  const version = freshVersion(lane, '-wait-check');
  const running = await deployingAt(lane, 'production', version, 'run_production_sanity');
  const back = await lane.run(['deploy:rollback', '--env', 'production'], { elsewhere: true });
  const before = await lane.events('production');
  letGo(lane);
  const late = await running.ended;
  if (back.code !== 0) wrong.push(`the rollback ended with ${back.code}: ${back.err}`);
  if (late.code !== 4) wrong.push(`the deployment ended with ${late.code}: ${late.err}`);
  const after = await lane.events('production');
  if (after.length !== before.length) wrong.push('the deployment wrote something afterwards');
  if (!(await unpin(lane, 'production'))) wrong.push('it is not pinned');
  return [...wrong, ...(await servesOnly(lane, 'production', previous))];
}

/** nemesis is killed while a step's command runs that cannot be asked to end; the next run of it comes alone. */
export async function orphanedCommand(lane: Lane): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [pidFile, heal, two] = ['pid', 'heal', 'two'].map((name) => path.join(lane.shared, name));
  for (const file of [pidFile, heal, two]) rmSync(file!, { force: true });
  const version = freshVersion(lane, '-hang');
  const running = await deployingAt(lane, 'staging', version, 'run_sanity_suite');
  await until('the command', () => existsSync(pidFile!) && readFileSync(pidFile!, 'utf8') !== '');
  const pid = Number(readFileSync(pidFile!, 'utf8'));
  const token = processStartToken(pid);
  running.child.kill('SIGKILL');
  await running.ended;
  writeFileSync(heal!, '');
  const went = await lane.run(['deploy:resume', '--env', 'staging', '--take-over']);
  if (went.code !== 0) wrong.push(`resume ended with ${went.code}: ${went.err}`);
  if (existsSync(two!)) wrong.push('the step ran twice at once');
  lane.stable.staging = version;
  wrong.push(...(await lane.strangers(10_000)));
  if (token === undefined || isRunning(pid, token)) {
    wrong.push('the command lives on');
    endQuietly(pid);
  }
  return wrong;
}

export async function servesOnly(
  lane: Lane,
  environment: Environment,
  version: string,
): Promise<readonly string[]> {
  const serves = await lane.serving(environment);
  const isOnly = Object.keys(serves).length === 1 && (serves[version] ?? 0) > 0.999;
  const sound = await lane.verify();
  return [
    ...(isOnly ? [] : [`${JSON.stringify(serves)} serves, not ${version} alone`]),
    ...(sound === undefined ? [] : [sound]),
  ];
}
