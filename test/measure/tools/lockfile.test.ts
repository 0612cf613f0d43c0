/** Lock files against package.json, in folders made for each case. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../src/measure/project.ts';
import { lockfile } from '../../../src/measure/tools/lockfile.ts';
import { folderWith } from '../folder.ts';
import { contextFor, engineOf } from '../suites/replay.ts';
import { projectWith } from './support.ts';
import { temporary } from '../../temporary.ts';

const engine = engineOf(() => ({ kind: 'aborted' }));

/** Writes the files, objects as JSON, and measures the folder `at` in it. */
function measure(files: Readonly<Record<string, unknown>>, at = '.') {
  const top = temporary('lockfile');
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(top, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const manifest = files[path.posix.join(at, 'package.json')] as Manifest;
  const root = path.join(top, at);
  const project = projectWith({ root, repositoryTop: top, manifest, files: Object.keys(files) });
  return lockfile.measure(contextFor(project, engine));
}

const lock = (own: object, ...names: string[]) => ({
  name: 'shop',
  lockfileVersion: 3,
  packages: {
    '': own,
    ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0' }])),
  },
});

describe('npm', () => {
  const own = {
    dependencies: { money: '^1.0.0' },
    devDependencies: { checker: '~1.0.0' },
    peerDependencies: { host: '>=3' },
    optionalDependencies: { printer: '1.x' },
  };

  test('a lock file that repeats package.json fits', async () => {
    const files = { 'package.json': own, 'package-lock.json': lock(own, 'money', 'checker') };
    expect(await measure(files)).toMatchObject({
      state: 'clean',
      metrics: { versions_locked: true, lockfile_consistent: true },
    });
  });

  test('a package that is optional as well counts as optional', async () => {
    const twice = { dependencies: { printer: '1.x' }, optionalDependencies: { printer: '1.x' } };
    const once = { optionalDependencies: { printer: '1.x' } };
    const measured = await measure({ 'package.json': twice, 'package-lock.json': lock(once) });
    expect(measured.metrics['lockfile_consistent']).toBe(true);
  });

  test.each([
    [
      'a range it does not serve',
      { ...own, dependencies: { money: '^2.0.0' } },
      'money is ^2.0.0, package-lock.json has ^1.0.0',
    ],
    [
      'one more',
      { ...own, dependencies: { money: '^1.0.0', tax: '1' } },
      'tax is 1, package-lock.json has nothing',
    ],
    [
      'one moved to another range',
      { ...own, dependencies: {}, devDependencies: { checker: '~1.0.0', money: '~2.0.0' } },
      'money in devDependencies is ~2.0.0, package-lock.json has nothing',
    ],
    [
      'one more that is optional',
      { ...own, optionalDependencies: { printer: '1.x', paper: '1' } },
      'paper in optionalDependencies is 1, package-lock.json has nothing',
    ],
    [
      'a folder in place of a range',
      { ...own, dependencies: { money: 'file:../money' } },
      'money is file:../money, package-lock.json has ^1.0.0',
    ],
    [
      'another peer',
      { ...own, peerDependencies: { host: '>=4' } },
      'host in peerDependencies is >=4, package-lock.json has >=3',
    ],
  ])('%s does not fit', async (_, manifest, message) => {
    const files = { 'package.json': manifest, 'package-lock.json': lock(own, 'money', 'checker') };
    const measured = await measure(files);
    expect(measured.state).toBe('findings');
    expect(measured.metrics).toMatchObject({ lockfile_consistent: false });
    expect(measured.findings).toContainEqual(expect.objectContaining({ message }));
    const isMissing = measured.findings.some(({ rule }) => rule === 'not-locked');
    expect(measured.metrics['versions_locked']).toBe(!isMissing);
  });

  test.each([
    [
      'one less',
      { ...own, devDependencies: {} },
      'checker in devDependencies is not declared, package-lock.json has ~1.0.0',
    ],
    [
      'one moved',
      { ...own, dependencies: {}, devDependencies: { checker: '~1.0.0', money: '^1.0.0' } },
      'money in devDependencies is ^1.0.0, package-lock.json has nothing',
    ],
    [
      'a range that what is locked satisfies',
      { ...own, dependencies: { money: '1.x' } },
      'money is 1.x, package-lock.json has ^1.0.0',
    ],
    [
      'an alias that what is locked satisfies',
      { ...own, dependencies: { money: 'npm:money@1.x' } },
      'money is npm:money@1.x, package-lock.json has ^1.0.0',
    ],
    [
      'a peer that may be absent',
      {
        ...own,
        peerDependencies: { host: '>=3', guest: '1' },
        peerDependenciesMeta: { guest: { optional: true } },
      },
      'guest in peerDependencies is 1, package-lock.json has nothing',
    ],
  ])('%s is told, and fits as npm ci takes it', async (_, manifest, message) => {
    const files = { 'package.json': manifest, 'package-lock.json': lock(own, 'money', 'checker') };
    const measured = await measure(files);
    expect(measured.metrics).toMatchObject({ versions_locked: true, lockfile_consistent: true });
    expect(measured.findings.map(({ severity }) => severity)).not.toContain('error');
    expect(measured.findings).toContainEqual(expect.objectContaining({ message }));
  });

  test('a declared package without a pinned version does not fit', async () => {
    const files = { 'package.json': own, 'package-lock.json': lock(own, 'checker') };
    const measured = await measure(files);
    expect(measured.findings).toMatchObject([
      { rule: 'not-locked', message: 'Missing: money from lock file' },
    ]);
  });

  test.each([
    ...['', '{', '{}', '[]', '{"lockfileVersion":"3"}', '{"lockfileVersion":3,"packages":[]}'],
    ...['{"lockfileVersion":3,"packages":{}}', '{"lockfileVersion":1}'],
    '{"lockfileVersion":1,"dependencies":{"money":{"version":"1.0.0"}}}',
  ])('a lock file of %j fits and locks nothing', async (text) => {
    const measured = await measure({ 'package.json': own, 'package-lock.json': text });
    expect(measured.metrics).toEqual({
      ...{ versions_locked: false, dependencies_unlocked: 1, lockfile_consistent: false },
    });
  });

  test('one that git ignores locks nothing, unless it is tracked', async () => {
    const root = folderWith({
      'package.json': own,
      'package-lock.json': lock(own, 'money', 'checker'),
      '.gitignore': 'package-lock.json\n',
    });
    const git = (...argv: string[]) => spawnSync('git', argv, { cwd: root });
    git('init', '--quiet');
    const project = projectWith({ root, repositoryTop: root, manifest: own });
    const measured = await lockfile.measure(contextFor(project, engine));
    expect(measured).toMatchObject({
      metrics: { versions_locked: false, dependencies_unlocked: 1 },
      findings: [{ rule: 'lock-file-ignored' }],
    });
    git('add', '--force', 'package-lock.json');
    const tracked = await lockfile.measure(contextFor(project, engine));
    expect(tracked.metrics).toMatchObject({ versions_locked: true, lockfile_consistent: true });
  });

  test('version 1 repeats nothing, so nothing can be compared', async () => {
    const files = {
      'package.json': own,
      'package-lock.json': { lockfileVersion: 1, dependencies: { money: {}, checker: {} } },
    };
    const measured = await measure(files);
    expect(measured.metrics['lockfile_consistent']).toMatchObject({
      notApplicable: expect.stringContaining('version 1') as string,
    });
  });
});

describe('workspaces', () => {
  const till = { name: 'till', dependencies: { money: '^1.0.0' } };
  const root = { workspaces: ['apps/*'] };
  const locked = lock(root, 'money');
  const withTill = { ...locked, packages: { ...locked.packages, 'apps/till': till } };
  const files = {
    'package.json': root,
    'package-lock.json': withTill,
    'apps/till/package.json': till,
  };

  test('fit from the top and from inside', async () => {
    for (const at of ['.', 'apps/till']) {
      expect((await measure(files, at)).metrics['lockfile_consistent']).toBe(true);
    }
  });

  test('one that changed, came or went does not fit', async () => {
    const changed = { name: 'till', dependencies: { money: '^1.1.0' } };
    for (const at of ['.', 'apps/till']) {
      const measured = await measure({ ...files, 'apps/till/package.json': changed }, at);
      expect(measured.findings).toMatchObject([{ rule: 'lock-differs' }]);
    }
    const came = await measure({ ...files, 'apps/stock/package.json': { name: 'stock' } });
    expect(came.findings).toMatchObject([{ rule: 'not-locked', file: 'apps/stock/package.json' }]);
    const gone = await measure({ 'package.json': root, 'package-lock.json': withTill });
    expect(gone.findings).toMatchObject([{ rule: 'workspace-gone', severity: 'warning' }]);
    expect(gone.metrics).toMatchObject({ lockfile_consistent: true });
  });
});

describe('the pinned tree', () => {
  const root = { dependencies: { money: '^1.0.0' } };
  const treeOf = (packages: object, manifest: object = root, npmrc = '') =>
    measure({
      'package.json': manifest,
      'package-lock.json': { lockfileVersion: 3, packages: { '': manifest, ...packages } },
      '.npmrc': npmrc,
    }).then(({ findings }) => findings.map(({ message }) => message));
  const money = { version: '1.4.0', dependencies: { rounding: '^2.1' } };

  test('a version its range does not allow is told, and one that it allows is not', async () => {
    expect(await treeOf({ 'node_modules/money': { version: '1.4.0' } })).toEqual([]);
    expect(await treeOf({ 'node_modules/money': { version: '9.0.0' } })).toEqual([
      "Invalid: lock file's money@9.0.0 does not satisfy money@^1.0.0",
    ]);
  });

  test('so it is at any depth, by the nearest node_modules', async () => {
    const nested = 'node_modules/money/node_modules/rounding';
    const top = { 'node_modules/money': money, 'node_modules/rounding': { version: '1.0.0' } };
    expect(await treeOf({ 'node_modules/money': money })).toEqual([
      'Missing: rounding from lock file, which money wants',
    ]);
    expect(await treeOf(top)).toEqual([
      "Invalid: lock file's rounding@1.0.0 does not satisfy rounding@^2.1, which money wants",
    ]);
    expect(await treeOf({ ...top, [nested]: { version: '2.1.3' } })).toEqual([]);
  });

  test.each([
    'git+ssh://git@example.com/money.git#v3',
    'file:../money',
    'https://example.com/money.tgz',
    'npm:cash',
    'workspace:^3',
    'latest',
    '*',
    '',
  ])('%j is no range to compare with', async (range) => {
    const manifest = { dependencies: { money: range } };
    expect(await treeOf({ 'node_modules/money': { version: '1.0.0-rc.1' } }, manifest)).toEqual([]);
  });

  test('what npm takes leniently is left alone', async () => {
    const optional = { ...money, dependencies: {}, optionalDependencies: { rounding: '^2.1' } };
    const peer = { ...money, dependencies: {}, peerDependencies: { rounding: '^2.1' } };
    const rounding = { 'node_modules/rounding': { version: '1.0.0' } };
    expect(await treeOf({ 'node_modules/money': optional })).toEqual([]);
    expect(await treeOf({ 'node_modules/money': peer, ...rounding })).toEqual([]);
    const bundles = { ...money, bundleDependencies: ['rounding'] };
    expect(await treeOf({ 'node_modules/money': bundles, ...rounding })).toEqual([]);
  });

  test('an alias asks for a version of what it stands for', async () => {
    const manifest = { dependencies: { money: 'npm:@s/cash@^3' } };
    expect(await treeOf({ 'node_modules/money': { version: '3.1.0' } }, manifest)).toEqual([]);
    expect(await treeOf({ 'node_modules/money': { version: '2.0.0' } }, manifest)).toHaveLength(1);
  });

  test('one further up serves in place of a nearer one', async () => {
    const packages = {
      'node_modules/money': money,
      'node_modules/rounding': { version: '2.1.3' },
      'node_modules/money/node_modules/rounding': { version: '1.0.0' },
    };
    expect(await treeOf(packages)).toEqual([]);
  });

  test.each<[string, object, string, object?]>([
    ['for all', { rounding: '1.0.0' }, '1.0.0'],
    ['by a dot', { rounding: { '.': '1.0.0' } }, '1.0.0'],
    ['below one', { money: { rounding: '1.0.0' } }, '1.0.0'],
    [
      'below one, against another for all',
      { rounding: '3.0.0', money: { rounding: '1.0.0' } },
      '1.0.0',
    ],
    ['for a range that is asked for', { 'rounding@^2': '1.0.0' }, '1.0.0'],
    ['by an alias', { rounding: 'npm:round@1.0.0' }, '1.0.0'],
    [
      'by what the root has',
      { rounding: '$rounding' },
      '1.0.0',
      { devDependencies: { rounding: '1.0.0' } },
    ],
    ['for a range nobody asks for', { 'rounding@^1': '1.0.0' }, '2.1.3'],
    ['below another', { cash: { rounding: '1.0.0' } }, '2.1.3'],
    ['by nothing', { rounding: '' }, '2.1.3'],
  ])('overrides %s are followed, and the rest is not', async (_, overrides, version, more = {}) => {
    const manifest = { ...root, ...more, overrides };
    const locked = (rounding: string) => ({
      'node_modules/money': money,
      'node_modules/rounding': { version: rounding },
    });
    expect(await treeOf(locked(version), manifest)).toEqual([]);
    const other = version === '1.0.0' ? '2.1.3' : '1.0.0';
    expect(await treeOf(locked(other), manifest)).not.toEqual([]);
  });

  test('an override that the lock file does not follow is named', async () => {
    const packages = { 'node_modules/money': money, 'node_modules/rounding': { version: '2.1.3' } };
    expect(await treeOf(packages, { ...root, overrides: { rounding: '1.0.0' } })).toEqual([
      "Invalid: lock file's rounding@2.1.3 does not satisfy rounding@1.0.0, which money wants by overrides",
    ]);
  });

  test('overrides of what package.json itself asks for otherwise are refused', async () => {
    const manifest = { ...root, overrides: { money: '1.4.0' } };
    expect(await treeOf({ 'node_modules/money': { version: '1.4.0' } }, manifest)).toEqual([
      'overrides has money 1.4.0, and package.json itself asks for ^1.0.0',
    ]);
    const same = { dependencies: { money: '1.4.0' }, overrides: { money: '1.4.0' } };
    expect(await treeOf({ 'node_modules/money': { version: '1.4.0' } }, same)).toEqual([]);
  });

  test('below a workspace an override may be followed or not', async () => {
    const till = { name: 'till', version: '1.0.0', dependencies: { money: '^1.0.0' } };
    const manifest = { workspaces: ['till'], overrides: { rounding: '1.0.0' } };
    for (const version of ['1.0.0', '2.1.3']) {
      const packages = {
        '': manifest,
        till,
        'node_modules/till': { resolved: 'till', link: true },
        'node_modules/money': money,
        'node_modules/rounding': { version },
      };
      const measured = await measure({
        'package.json': manifest,
        'till/package.json': till,
        'package-lock.json': { lockfileVersion: 3, packages },
      });
      expect(measured.findings).toEqual([]);
    }
  });

  test('peers of the root count unless npm is told to leave them', async () => {
    const manifest = { peerDependencies: { money: '^2' } };
    const packages = { 'node_modules/money': { version: '1.4.0' } };
    expect(await treeOf(packages, manifest)).toHaveLength(1);
    expect(await treeOf(packages, manifest, 'legacy-peer-deps=true')).toEqual([]);
    expect(await treeOf({}, manifest)).toEqual([]);
  });

  test('a link has the version of its target, and a workspace finds what lies above it', async () => {
    const manifest = { workspaces: ['till'], dependencies: { till: '^2.0.0' } };
    const till = { name: 'till', version: '1.0.0', dependencies: { money: '^3' } };
    const packages = {
      'node_modules/till': { resolved: 'till', link: true },
      'node_modules/money': { version: '3.0.1' },
      till,
    };
    const measured = await measure({
      'package.json': manifest,
      'till/package.json': till,
      'package-lock.json': { lockfileVersion: 3, packages: { '': manifest, ...packages } },
    });
    expect(measured.findings.map(({ message }) => message)).toEqual([
      "Invalid: lock file's till@1.0.0 does not satisfy till@^2.0.0",
    ]);
  });

  test('of this repository holds together', async () => {
    const top = path.join(import.meta.dirname, '../../..');
    const manifest = JSON.parse(readFileSync(path.join(top, 'package.json'), 'utf8')) as Manifest;
    const project = projectWith({ root: top, repositoryTop: top, manifest, packageManager: 'npm' });
    const measured = await lockfile.measure(contextFor(project, engine));
    expect(measured.findings).toEqual([]);
  });
});

describe('without one of npm', () => {
  const own = { dependencies: { money: '^1.0.0' } };

  test('others only count as locked', async () => {
    const measured = await measure({ 'package.json': own, 'pnpm-lock.yaml': 'lockfileVersion: 9' });
    expect(measured).toMatchObject({ state: 'clean', metrics: { versions_locked: true } });
    expect(measured.metrics['lockfile_consistent']).toHaveProperty('notApplicable');
  });

  test('none at all locks nothing, unless nothing is declared', async () => {
    const measured = await measure({ 'package.json': own });
    expect(measured).toMatchObject({ state: 'findings', metrics: { versions_locked: false } });
    const bare = await measure({ 'package.json': { name: 'bare' } });
    expect(bare.metrics['versions_locked']).toHaveProperty('notApplicable');
  });
});

test('of two lock files the one of the package manager in use is read', async () => {
  const own = { dependencies: { money: '^2.0.0' } };
  const root = folderWith({
    'package.json': own,
    'package-lock.json': lock({ dependencies: { money: '^1.0.0' } }, 'money'),
    'pnpm-lock.yaml': '',
  });
  const given = { root, repositoryTop: root, manifest: own };
  const measureWith = (packageManager: 'npm' | 'pnpm') =>
    lockfile.measure(contextFor(projectWith({ ...given, packageManager }), engine));
  expect(await measureWith('pnpm')).toMatchObject({ state: 'clean', summary: 'pnpm-lock.yaml' });
  expect(await measureWith('npm')).toMatchObject({ metrics: { lockfile_consistent: false } });
});
