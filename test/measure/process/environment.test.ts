import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetPath, toolEnvironment } from '../../../src/measure/process/environment.ts';

describe('targetPath', () => {
  const shop = { root: '/repo/apps/shop', repositoryTop: '/repo', ownBinDirs: [] };
  const existing =
    (...dirs: string[]) =>
    (dir: string): boolean =>
      dirs.includes(dir);
  const all = (): boolean => true;
  const none = (): boolean => false;

  test('packages from the root up to the top, then Python, then the user', () => {
    expect(targetPath({ ...shop, userPath: '/usr/bin:/bin', exists: all }).split(':')).toEqual([
      '/repo/apps/shop/node_modules/.bin',
      '/repo/apps/node_modules/.bin',
      '/repo/node_modules/.bin',
      '/repo/apps/shop/.venv/bin',
      '/repo/apps/shop/venv/bin',
      '/repo/apps/.venv/bin',
      '/repo/apps/venv/bin',
      '/repo/.venv/bin',
      '/repo/venv/bin',
      '/usr/bin',
      '/bin',
    ]);
  });

  test('only what exists', () => {
    const exists = existing('/repo/node_modules/.bin', '/repo/.venv/bin');
    expect(targetPath({ ...shop, userPath: '/usr/bin', exists })).toBe(
      '/repo/node_modules/.bin:/repo/.venv/bin:/usr/bin',
    );
  });

  test.for([
    ['inside the repository', '/repo/env', '/repo/env/bin:/usr/bin'],
    ['outside', '/home/me/env', '/usr/bin'],
    ['beside, with a like name', '/repo-two/env', '/usr/bin'],
  ])('an active virtual environment %s', ([, virtualEnv, expected]) => {
    const exists = existing('/repo/env/bin', '/home/me/env/bin', '/repo-two/env/bin');
    const options = { ...shop, userPath: '/usr/bin', exists, virtualEnv: virtualEnv as string };
    expect(targetPath(options)).toBe(expected);
  });

  test("nemesis' own folders go, unless they are the project's too", () => {
    const userPath = '/opt/nemesis/node_modules/.bin:/opt/node24/bin/:/repo/node_modules/.bin:/bin';
    const ownBinDirs = [
      '/opt/nemesis/node_modules/.bin',
      '/opt/node24/bin',
      '/repo/node_modules/.bin',
    ];
    const exists = existing('/repo/node_modules/.bin');
    expect(targetPath({ ...shop, ownBinDirs, userPath, exists })).toBe(
      '/repo/node_modules/.bin:/bin',
    );
  });

  test('what npm put in front goes, what the user has behind it stays', () => {
    const userPath = [
      '/elsewhere/pkg/node_modules/.bin',
      '/elsewhere/node_modules/.bin',
      '/node_modules/.bin',
      '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
      '/home/me/tools/node_modules/.bin',
      '/usr/bin',
    ].join(':');
    expect(targetPath({ ...shop, userPath, exists: none })).toBe(
      '/home/me/tools/node_modules/.bin:/usr/bin',
    );
  });

  test('npm run inside npm run', () => {
    const gyp = '/npm/node-gyp-bin';
    const userPath = `/a/node_modules/.bin:${gyp}:/b/node_modules/.bin:${gyp}:/usr/bin`;
    expect(targetPath({ ...shop, userPath, exists: none })).toBe('/usr/bin');
  });

  test('a root outside the repository climbs nowhere', () => {
    const options = { root: '/tmp/copy', repositoryTop: '/repo', ownBinDirs: [], exists: all };
    expect(targetPath({ ...options, userPath: '' }).split(':')).toEqual([
      '/tmp/copy/node_modules/.bin',
      '/tmp/copy/.venv/bin',
      '/tmp/copy/venv/bin',
    ]);
  });

  test('no relative, empty or repeated entry comes through', () => {
    const entry = fc.constantFrom(
      '',
      '.',
      'bin',
      './node_modules/.bin',
      '/bin',
      '/bin/',
      '/usr/bin',
    );
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const dirs = targetPath({ ...shop, userPath: entries.join(':'), exists: none })
          .split(':')
          .filter((dir, _, { length }) => dir !== '' || length > 1);
        expect(dirs.every((dir) => dir.startsWith('/'))).toBe(true);
        expect(new Set(dirs).size).toBe(dirs.length);
      }),
    );
  });
});

describe('toolEnvironment', () => {
  const user = {
    PATH: '/usr/bin',
    HOME: '/home/me',
    LC_ALL: 'C.UTF-8',
    XDG_CACHE_HOME: '/home/me/.cache',
    https_proxy: 'http://proxy:3128',
    npm_config_registry: 'https://registry.example',
    npm_config_user_agent: 'npm/11',
    npm_lifecycle_event: 'test',
    npm_package_name: 'nemesis',
    npm_node_execpath: '/opt/node24/bin/node',
    NODE: '/opt/node24/bin/node',
    INIT_CWD: '/repo',
    NODE_OPTIONS: '--max-old-space-size=4096',
    NODE_COMPILE_CACHE: '/tmp/cache',
    NEMESIS_HOME: '/home/me/.nemesis',
    NEMESIS_RUN: 'outer',
    DATABASE_URL: 'postgres://localhost/test',
    DEPLOY_TOKEN: 'secret',
    FORCE_COLOR: '3',
    TERM: 'xterm',
    NOTHING: undefined,
  };
  const deploySecrets = ['DEPLOY_TOKEN'];

  test('an analyser gets what is on the list', () => {
    expect(toolEnvironment('analyser', user, { deploySecrets })).toEqual({
      PATH: '/usr/bin',
      HOME: '/home/me',
      LC_ALL: 'C.UTF-8',
      XDG_CACHE_HOME: '/home/me/.cache',
      https_proxy: 'http://proxy:3128',
      npm_config_registry: 'https://registry.example',
      TERM: 'dumb',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    });
  });

  test("the team's own programs get the user's environment, without secrets and npm's traces", () => {
    expect(toolEnvironment('project', user, { deploySecrets, path: '/repo/bin' })).toEqual({
      PATH: '/repo/bin',
      HOME: '/home/me',
      LC_ALL: 'C.UTF-8',
      XDG_CACHE_HOME: '/home/me/.cache',
      https_proxy: 'http://proxy:3128',
      npm_config_registry: 'https://registry.example',
      NODE_OPTIONS: '--max-old-space-size=4096',
      DATABASE_URL: 'postgres://localhost/test',
      NO_COLOR: '1',
      TERM: 'xterm',
    });
  });

  test('a secret stays back even when its name is on the list', () => {
    const env = toolEnvironment('analyser', user, { deploySecrets: ['https_proxy'] });
    expect(env).not.toHaveProperty('https_proxy');
  });

  test('a NODE of the user stays', () => {
    expect(toolEnvironment('project', { NODE: '/usr/bin/node' })).toMatchObject({
      NODE: '/usr/bin/node',
    });
  });
});
