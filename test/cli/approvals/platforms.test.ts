/** Approvals of GitHub and GitLab, taken over from recorded answers of both, true, forged and late, on loopback. */

import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { github } from '../../../src/pipeline/approval/platforms/github.ts';
import { gitlab } from '../../../src/pipeline/approval/platforms/gitlab.ts';
import { jobHere } from '../../../src/pipeline/approval/platforms/platform.ts';
import { makeRepository, makeScene, NOW, type Repository, type Scene } from './scene.ts';

type Json = Record<string, unknown>;
type Answers = Record<string, (response: http.ServerResponse) => void>;

const folder = new URL('../../fixtures/platforms/', import.meta.url);
const recorded = (name: string): unknown =>
  JSON.parse(
    readFileSync(new URL(`${name}.json`, folder), 'utf8').replaceAll('COMMIT', repository.commit),
  );
const says =
  (body: unknown, status = 200) =>
  (response: http.ServerResponse) => {
    response.statusCode = status;
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

let repository: Repository;
let answers: Answers = {};
let asked: { readonly url: string; readonly headers: http.IncomingHttpHeaders }[] = [];
const server = http.createServer((request, response) => {
  asked.push({ url: request.url ?? '', headers: request.headers });
  const answer = answers[(request.url ?? '').split('?')[0]!];
  if (answer === undefined) says({ message: 'Not Found' }, 404)(response);
  else answer(response);
});
// Assembled here, so that no scanner takes it for a real one.
const TOKEN = ['ghs', 'x'.repeat(36)].join('_');

beforeAll(async () => {
  repository = makeRepository('');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  answers = {};
  asked = [];
});
afterAll(() => {
  repository.remove();
  server.closeAllConnections();
  server.close();
});

const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const RUN = '/repos/acme/pay/actions/runs/30433642';
const githubEnv = (more: Json = {}) => ({
  ...{ PATH: process.env['PATH'], GITHUB_ACTIONS: 'true', GITHUB_API_URL: base() },
  ...{ GITHUB_REPOSITORY: 'acme/pay', GITHUB_RUN_ID: '30433642', GITHUB_RUN_ATTEMPT: '1' },
  ...{ GITHUB_JOB: 'deploy', GITHUB_TOKEN: TOKEN, ...more },
});
const gitlabEnv = (more: Json = {}) => ({
  ...{ PATH: process.env['PATH'], GITLAB_CI: 'true', CI_API_V4_URL: `${base()}/api/v4` },
  ...{ CI_PROJECT_ID: '7', CI_PIPELINE_ID: '36', CI_JOB_ID: '664', CI_JOB_NAME: 'deploy' },
  ...{ CI_JOB_TOKEN: TOKEN, ...more },
});
type Env = Readonly<Record<string, string | undefined>>;

interface Platform {
  readonly name: 'github' | 'gitlab';
  readonly env: (more?: Json) => Env;
  /** The job before, that asks. */
  readonly measuring: Json;
  readonly good: () => Answers;
  readonly who: string;
}

const PLATFORMS: Readonly<Record<'github' | 'gitlab', Platform>> = {
  github: {
    ...{ name: 'github', measuring: { GITHUB_JOB: 'measure' }, who: 'octocat' },
    env: (more) => githubEnv(more),
    good: () => ({
      [RUN]: says(recorded('github-run')),
      [`${RUN}/approvals`]: says(recorded('github-approvals')),
    }),
  },
  gitlab: {
    ...{ name: 'gitlab', measuring: { CI_JOB_NAME: 'measure', CI_JOB_ID: '663' }, who: 'octolab' },
    env: (more) => gitlabEnv(more),
    good: () => deployed((one) => one),
  },
};

/** The answers of GitLab, with the one deployment changed. */
function deployed(change: (deployment: Json) => Json): Answers {
  const one = change(recorded('gitlab-deployment') as Json);
  return {
    '/api/v4/projects/7/deployments': says([{ ...one, id: 41, deployable: { id: 1 } }, one]),
    '/api/v4/projects/7/deployments/42': says(one),
  };
}

const run = (more: Json) => ({ [RUN]: says({ ...(recorded('github-run') as Json), ...more }) });
const reviews = (...all: Json[]) => {
  const [one] = recorded('github-approvals') as Json[];
  return { [`${RUN}/approvals`]: says(all.map((more) => ({ ...one, ...more }))) };
};

/** Asked for in the job before, as everything is. */
async function begun({ env, measuring, name }: Platform, environment = 'production') {
  const scene = makeScene(repository, environment, { proof: name });
  await scene.ask({ env: env(measuring) });
  asked = [];
  scene.at(NOW + 600_000);
  return scene;
}

async function refusedWith(scene: Scene, env: Env, why: RegExp) {
  const result = await scene.ask({ env });
  expect(result.kind).toBe('waits');
  const all = await scene.refusals();
  expect(all.map((one) => one.why)).toContainEqual(expect.stringMatching(why));
  expect(JSON.stringify([all, result])).not.toContain(TOKEN);
}

describe.each(Object.values(PLATFORMS))('$name', (platform) => {
  const { good, env, who } = platform;

  test('is taken over once, with who and where', async () => {
    const scene = await begun(platform);
    answers = good();
    const approved = await scene.ask({ env: env() });
    expect(approved.kind).toBe('approved');
    expect(asked.every(({ headers }) => JSON.stringify(headers).includes(TOKEN))).toBe(true);
    const after = await scene.ask({ env: env() });
    expect(after.approval.words).toMatchObject([
      {
        by: who,
        proof: platform.name,
        platform: { user: who, url: expect.stringContaining(base()) as unknown },
      },
    ]);
    expect(JSON.stringify(after)).not.toContain(TOKEN);
    await scene.write({ type: 'approval_used', body: { approval: approved.approval.id } }, 'ci');
    await scene.ask({ env: env(platform.measuring) });
    await refusedWith(scene, env(), /has been used/);
  });

  test.each([
    ['an error', () => says({ message: 'no' }, 500), /it answered 500/],
    ['HTML', () => says('<html>approved</html>'), /not JSON/],
    ['nothing', () => says(''), /not JSON/],
    ['null', () => says('null'), /./],
    ['a huge body', () => says(`["${'x'.repeat(5_000_000)}"]`), /longer than 4 MiB/],
    [
      'a redirect to somewhere that approves',
      () => (response: http.ServerResponse) => {
        response.writeHead(302, { location: `${base()}/elsewhere` });
        response.end();
      },
      /not followed elsewhere/,
    ],
  ] as const)('%s instead of each answer is no approval', async (_name, bad, why) => {
    for (const place of Object.keys(good())) {
      const scene = await begun(platform);
      answers = { ...good(), '/elsewhere': good()[place]!, [place]: bad() };
      await refusedWith(scene, env(), why);
      expect(asked.map(({ url }) => url)).not.toContain('/elsewhere');
    }
  });

  test('silence is no approval', async () => {
    const scene = await begun(platform);
    answers = Object.fromEntries(Object.keys(good()).map((place) => [place, () => undefined]));
    const approval = await scene.waiting();
    const one = { github, gitlab }[platform.name];
    const signal = new AbortController().signal;
    const given = { approval, environment: 'production', commit: repository.commit, signal };
    const more = { used: new Set<string>(), now: NOW, timeoutMs: 200 };
    const taken = await one({ ...given, ...more, env: env() });
    expect(taken).toEqual({ ok: false, failure: 'it did not answer within 0.2 s' });
  });

  test('without a token, or with one for somebody else to read, nothing is asked', async () => {
    const scene = await begun(platform);
    answers = good();
    const none = { GITHUB_TOKEN: undefined, CI_JOB_TOKEN: '' };
    await refusedWith(scene, env(none), /no token/);
    for (const address of ['http://api.example.com', 'file:///etc', 'nonsense'])
      await refusedWith(
        scene,
        env({ GITHUB_API_URL: address, CI_API_V4_URL: address }),
        /none that a token may be sent to/,
      );
    expect(asked).toEqual([]);
  });

  test('what was asked for in the same job, in another run, or nowhere is not taken over', async () => {
    answers = good();
    const same = makeScene(repository, 'production', { proof: platform.name });
    await refusedWith(same, env(), /in this very job/);
    const scene = await begun(platform);
    await refusedWith(
      scene,
      env({ GITHUB_RUN_ID: '30433643', CI_PIPELINE_ID: '37' }),
      /not asked for in this run/,
    );
    await refusedWith(scene, { PATH: process.env['PATH'] }, /no job of the platform/);
    expect(asked).toEqual([]);
  });

  test('for another environment it does not count', async () => {
    const scene = await begun(platform, 'eu-production');
    answers = good();
    await refusedWith(scene, env(), /eu-production|another environment/);
  });

  test('written into the history by somebody it does not count', async () => {
    const scene = await begun(platform);
    const { id: approval } = await scene.waiting();
    const body = { approval, proof: platform.name, note: '', platform: { key: 'k', user: who } };
    await scene.write({ type: 'approval_given', body }, who);
    answers = {};
    await refusedWith(scene, env(), /does not say so/);
  });
});

describe('a run of GitHub', () => {
  test.each<readonly [string, () => Answers, RegExp]>([
    ['another run', () => run({ id: 1 }), /another run/],
    [
      'another repository',
      () => run({ repository: { full_name: 'mallory/pay' } }),
      /another repository/,
    ],
    ['no repository', () => run({ repository: null }), /another repository/],
    ['another commit', () => run({ head_sha: 'f'.repeat(40) }), /another commit/],
    ['no commit', () => run({ head_sha: undefined }), /another commit/],
    ['another attempt', () => run({ run_attempt: 2 }), /another attempt/],
    ['one that is over', () => run({ status: 'completed' }), /is over/],
    ['one begun later', () => run({ run_started_at: '2026-06-15T13:00:00Z' }), /began after/],
    [
      'one begun long ago',
      () => run({ run_started_at: '2026-05-01T00:00:00Z' }),
      /older than 30 days/,
    ],
    ['no time', () => run({ run_started_at: 'yesterday' }), /began after/],
    ['rejected', () => reviews({ state: 'rejected' }), /rejected/],
    ['approved and rejected', () => reviews({}, { state: 'rejected' }), /rejected/],
    ['pending', () => reviews({ state: 'pending' }), /nobody has approved/],
    ['an unknown state', () => reviews({ state: 'APPROVED' }), /nobody has approved/],
    ['no review', () => reviews(), /nobody has approved/],
    [
      'another environment',
      () => reviews({ environments: [{ name: 'staging' }] }),
      /nobody has approved/,
    ],
    [
      'nearly that environment',
      () => reviews({ environments: [{ name: 'Production' }] }),
      /nobody has/,
    ],
    ['no environment', () => reviews({ environments: 'production' }), /nobody has approved/],
    [
      'more fields',
      () => reviews({ state: 'pending', approved: true, status: 'approved' }),
      /nobody has/,
    ],
    ['a machine', () => reviews({ user: { login: 'bot', type: 'Bot' } }), /no person/],
    ['nobody', () => reviews({ user: null }), /no person/],
    [
      'who started the run',
      () => reviews({ user: { login: 'kim-hub', type: 'User' } }),
      /started the run/,
    ],
    [
      'an author',
      () => reviews({ user: { login: 'MaxHub', type: 'User' } }),
      /an author of the change/,
    ],
    ['no list', () => ({ [`${RUN}/approvals`]: says({ state: 'approved' }) }), /no list/],
  ])('that tells of %s is no approval', async (_name, changed, why) => {
    const scene = await begun(PLATFORMS.github);
    answers = { ...PLATFORMS.github.good(), ...changed() };
    await refusedWith(scene, PLATFORMS.github.env(), why);
  });

  test.each(['acme/../pay', '../pay', 'acme/..', 'acme/pay?x=', 'acme', ''])(
    'of the repository `%s` is not asked for',
    async (GITHUB_REPOSITORY) => {
      const env = PLATFORMS.github.env({ GITHUB_REPOSITORY });
      const scene = makeScene(repository, 'production', { proof: 'github' });
      await scene.ask({ env: { ...env, GITHUB_JOB: 'measure' } });
      await refusedWith(scene, env, /not what GitHub sets/);
      expect(asked).toEqual([]);
    },
  );
});

describe('a deployment of GitLab', () => {
  const with_ = (more: Json) => () => deployed((one) => ({ ...one, ...more }));
  const job = (more: Json) => () =>
    deployed((one) => ({ ...one, deployable: { ...(one['deployable'] as Json), ...more } }));
  const said = (more: Json) => () =>
    deployed((one) => ({
      ...one,
      approvals: (one['approvals'] as Json[]).map((approval) => ({ ...approval, ...more })),
    }));
  test.each<readonly [string, () => Answers, RegExp]>([
    ['another environment', with_({ environment: { name: 'staging' } }), /another environment/],
    ['another commit', with_({ sha: 'f'.repeat(40) }), /another commit/],
    ['another job', job({ id: 1 }), /deploys to no environment/],
    ['another pipeline', job({ pipeline: { id: 1 } }), /another pipeline/],
    ['another project', job({ pipeline: { id: 36, project_id: 8 } }), /another project/],
    ['one that waits', with_({ status: 'blocked' }), /does not run/],
    ['one that is over', with_({ status: 'success' }), /does not run/],
    ['more to wait for', with_({ pending_approval_count: 1 }), /waits for more/],
    ['no approval', with_({ approvals: [] }), /nobody has approved/],
    ['rejected', said({ status: 'rejected' }), /rejected/],
    [
      'rejected by one of the rules',
      with_({ approval_summary: { rules: [{ deployment_approvals: [{ status: 'rejected' }] }] } }),
      /rejected/,
    ],
    ['an unknown status', said({ status: 'Approved' }), /nobody has approved/],
    [
      'more fields',
      said({ status: 'pending', state: 'approved', approved: true }),
      /nobody has approved/,
    ],
    [
      'one before it was asked for',
      said({ created_at: '2026-06-15T11:00:00Z' }),
      /before it was asked/,
    ],
    ['one of the future', said({ created_at: '2027-06-15T11:00:00Z' }), /before it was asked/],
    ['no time', said({ created_at: null }), /before it was asked/],
    ['nobody', said({ user: null }), /before it was asked/],
    ['who started it', said({ user: { username: 'kim-lab' } }), /started the run/],
    ['an author', said({ user: { username: 'x', name: 'Kim' } }), /an author of the change/],
  ])('that tells of %s is no approval', async (_name, changed, why) => {
    const scene = await begun(PLATFORMS.gitlab);
    answers = changed();
    await refusedWith(scene, PLATFORMS.gitlab.env(), why);
  });

  test('counts by its rules too, one person once', async () => {
    const scene = await begun(PLATFORMS.gitlab);
    answers = deployed((one) => ({
      ...one,
      approval_summary: { rules: [{ deployment_approvals: one['approvals'] }] },
    }));
    expect((await scene.ask({ env: PLATFORMS.gitlab.env() })).kind).toBe('approved');
    expect(await scene.ask({ env: PLATFORMS.gitlab.env(), policy: { required: 2 } })).toMatchObject(
      {
        ...{ kind: 'waits', have: 1 },
      },
    );
  });
});

test('a job is known by its run and its name', () => {
  expect(jobHere(githubEnv() as Env)).toBe('github:acme/pay/30433642#deploy');
  expect(jobHere(gitlabEnv() as Env)).toBe('gitlab:7/36#deploy');
  expect(jobHere({})).toBeNull();
});
