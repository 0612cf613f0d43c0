/** Who may say yes, and when nobody may deploy, by the real binary: keys, pipes, two jobs of a CI platform, freezes. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KEYGEN, makeKeys, removed } from '../cli/approvals/scene.ts';
import { toy, type Toy } from './toy.ts';

const LONG_MS = 240_000;

async function typesIn(service: Toy): Promise<readonly string[]> {
  const { stdout } = await service.nemesis('history:export');
  const lines = stdout.split('\n').filter((line) => line.includes('"type"'));
  return lines.map((line) => (JSON.parse(line) as { readonly type: string }).type);
}

test.skipIf(!KEYGEN)(
  'production asks for a signature: a name, a pipe, an author and a stranger do not do, a key does',
  { timeout: LONG_MS },
  async () => {
    const service = await toy();
    const keys = makeKeys(['bob', 'kim', 'mallory']);
    onTestFinished(() => removed(keys.folder));
    const key = (name: string) => path.join(keys.folder, name);
    const signers = `bob@example.com ${keys.public('bob')}\nkim@example.org ${keys.public('kim')}\n`;
    writeFileSync(path.join(service.root, '.nemesis-signers'), signers);
    service.config('    approval: { proof: signed }\n');
    service.release({ name: 'v1' });
    service.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    const waits = await service.nemesis('deploy:pipeline', '--until', 'approval');
    expect(waits.code).toBe(0);
    expect(waits.stdout).toMatch(/^WAITING state=waiting approval=[0-9a-f]{8}$/m);
    expect(waits.stderr).toContain('--sign ~/.ssh/id_ed25519');
    expect(waits.stderr).toContain('who approves it accepts test: observed only');
    const status = await service.nemesis('deploy:status');
    expect(status.stdout).toMatch(/waits +v1 for approval, asked by kim, until /);
    expect(status.stdout).toContain('accepts test: observed only');

    const bob = await service.nemesis('deploy:approve', 'v1', '--by', 'bob');
    expect([bob.code, bob.stderr]).toEqual([1, expect.stringContaining('it is unsigned')]);
    const kim = await service.nemesis('deploy:approve', 'v1', '--sign', key('kim'));
    expect([kim.code, kim.stderr]).toEqual([1, expect.stringContaining('an author of the change')]);
    const mallory = await service.nemesis('deploy:approve', 'v1', '--sign', key('mallory'));
    expect(mallory.code).toBe(1);
    expect(mallory.stderr).toContain('not among the allowed signers');
    for (const yes of [[], ['--yes']]) {
      const job = { env: { CI: undefined }, input: 'yes\nyes\n' };
      const piped = await service.job(job, 'deploy:pipeline', '--from', 'production', ...yes);
      expect(piped.code).toBe(5);
    }
    expect((await service.nemesis('deploy:approve', 'v1', '--sign', '/no/key')).code).toBe(3);
    const both = await service.nemesis('deploy:approve', '--sign', key('bob'), '--by', 'bob');
    expect(both.code).toBe(2);

    const signed = await service.nemesis('deploy:approve', 'v1', '--sign', key('bob'), '--json');
    expect(signed).toMatchObject({ code: 0 });
    expect(JSON.parse(signed.stdout)).toMatchObject({
      ...{ schema: 'nemesis.approval-result/1', decision: 'approved', proof: 'signed' },
      ...{ by: 'bob@example.com', version: 'v1', environment: 'production' },
      gates: { code: 'passed', staging: 'passed' },
    });
    const released = await service.nemesis('deploy:pipeline', '--from', 'production');
    expect(released).toMatchObject({ code: 0 });
    expect(await service.asks(service.production)).toBe('v1');
    const types = await typesIn(service);
    expect(types.filter((type) => type === 'approval_refused')).toHaveLength(3);
    expect(types.filter((type) => type === 'approval_used')).toHaveLength(1);

    // Two that wait are listed; nobody guesses which is meant.
    for (const name of ['v2', 'v3']) {
      service.release({ name });
      await service.nemesis('deploy:pipeline', '--until', 'approval');
    }
    const which = await service.nemesis('deploy:approve');
    expect(which.code).toBe(2);
    expect(which.stderr).toMatch(
      /which of them\?\n +[0-9a-f]{8} {2}v2 for production.*\n +[0-9a-f]{8} {2}v3/,
    );
  },
);

describe('two jobs of GitHub Actions', () => {
  test(
    'one measures and asks, one behind the protected environment deploys what was approved there',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.config('    approval: github\n');
      service.release({ name: 'v1' });
      const sha = service.git('rev-parse', 'HEAD');
      let reviews: readonly object[] = [];
      const run = '/repos/acme/toy/actions/runs/77';
      const server = http.createServer((request, response) => {
        const about = {
          ...{ id: 77, head_sha: sha, run_attempt: 1, status: 'in_progress' },
          run_started_at: new Date(Date.now() - 60_000).toISOString(),
          ...{ repository: { full_name: 'acme/toy' }, actor: { login: 'kim-hub' } },
        };
        response.end(JSON.stringify(request.url === run ? about : reviews));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const shared = {
        ...{ NEMESIS_STORE: path.join(path.dirname(service.root), 'shared.sqlite') },
        ...{ GITHUB_ACTIONS: 'true', GITHUB_API_URL: `http://127.0.0.1:${port}` },
        ...{ GITHUB_REPOSITORY: 'acme/toy', GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '1' },
        GITHUB_TOKEN: ['ghs', 'y'.repeat(36)].join('_'),
      };
      const measuring = { env: { ...shared, GITHUB_JOB: 'measure' } };
      const measured = await service.job(measuring, 'deploy:pipeline', '--until', 'approval');
      expect(measured).toMatchObject({ code: 0 });
      expect(measured.stdout).toContain('WAITING state=waiting');

      const checkout = path.join(path.dirname(service.root), 'deploy');
      service.git('clone', '-q', service.root, checkout);
      const handed = '.nemesis/artifacts';
      cpSync(path.join(service.root, handed), path.join(checkout, handed), { recursive: true });
      const deploying = { env: { ...shared, GITHUB_JOB: 'deploy' }, cwd: checkout };
      const early = await service.job(deploying, 'deploy:pipeline', '--from', 'production');
      expect(early.code).toBe(5);
      expect(early.stderr).toContain('nobody has approved the environment production in this run');
      const environments = [{ name: 'production' }];
      reviews = [{ state: 'approved', environments, user: { login: 'octocat', type: 'User' } }];
      const late = await service.job(deploying, 'deploy:pipeline', '--from', 'production');
      expect(late).toMatchObject({ code: 0 });
      expect(await service.asks(service.production)).toBe('v1');
      const exported = await service.job(deploying, 'history:export');
      expect(exported.stdout).toContain('"key":"github:acme/toy/77/1"');
      expect(exported.stdout + late.stdout + late.stderr).not.toContain(shared.GITHUB_TOKEN);
    },
  );
});

test(
  'nothing is deployed while it is frozen but what says why; a rollback always goes',
  { timeout: LONG_MS },
  async () => {
    const service = await toy();
    for (const name of ['v1', 'v2']) {
      service.release({ name });
      expect(await service.nemesis('deploy:staging')).toMatchObject({ code: 0 });
    }
    expect((await service.nemesis('deploy:freeze', 'staging')).code).toBe(2);
    const gone = ['--reason', 'x', '--until', '2020-01-01'];
    expect((await service.nemesis('deploy:freeze', 'staging', ...gone)).code).toBe(2);
    expect((await service.nemesis('deploy:freeze', 'nowhere', '--reason', 'x')).code).toBe(2);
    const all = await service.nemesis('deploy:freeze', '--reason', 'outage', '--until', '4h');
    expect(all.stdout).toMatch(
      /^staging is frozen by kim until .* UTC: outage; rollbacks still go$/m,
    );
    expect(all.stdout).toMatch(/^production is frozen by kim/m);
    expect((await service.nemesis('deploy:status')).stdout).toMatch(
      /BLOCKING +frozen by kim until/,
    );

    service.release({ name: 'v3', bad: 0.5 });
    for (const more of [[], ['--plan'], ['--yes']]) {
      const frozen = await service.nemesis('deploy:staging', ...more);
      expect(frozen.code).toBe(8);
      expect(frozen.stderr).toMatch(/staging is frozen by kim until .* UTC: outage/);
      expect(frozen.stderr).toContain('nemesis deploy:unfreeze staging');
    }
    // It goes out by force, and comes back by itself.
    const forced = await service.nemesis('deploy:staging', '--override-freeze', 'hotfix for 4711');
    expect(forced.code).toBe(4);
    expect(await service.asks(service.staging)).toBe('v2');
    expect((await service.nemesis('history:export')).stdout).toContain('hotfix for 4711');
    const island = ['deploy:rollback', '--immediate', '--env', 'staging'];
    expect(await service.nemesis(...island)).toMatchObject({ code: 0 });
    expect(await service.asks(service.staging)).toBe('v1');
    const free = await service.nemesis('deploy:unfreeze', 'staging');
    expect(free.stdout).toContain('it was pinned to v1, and frozen by kim');

    const file = path.join(service.root, 'nemesis.config.yaml');
    const windows = 'freeze: [{ from: 2020-01-01, to: 2099-12-31, reason: for good }]';
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/( {4})driver: local/, `$1${windows}\n$&`),
    );
    service.release({ name: 'v4' });
    const window = await service.nemesis('deploy:staging');
    expect(window.code).toBe(8);
    expect(window.stderr).toContain(
      'staging is frozen from 2020-01-01 to 2099-12-31, UTC until 2100-01-01 00:00 UTC: for good',
    );
    const back = await service.nemesis('deploy:rollback', 'v2', '--env', 'staging');
    expect(back).toMatchObject({ code: 0 });
    expect(await service.asks(service.staging)).toBe('v2');
  },
);
