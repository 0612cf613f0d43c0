/**
 * Who let the job in front of a protected environment of GitLab through.
 * https://docs.gitlab.com/api/deployments/#retrieve-a-deployment
 */

import { fail, ok, type Result } from '../../../failure.ts';
import { namesOf } from '../people.ts';
import {
  askedBefore,
  askPlatform,
  listIn,
  objectIn,
  segment,
  textIn,
  timeIn,
  type Answer,
  type Platform,
  type PlatformAsked,
  type TakenOver,
} from './platform.ts';

export const gitlab: Platform = async (asked) => {
  const early = askedBefore(asked);
  if (early !== undefined) return fail(early);
  const { env, environment } = asked;
  const [project = '', job = ''] = [env['CI_PROJECT_ID'], env['CI_JOB_ID']];
  const base = env['CI_API_V4_URL'] ?? '';
  if (!/^\d{1,20}$/.test(project) || !/^\d{1,20}$/.test(job))
    return fail('CI_PROJECT_ID or CI_JOB_ID is not what GitLab sets');
  const path = `/projects/${project}/deployments`;
  const newest = `?environment=${segment(environment)}&order_by=id&sort=desc&per_page=100`;
  const all = await askPlatform(asked, base, path + newest, headers);
  if (!all.ok) return all;
  const own = listIn(all.value.answer).find(({ deployable }) => isJob(deployable, job));
  const id = String(own?.['id']);
  if (!/^\d{1,20}$/.test(id))
    return fail(`this job deploys to no environment ${environment} there`);
  const one = await askPlatform(asked, base, `${path}/${id}`, headers);
  if (!one.ok) return one;
  const { url, answer } = one.value;
  const deployment = objectIn(answer);
  const wrong = wrongDeployment(deployment, asked);
  if (String(deployment['id']) !== id) return fail('it tells of another deployment');
  return wrong === undefined
    ? takenFrom(deployment, { key: `gitlab:${project}/${id}`, url }, asked)
    : fail(wrong);
};

function headers(env: PlatformAsked['env']): Readonly<Record<string, string>> | undefined {
  if (env['GITLAB_TOKEN']) return { 'private-token': env['GITLAB_TOKEN'] };
  return env['CI_JOB_TOKEN'] ? { 'job-token': env['CI_JOB_TOKEN'] } : undefined;
}

const isJob = (deployable: unknown, job: string) => String(objectIn(deployable)['id']) === job;

/** Why it is not the deployment of this commit that runs now. */
function wrongDeployment(
  { environment, sha, status, deployable }: Answer,
  asked: PlatformAsked,
): string | undefined {
  const { env, commit } = asked;
  const { id, project_id: project } = objectIn(objectIn(deployable)['pipeline']);
  if (objectIn(environment)['name'] !== asked.environment) return 'it tells of another environment';
  if (!isJob(deployable, env['CI_JOB_ID'] ?? '')) return 'it tells of another job';
  if (String(id) !== env['CI_PIPELINE_ID']) return 'it tells of another pipeline';
  if (project !== undefined && project !== Number(env['CI_PROJECT_ID']))
    return 'it tells of another project';
  if (commit === null || sha !== commit) return 'the deployment is of another commit';
  return status === 'running' ? undefined : `the deployment does not run: ${textIn(status)}`;
}

function takenFrom(
  deployment: Answer,
  { key, url }: Pick<TakenOver, 'key' | 'url'>,
  { approval, used, now }: PlatformAsked,
): Result<TakenOver, string> {
  const { rules } = objectIn(deployment['approval_summary']);
  const said = [
    ...listIn(deployment['approvals']),
    ...listIn(rules).flatMap((rule) => listIn(rule['deployment_approvals'])),
  ];
  if (said.some(({ status }) => status === 'rejected')) return fail('it was rejected there');
  const pending = deployment['pending_approval_count'];
  if (pending !== undefined && pending !== 0) return fail('it waits for more approvals there');
  const approved = said.filter(({ status }) => status === 'approved');
  if (approved.length === 0) return fail('nobody has approved the deployment there');
  if (used.has(key)) return fail('the approval of this deployment has been used');
  const starter = textIn(objectIn(deployment['user'])['username']);
  const timely = approved.filter(({ created_at }) => {
    const at = timeIn(created_at);
    return at >= approval.requestedAt - SKEW_MS && at <= now + SKEW_MS;
  });
  const approvers = timely.flatMap(({ user, created_at }) => {
    const { username, name } = objectIn(user);
    const login = textIn(username);
    if (login === '') return [];
    return [
      {
        ...{ name: login, names: namesOf([login, textIn(name)]), key: `gitlab:${login}` },
        ...{ proof: 'gitlab' as const, at: textIn(created_at), startedIt: login === starter },
      },
    ];
  });
  if (approvers.length === 0) return fail('it was approved there before it was asked for here');
  return ok({ key, url, approvers: onePerUser(approvers) });
}

const SKEW_MS = 60_000;

/** The same approval may stand under several rules. */
function onePerUser<T extends { readonly key: string }>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [one.key, one])).values()];
}
