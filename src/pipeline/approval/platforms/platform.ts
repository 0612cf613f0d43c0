/** What a CI platform is asked for, and how it is asked: where it says itself that it is, with a token it gave. */

import type { Result } from '../../../failure.ts';
import { fail, ok } from '../../../failure.ts';
import type { Approval } from '../../approvals.ts';
import type { Approver } from '../count.ts';
import { fetchJson } from '../../../rollout/sources/fetch-json.ts';

export interface PlatformAsked {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the platform calls the environment. */
  readonly environment: string;
  /** Full id of what is released; null where nobody knows it. */
  readonly commit: string | null;
  readonly approval: Approval;
  /** Of the same environment: what has been taken over once is not taken over again. */
  readonly used: ReadonlySet<string>;
  readonly now: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Taken over: who approved, and where that can be looked up. */
export interface TakenOver {
  /** Names the run or deployment; taken over once. */
  readonly key: string;
  readonly url: string;
  readonly approvers: readonly (Approver & { readonly at: string | null })[];
}

export type Platform = (asked: PlatformAsked) => Promise<Result<TakenOver, string>>;

/** The job of a CI platform this runs in: `github:acme/pay/123#measure`; null elsewhere. */
export function jobHere(env: PlatformAsked['env']): string | null {
  if (env['GITHUB_ACTIONS'] === 'true')
    return `github:${env['GITHUB_REPOSITORY'] ?? ''}/${env['GITHUB_RUN_ID'] ?? ''}#${env['GITHUB_JOB'] ?? ''}`;
  if (env['GITLAB_CI'] === 'true')
    return `gitlab:${env['CI_PROJECT_ID'] ?? ''}/${env['CI_PIPELINE_ID'] ?? ''}#${env['CI_JOB_NAME'] ?? ''}`;
  return null;
}

/** What was asked for in this run, by a job before this one, is what its approver has seen. */
export function askedBefore({ env, approval }: PlatformAsked): string | undefined {
  const here = jobHere(env);
  const [run, job] = (here ?? '').split('#');
  const [askedRun, askedJob] = (approval.origin ?? '').split('#');
  if (here === null || run === undefined || job === undefined || job === '')
    return 'this is no job of the platform';
  if (askedRun !== run) return 'it was not asked for in this run';
  return askedJob === job
    ? 'it was asked for in this very job, so nobody can have seen it: ask in a job before it'
    : undefined;
}

/** Asks `base` + `path`. A token goes over the wire unread: by https, or to this machine. */
export async function askPlatform(
  { env, timeoutMs, signal }: PlatformAsked,
  base: string,
  path: string,
  headers: (env: PlatformAsked['env']) => Readonly<Record<string, string>> | undefined,
): Promise<Result<{ readonly url: string; readonly answer: unknown }, string>> {
  const address = URL.canParse(base) ? new URL(base) : undefined;
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(address?.hostname ?? '');
  const isSafe = address?.protocol === 'https:' || (address?.protocol === 'http:' && isHere);
  if (address === undefined || !isSafe || address.username !== '' || address.search !== '')
    return fail('the address of its API is none that a token may be sent to');
  const given = headers(env);
  if (given === undefined) return fail('there is no token to ask it with');
  const url = `${address.href.replace(/\/$/, '')}${path}`;
  const answer = await fetchJson(url, timeoutMs, signal, given);
  return answer.ok ? ok({ url, answer: answer.value }) : answer;
}

/** One part of a path: no slash of somebody's gets out of it. */
export const segment = (text: string): string => encodeURIComponent(text);

export type Answer = Readonly<Record<string, unknown>>;

export function objectIn(value: unknown): Answer {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Answer) : {};
}

export function listIn(value: unknown): readonly Answer[] {
  return Array.isArray(value) ? value.slice(0, 1000).map(objectIn) : [];
}

export const textIn = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 500) : '';

/** Epoch ms; NaN where it is none. */
export const timeIn = (value: unknown): number =>
  /^\d{4}-\d\d-\d\dT/.test(textIn(value)) ? Date.parse(textIn(value)) : NaN;
