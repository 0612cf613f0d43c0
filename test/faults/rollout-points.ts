/**
 * Rollouts that are killed at a named point, and what somebody does about it then. Of every case is asked: did the status
 * tell the truth, is nothing lost that was written, does one release serve alone, do exit code, JSON and journal tell the
 * same, is the lock free, and does nothing run on that should not.
 */

import os from 'node:os';
import type { JournalEvent } from '../../src/history/journal.ts';
import { readPin } from '../../src/rollout/journal.ts';
import type { Plan } from '../../src/rollout/plan.ts';
import { POSITIONS } from '../../src/rollout/ports.ts';
import { value } from '../contracts/store.ts';
import type { Ended, Environment, Lane } from './rollout-lane.ts';

export const CONTINUATIONS = ['resume', 'rollback', 'takeover'] as const;
export type Continuation = (typeof CONTINUATIONS)[number];

/** What is killed. */
export interface Flow {
  readonly name: string;
  readonly environment: Environment;
  readonly kind:
    /** A deployment on its way forward. */
    | 'deploy'
    /** The way back of one that failed. */
    | 'automatic'
    /** A person's rollback at rest. */
    | 'by_hand'
    /** A person's rollback of a deployment that was killed half way. */
    | 'half_way'
    /** `deploy:resume` of a deployment that was killed half way. */
    | 'resume';
  /** Where the deployment is killed first, by the name of the step. */
  readonly first?: string;
}

export const FLOWS: readonly Flow[] = [
  { name: 'blue-green and canary', environment: 'staging', kind: 'deploy' },
  { name: 'rolling and validation', environment: 'production', kind: 'deploy' },
  { name: 'automatic rollback, staging', environment: 'staging', kind: 'automatic' },
  { name: 'automatic rollback, production', environment: 'production', kind: 'automatic' },
  { name: 'rollback by hand, staging', environment: 'staging', kind: 'by_hand' },
  { name: 'rollback by hand, production', environment: 'production', kind: 'by_hand' },
  {
    ...{ name: 'rollback half way, staging', environment: 'staging', kind: 'half_way' },
    first: 'start_canary (10%)',
  },
  {
    ...{ name: 'rollback half way, production', environment: 'production', kind: 'half_way' },
    first: 'verify_metrics (batch 2)',
  },
  {
    ...{ name: 'resume, staging', environment: 'staging', kind: 'resume' },
    first: 'switch_traffic_if_green',
  },
  {
    ...{ name: 'resume, production', environment: 'production', kind: 'resume' },
    first: 'verify_metrics (batch 2)',
  },
];

export interface Cell {
  readonly flow: Flow;
  /** As NEMESIS_FAILPOINT takes it. */
  readonly point: string;
  readonly continuation: Continuation;
}

export const isWayBack = ({ kind }: Flow): boolean =>
  kind === 'automatic' || kind === 'by_hand' || kind === 'half_way';

const TURNS = { deploy: ['ended:0'], automatic: ['decided:0', 'ended:0'] };

/** All points of a flow, found by walking it once without being killed. */
export async function pointsOf(lane: Lane, flow: Flow): Promise<readonly string[]> {
  const { environment, first } = flow;
  await killedFirst(lane, flow);
  const version = next(lane, flow);
  if (flow.kind === 'by_hand') await lane.deploy(environment, version);
  else if (first === undefined) await lane.makeRelease(version);
  const ended = await lane.run(argvOf(lane, flow, version));
  if (ended.signal !== null) throw new Error(`${flow.name}: ${ended.err}`);
  const before = lane.stable[environment];
  lane.stable[environment] = Object.keys(await lane.serving(environment))[0] ?? before;
  await unpin(lane, environment);
  const plan = plansIn(await lane.events(environment)).at(-1)?.plan;
  const from = flow.kind === 'resume' ? indexOf(plan, first) : 0;
  const way = isWayBack(flow) ? 'restore/' : '';
  const steps = (plan?.steps ?? []).flatMap((step, index) =>
    index < from
      ? []
      : POSITIONS.filter((position) => position !== 'during_apply' || step.kind === 'shape').map(
          (position) => `${position}:${index}`,
        ),
  );
  const turns = isWayBack(flow) && flow.kind !== 'by_hand' ? TURNS.automatic : TURNS.deploy;
  return [...steps, ...turns].map((point) => `${way}${point}`);
}

/** @returns what was wrong, a line each */
export async function runCell(lane: Lane, cell: Cell): Promise<readonly string[]> {
  const { flow, point, continuation } = cell;
  const { environment } = flow;
  await killedFirst(lane, flow);
  const version = next(lane, flow);
  if (flow.kind === 'by_hand') await lane.deploy(environment, version);
  else if (flow.first === undefined) await lane.makeRelease(version);
  const killed = await lane.run(argvOf(lane, flow, version), { env: { NEMESIS_FAILPOINT: point } });
  if (killed.signal !== 'SIGKILL') return [`the point was not reached: ${said(killed)}`];

  const before = await lane.events(environment);
  const open = unfinishedIn(before);
  const told = await statusTells(lane, environment, open, before);
  const went = await lane.run(...argvAfter(environment, continuation));
  const after = await lane.events(environment);
  const serves = await lane.serving(environment);
  const [only = 'nothing'] = Object.keys(serves);
  const { target, codes } = expected(lane, cell, version, open.length > 0);
  lane.stable[environment] = only;
  const isAlone = Object.keys(serves).length === 1 && (serves[only] ?? 0) > 0.999;
  return [
    ...acknowledgedAt(point, before),
    ...told,
    ...(codes.includes(went.code ?? -1) ? [] : [`${continuation} ended with ${said(went)}`]),
    ...lost(before, after),
    ...(isAlone ? [] : [`several serve: ${JSON.stringify(serves)}`]),
    ...(target.includes(only) ? [] : [`${only} serves, and not ${target.join(' or ')}`]),
    ...sameStory(went, after, only, version),
    ...withEvidence(after),
    ...(await atRest(lane, environment, only, open.length === 0 && isRefused(went.code))),
    ...(await pinnedAsAsked(lane, cell, went)),
    ...(await soundHistory(lane)),
    ...(await lane.strangers()),
  ];
}

/** Every event of before is there once, as it was. */
function lost(before: readonly JournalEvent[], after: readonly JournalEvent[]): readonly string[] {
  const ids = new Set(after.map(({ id }) => id));
  return [
    ...before
      .filter(({ seq, hash }) => after[seq - 1]?.hash !== hash)
      .map(({ seq, type }) => `event ${seq}, ${type}, is gone or changed`),
    ...(ids.size === after.length ? [] : ['an event is there twice']),
    ...(unfinishedIn(after).length === 0 ? [] : ['a record is still running']),
  ];
}

/** @param isLeft with nothing half done nobody took the lease of the dead: it runs out by itself */
async function atRest(
  lane: Lane,
  environment: Environment,
  serves: string,
  isLeft: boolean,
): Promise<readonly string[]> {
  const { serves: told, running, in_doubt, lock } = await statusOf(lane, environment);
  if (lock !== null) await lane.unlock(environment, lock.token);
  return [
    ...(told?.version === serves ? [] : [`the status says ${told?.version} serves`]),
    ...(running.length === 0 && in_doubt === null ? [] : ['the status says it is not done']),
    ...(isLeft || lock === null ? [] : [`the lock is held: ${JSON.stringify(lock)}`]),
  ];
}

/** A person's rollback holds the environment, and nothing else does. */
async function pinnedAsAsked(
  lane: Lane,
  { flow, continuation }: Cell,
  { code }: Ended,
): Promise<readonly string[]> {
  const { kind, environment } = flow;
  const isPinned = await unpin(lane, environment);
  const asked =
    (continuation === 'rollback' && !isRefused(code)) || kind === 'by_hand' || kind === 'half_way';
  return isPinned === asked ? [] : [asked ? 'it is not pinned' : 'it is pinned'];
}

async function soundHistory(lane: Lane): Promise<readonly string[]> {
  const report = await lane.verify();
  return report === undefined ? [] : [`the history is not sound: ${report}`];
}

/** Kills a deployment half way, where a flow begins with that. */
async function killedFirst(lane: Lane, { environment, first }: Flow): Promise<void> {
  if (first === undefined) return;
  const version = freshVersion(lane);
  await lane.makeRelease(version);
  const point = await pointNamed(lane, environment, `before_outcome:${first}`);
  const argv = lane.deploying(environment, version);
  const killed = await lane.run(argv, { env: { NEMESIS_FAILPOINT: point } });
  if (killed.signal !== 'SIGKILL') throw new Error(`not killed at ${point}: ${said(killed)}`);
}

/** `during_apply:start_canary (10%)` as a point, by the last plan of the environment; a number stays what it is. */
export async function pointNamed(
  lane: Lane,
  environment: Environment,
  named: string,
): Promise<string> {
  const [position = '', step = ''] = named.split(':');
  if (/^[0-9]+$/.test(step)) return named;
  const plans = plansIn(await lane.events(environment)).map(({ plan }) => plan);
  const index = indexOf(
    plans.findLast(({ strategy }) => strategy !== 'restore'),
    step,
  );
  if (index < 0) throw new Error(`${environment} has no step ${step}`);
  return `${position}:${index}`;
}

function indexOf(plan: Plan | undefined, name: string | undefined): number {
  return plan?.steps.findLastIndex((step) => step.name === name) ?? -1;
}

const made = new WeakMap<Lane, number>();

/** One that this lane has not seen. */
export function freshVersion(lane: Lane, suffix = ''): string {
  const count = (made.get(lane) ?? 10) + 1;
  made.set(lane, count);
  return `${count}.0.0${suffix}`;
}

/** What is rolled out in a flow; where it was killed before, that goes on. */
function next(lane: Lane, { kind, first }: Flow): string {
  if (first !== undefined) return `${made.get(lane)}.0.0`;
  return freshVersion(lane, kind === 'automatic' ? '-bad' : '');
}

function argvOf(lane: Lane, { kind, environment }: Flow, version: string): readonly string[] {
  if (kind === 'deploy' || kind === 'automatic') return lane.deploying(environment, version);
  if (kind === 'resume') return ['deploy:resume', '--env', environment, '--take-over'];
  return ['deploy:rollback', '--env', environment, '--reason', 'it is odd'];
}

function argvAfter(
  environment: Environment,
  continuation: Continuation,
): [readonly string[], { readonly elsewhere: boolean }] {
  const where = ['--env', environment, '--json'];
  return continuation === 'rollback'
    ? [['deploy:rollback', ...where], { elsewhere: false }]
    : [['deploy:resume', ...where, '--take-over'], { elsewhere: continuation === 'takeover' }];
}

/** What may serve afterwards, and how the continuation may end. */
function expected(
  lane: Lane,
  { flow, continuation, point }: Cell,
  version: string,
  isOpen: boolean,
): { readonly target: readonly string[]; readonly codes: readonly number[] } {
  const stable = lane.stable[flow.environment];
  const older = lane.older[flow.environment];
  // A rollback by hand at rest leads from what was deployed last to what was before it.
  const previous = flow.kind === 'by_hand' ? older : stable;
  if (!isOpen && continuation !== 'rollback')
    return { target: [isWayBack(flow) ? previous : version], codes: [3] };
  // Back already: the release before that may serve then, or there is none that is known to be good.
  if (!isOpen && isWayBack(flow)) return { target: [older, previous], codes: [0, 7] };
  if (continuation === 'rollback') return { target: [previous], codes: [0] };
  if (isWayBack(flow)) return { target: [previous], codes: [4] };
  // Another checkout has no copy of the artifact: where the environment has none either, it goes back.
  const mayLack = continuation === 'takeover' && lane.driver === 'local' && /:[0-3]$/.test(point);
  return { target: mayLack ? [version, stable] : [version], codes: mayLack ? [0, 4] : [0] };
}

interface StatusSaid {
  readonly serves: { readonly version: string } | null;
  readonly in_doubt: unknown;
  readonly running: readonly { readonly id: string; readonly stage: string | null }[];
  readonly lock: { readonly token: number; readonly expired: boolean } | null;
}

async function statusOf(
  lane: Lane,
  environment: Environment,
): Promise<StatusSaid & { ms: number }> {
  const { out, ms, code, err } = await lane.run(['deploy:status', '--env', environment, '--json']);
  if (code !== 0) throw new Error(`deploy:status ended with ${code}: ${err}`);
  const [said] = (JSON.parse(out) as { environments: readonly StatusSaid[] }).environments;
  if (said === undefined) throw new Error(`deploy:status says nothing of ${environment}`);
  return { ...said, ms };
}

/** Two seconds of a machine that is not asked for more than it has. */
function statusWithinMs(): number {
  const [load = 0] = os.loadavg();
  return 2000 * Math.max(1, load / os.availableParallelism());
}

/** In time: what runs, in which step, what has served last, and that the lock is still there. */
async function statusTells(
  lane: Lane,
  environment: Environment,
  open: readonly string[],
  events: readonly JournalEvent[],
): Promise<readonly string[]> {
  const status = await statusOf(lane, environment);
  const inOrder = (ids: readonly string[]) => ids.toSorted().join(' and ');
  const running = inOrder(status.running.map(({ id }) => id));
  const stageOf = (id: string) =>
    events.findLast(({ type, body }) => type === 'deployment_stage' && body['deployment'] === id)
      ?.body['stage'] ?? null;
  return [
    ...(status.ms < statusWithinMs() ? [] : [`the status took ${Math.round(status.ms)} ms`]),
    ...(running === inOrder(open) ? [] : [`the status says ${running} runs, not ${inOrder(open)}`]),
    ...status.running
      .filter(({ id, stage }) => stage !== stageOf(id))
      .map(({ stage }) => `the status says it is at ${stage}`),
    ...(status.lock === null || status.lock.expired ? ['the status shows no lock'] : []),
  ];
}

/** What has to be in the journal, when a process got this far. */
function acknowledgedAt(point: string, events: readonly JournalEvent[]): readonly string[] {
  const [position = '', step = ''] = point.replace('restore/', '').split(':');
  const type = {
    ...{ intent_durable: 'step_intended', during_apply: 'step_intended' },
    ...{ before_outcome: 'step_intended', after_outcome: 'step_done' },
    ...{ decided: 'trigger_fired', ended: 'deployment_finished' },
  }[position];
  if (type === undefined) return [];
  const last = events.findLast((event) => event.type === type)?.body;
  const isThere = last !== undefined && (last['step'] ?? Number(step)) === Number(step);
  return isThere ? [] : [`${type} of step ${step} was not written before`];
}

function unfinishedIn(events: readonly JournalEvent[]): readonly string[] {
  const open = new Set<string>();
  for (const { type, body } of events)
    if (type === 'deployment_started') open.add(String(body['deployment']));
    else if (type === 'deployment_finished') open.delete(String(body['deployment']));
  return [...open];
}

function plansIn(events: readonly JournalEvent[]) {
  return events
    .filter(({ type }) => type === 'rollout_planned')
    .map(({ body }) => body as unknown as { deployment: string; plan: Plan });
}

/** Exit code, JSON, journal and who serves. */
function sameStory(
  { code, out }: Ended,
  events: readonly JournalEvent[],
  serves: string,
  version: string,
): readonly string[] {
  if (out.trim() === '') return isRefused(code) ? [] : [`exit code ${code} without a word of JSON`];
  const { outcome } = JSON.parse(out) as { outcome: { kind: string } };
  const finished = events
    .filter(({ type }) => type === 'deployment_finished')
    .map(({ body }) => String(body['status']));
  const isForward = outcome.kind === 'succeeded';
  const told = isForward ? serves === version : serves !== version;
  return [
    ...(told ? [] : [`${outcome.kind} is told, and ${serves} serves`]),
    ...(isForward && code !== 0 ? [`${outcome.kind} with exit code ${code}`] : []),
    ...(finished.at(-1) === 'succeeded' ? [] : [`the last record ended as ${finished.at(-1)}`]),
  ];
}

/** Nothing was half done, and nothing was done. */
const isRefused = (code: number | null): boolean => code === 3 || code === 7;

/** Nothing is called succeeded without each of its steps. */
function withEvidence(events: readonly JournalEvent[]): readonly string[] {
  const plans = new Map(plansIn(events).map(({ deployment, plan }) => [deployment, plan]));
  const done = new Map<string, Set<unknown>>();
  for (const { type, body } of events)
    if (type === 'step_done') {
      const id = String(body['deployment']);
      done.set(id, (done.get(id) ?? new Set()).add(body['step']));
    }
  return events
    .filter(({ type, body }) => type === 'deployment_finished' && body['status'] === 'succeeded')
    .flatMap(({ body }) => {
      const id = String(body['deployment']);
      const steps = plans.get(id)?.steps.length ?? 0;
      const count = done.get(id)?.size ?? 0;
      return count === steps ? [] : [`${id} succeeded with ${count} of ${steps} steps`];
    });
}

/** @returns was it pinned? */
export async function unpin(lane: Lane, environment: Environment): Promise<boolean> {
  const pin = await lane.withStore((store) => readPin(store, lane.stream(environment)));
  if (value(pin) === undefined) return false;
  await lane.note(environment, [{ type: 'environment_unpinned', body: { reason: 'next case' } }]);
  return true;
}

const said = ({ code, signal, out, err }: Ended) =>
  `${code ?? signal}: ${`${err}${out}`.trim().slice(-400)}`;
