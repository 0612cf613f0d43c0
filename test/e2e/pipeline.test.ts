/** A release goes through the gates and comes back, by the real binary: processes, traffic, approval, pins. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { toy, type Toy } from './toy.ts';

const LONG_MS = 180_000;

async function approved(service: Toy, version: string): Promise<void> {
  expect(await service.nemesis('deploy:pipeline', '--until', 'approval')).toMatchObject({
    code: 0,
  });
  expect(await service.nemesis('deploy:approve', version, '--by', 'bob')).toMatchObject({
    code: 0,
  });
}

interface StatusJson {
  readonly environments: readonly {
    readonly environment: string;
    readonly serves: { readonly version: string } | null;
    readonly running: readonly unknown[];
    readonly lock: unknown;
    readonly pin: { readonly version: string } | null;
    readonly waiting: readonly { readonly id: string }[];
  }[];
}

async function statusOf(service: Toy, environment: string) {
  const { stdout } = await service.nemesis('deploy:status', '--json');
  const { environments } = JSON.parse(stdout) as StatusJson;
  return environments.find((one) => one.environment === environment);
}

describe('deploy:pipeline', () => {
  test(
    'one release after the other, approved by somebody, and back again by hand',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.release({ name: 'v1' });
      const waits = await service.nemesis('deploy:pipeline');
      expect(waits.code).toBe(5);
      expect(waits.stderr).toMatch(
        /v1 waits for approval\n {2}approve it: nemesis deploy:approve [0-9a-f]{8}/,
      );
      expect(waits.stderr).toContain('first deployment: there is nothing to go back to');
      expect(await service.asks(service.staging)).toBe('v1');
      expect((await statusOf(service, 'production'))?.waiting).toHaveLength(1);

      expect((await service.nemesis('deploy:approve', '--by', 'bob')).stdout).toContain(
        'approved v1 for production as bob, unsigned',
      );
      const goes = await service.nemesis('deploy:pipeline');
      expect(goes).toMatchObject({ code: 0 });
      expect(goes.stderr).toContain('code, build and test passed this release already');
      expect(await service.asks(service.production)).toBe('v1');

      service.release({ name: 'v2' });
      await approved(service, 'v2');
      const second = await service.nemesis('deploy:production');
      expect(second).toMatchObject({ code: 0 });
      expect(second.stderr).toContain('deploy_batch_2 (50%)');
      expect(second.stdout).toContain('RELEASED v2 serves production');
      expect(await service.asks(service.production)).toBe('v2');
      const report = path.join(service.root, '.nemesis/reports/production.json');
      expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
        outcome: { kind: 'succeeded' },
        plan: { strategy: 'rolling', trialSpeed: 600 },
      });

      const back = await service.nemesis(
        'deploy:rollback',
        '--env',
        'production',
        '--reason',
        'odd',
      );
      expect(back).toMatchObject({ code: 0 });
      expect(await service.asks(service.production)).toBe('v1');
      expect(await statusOf(service, 'production')).toMatchObject({
        ...{ serves: { version: 'v1' }, running: [], lock: null, pin: { version: 'v1' } },
      });
      const frozen = await service.nemesis('deploy:production', 'v2');
      expect(frozen.code).toBe(8);
      expect(frozen.stderr).toContain('production is pinned to v1 by kim: odd');
      expect(await service.nemesis('deploy:unfreeze', 'production')).toMatchObject({ code: 0 });
      expect((await service.nemesis('deploy:production', 'v2')).code).toBe(5);
      const history = await service.nemesis('deploy:history', '--json');
      const { deployments } = JSON.parse(history.stdout) as {
        deployments: readonly { version: string; kind: string; status: string }[];
      };
      expect(
        deployments.map(({ version, kind, status }) => `${kind} ${version} ${status}`).slice(0, 2),
      ).toEqual(['rollback v1 succeeded', 'deploy v2 succeeded']);
      expect((await service.nemesis('history:verify')).code).toBe(0);
    },
  );

  test(
    'a release that errors or never becomes healthy is taken back in staging',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.release({ name: 'v1' });
      expect(await service.nemesis('deploy:staging')).toMatchObject({ code: 0 });

      service.release({ name: 'v2', bad: 0.2 });
      const errs = await service.nemesis('deploy:pipeline');
      expect(errs.code).toBe(4);
      expect(errs.stdout).toContain('ROLLED BACK staging v2 to v1');
      expect(errs.stdout).toMatch(/error_rate is \d+(\.\d+)? %, /);
      expect(errs.stdout).toMatch(/candidate: \d+ errors in \d+ requests over/);
      expect(await service.asks(service.staging)).toBe('v1');

      service.release({ name: 'v3', sick: true });
      const sick = await service.nemesis('deploy:pipeline', '--json');
      expect(sick.code).toBe(4);
      expect(JSON.parse(sick.stdout)).toMatchObject({
        schema: 'nemesis.pipeline/1',
        outcome: { kind: 'rolled_back', because: { trigger: 'ready_within' } },
      });
      expect(await service.asks(service.staging)).toBe('v1');
      expect(await statusOf(service, 'staging')).toMatchObject({ running: [], lock: null });
    },
  );

  test(
    'a first release that fails is withdrawn, and nothing serves',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.release({ name: 'v1', sick: true });
      const { code, stdout } = await service.nemesis('deploy:staging');
      expect(code).toBe(4);
      expect(stdout).toContain('WITHDRAWN v1: nothing serves staging');
      await expect(service.asks(service.staging)).resolves.toMatch(
        /no release|unavailable|^$|nothing/i,
      );
    },
  );
});

describe('what is refused', () => {
  test(
    'before anything is done, with the reason and what to do',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.release({ name: 'v1' });
      const early = await service.nemesis('deploy:production', 'v1');
      expect(early.code).toBe(1);
      expect(early.stderr).toContain('v1 has not passed code, build and test');
      expect((await service.nemesis('deploy:pipeline', '--until', 'stagin')).stderr).toContain(
        'did you mean staging?',
      );
      const plan = await service.nemesis('deploy:staging', '--plan');
      expect(plan.code).toBe(0);
      expect(plan.stdout).toContain('deploy_to_blue_slot');
      expect(existsSync(path.join(service.root, '.nemesis/history.sqlite'))).toBe(true);
      expect(await statusOf(service, 'staging')).toBeUndefined();
      expect((await service.nemesis('deploy:approve')).code).toBe(2);
      expect((await service.nemesis('deploy:resume', '--env', 'staging')).stderr).toContain(
        'nothing is half done in staging',
      );
      expect((await service.nemesis('deploy:unfreeze', 'staging')).code).toBe(2);
    },
  );

  test(
    'a rejected release, and a declared step that is missing',
    { timeout: LONG_MS },
    async () => {
      const service = await toy();
      service.release({ name: 'v1' });
      expect((await service.nemesis('deploy:pipeline', '--until', 'approval')).code).toBe(0);
      await service.nemesis('deploy:reject', 'v1', '--by', 'bob', '--reason', 'not on a Friday');
      const rejected = await service.nemesis('deploy:pipeline');
      expect(rejected.code).toBe(1);
      expect(rejected.stderr).toContain('v1 was rejected by bob: not on a Friday');

      service.config('');
      const file = path.join(service.root, 'nemesis.config.yaml');
      const written = readFileSync(file, 'utf8');
      const { writeFileSync } = await import('node:fs');
      writeFileSync(file, written.replace('clear_staging_cache: "true", ', ''));
      service.release({ name: 'v2' });
      const missing = await service.nemesis('deploy:staging');
      expect(missing.code).toBe(2);
      expect(missing.stderr).toMatch(/gates\/staging\/deploy\.yaml:\d+ {2}clear_staging_cache/);
    },
  );
});
