/**
 * Who let the job in front of a protected environment of GitHub through.
 * https://docs.github.com/en/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run
 */

import { fail, ok, type Result } from '../../../failure.ts';
import { namesOf } from '../people.ts';
import {
  askedBefore,
  askPlatform,
  listIn,
  objectIn,
  textIn,
  timeIn,
  type Answer,
  type Platform,
  type PlatformAsked,
  type TakenOver,
} from './platform.ts';

export const github: Platform = async (asked) => {
  const early = askedBefore(asked);
  if (early !== undefined) return fail(early);
  const { env, environment } = asked;
  const path = pathOf(env);
  if (path === undefined) return fail('GITHUB_REPOSITORY or GITHUB_RUN_ID is not what GitHub sets');
  const base = env['GITHUB_API_URL'] || 'https://api.github.com';
  const about = await askPlatform(asked, base, path, headers);
  if (!about.ok) return about;
  const wrong = wrongRun(objectIn(about.value.answer), asked);
  if (wrong !== undefined) return fail(wrong);
  const reviews = await askPlatform(asked, base, `${path}/approvals`, headers);
  if (!reviews.ok) return reviews;
  const { url, answer } = reviews.value;
  if (!Array.isArray(answer)) return fail('its answer is no list of reviews');
  const here = listIn(answer).filter(({ environments }) =>
    listIn(environments).some(({ name }) => name === environment),
  );
  const key = `github:${env['GITHUB_REPOSITORY']}/${env['GITHUB_RUN_ID']}/${attemptOf(env)}`;
  return takenFrom(here, { key, url }, asked, objectIn(about.value.answer));
};

const attemptOf = (env: PlatformAsked['env']) => env['GITHUB_RUN_ATTEMPT'] ?? '1';

/** Undefined where what it is made of is none of GitHub's. */
function pathOf(env: PlatformAsked['env']): string | undefined {
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const run = env['GITHUB_RUN_ID'] ?? '';
  const isName = /^(?!\.+\/)[\w.-]{1,100}\/(?!\.+$)[\w.-]{1,100}$/.test(repository);
  return isName && /^\d{1,20}$/.test(run) ? `/repos/${repository}/actions/runs/${run}` : undefined;
}

function headers(env: PlatformAsked['env']): Readonly<Record<string, string>> | undefined {
  const token = env['GITHUB_TOKEN'] || env['GH_TOKEN'];
  return token
    ? { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' }
    : undefined;
}

/** Why this run is not the one that deploys this commit now. */
function wrongRun(run: Answer, { env, commit, approval, now }: PlatformAsked): string | undefined {
  const { full_name } = objectIn(run['repository']);
  if (String(run['id']) !== env['GITHUB_RUN_ID']) return 'it tells of another run';
  if (textIn(full_name).toLowerCase() !== (env['GITHUB_REPOSITORY'] ?? '').toLowerCase())
    return 'it tells of another repository';
  if (commit === null || run['head_sha'] !== commit) return 'the run is of another commit';
  if (String(run['run_attempt']) !== attemptOf(env))
    return 'it tells of another attempt of the run';
  if (!['in_progress', 'queued', 'waiting', 'pending'].includes(textIn(run['status'])))
    return 'the run is over';
  const began = timeIn(run['run_started_at']);
  if (!(began <= approval.requestedAt + SKEW_MS)) return 'the run began after it was asked for';
  return began + MOST_MS < now ? 'the run is older than 30 days' : undefined;
}

const SKEW_MS = 300_000;
/** GitHub itself waits no longer. */
const MOST_MS = 30 * 86_400_000;

function takenFrom(
  reviews: readonly Answer[],
  { key, url }: Pick<TakenOver, 'key' | 'url'>,
  { environment, used }: PlatformAsked,
  run: Answer,
): Result<TakenOver, string> {
  if (reviews.some(({ state }) => state === 'rejected')) return fail('it was rejected there');
  const approved = reviews.filter(({ state }) => state === 'approved');
  if (approved.length === 0)
    return fail(`nobody has approved the environment ${environment} in this run`);
  if (used.has(key))
    return fail('the approval of this run has been used: run all of its jobs again');
  const started = ['actor', 'triggering_actor'].map((who) => textIn(objectIn(run[who])['login']));
  const users = approved.map(({ user }) => objectIn(user));
  const people = users.filter(({ type }) => type === undefined || type === 'User');
  const logins = people.map(({ login }) => textIn(login)).filter((login) => login !== '');
  if (logins.length === 0) return fail('no person approved it there');
  const approvers = logins.map((login) => ({
    ...{ name: login, names: namesOf([login]), key: `github:${login.toLowerCase()}`, at: null },
    ...{ proof: 'github' as const, startedIt: started.includes(login) },
  }));
  return ok({ key, url, approvers });
}
