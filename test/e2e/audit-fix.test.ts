/** Patches by the real npm from a registry on the loopback: shown, applied, taken back; and what checks write down. */

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { tarOf } from '../measure/image-file.ts';
import { commitAll, emptyProject, eventually, inGit, type Project } from './rig.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Each version says which one it is. 1.0.0 has a hole. */
const VERSIONS = ['1.0.0', '1.0.1', '1.1.0', '2.0.0'];

/** Who asks for exactly what has the hole. */
const PURSE = { name: 'purse', version: '1.0.0', dependencies: { money: '1.0.0' } };

const tarball = (version: string, own: object = { name: 'money', version, main: 'index.js' }) =>
  gzipSync(
    tarOf({
      'package/package.json': JSON.stringify(own),
      'package/index.js': `module.exports = '${version}';\n`,
    }),
  );

async function registry(severity = 'high', ranges: readonly string[] = ['<1.0.1']) {
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    const base = `http://${headers.host}`;
    request.resume().on('end', () => {
      const packed = /money-([\d.]+)\.tgz$/.exec(url)?.[1];
      if (packed !== undefined) return response.end(tarball(packed));
      if (url.endsWith('purse.tgz')) return response.end(tarball('1.0.0', PURSE));
      response.setHeader('content-type', 'application/json');
      const money = ranges.map((range, at) => hole(severity, range, at));
      const known = url === '/purse' ? purse(base) : packument(base);
      response.end(JSON.stringify(url.endsWith('/bulk') ? { money } : known));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const hole = (severity: string, range: string, at: number) => ({
  ...{ id: at, title: 'rounds against the customer', severity, vulnerable_versions: range },
  url: `https://github.com/advisories/GHSA-aaaa-bbbb-110${at + 1}`,
});

const integrityOf = (packed: Buffer) =>
  `sha512-${createHash('sha512').update(packed).digest('base64')}`;

function purse(base: string): object {
  const dist = {
    tarball: `${base}/purse.tgz`,
    integrity: integrityOf(tarball('1.0.0', PURSE)),
  };
  return {
    name: 'purse',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { ...PURSE, dist } },
  };
}

function packument(base: string): object {
  const versions = VERSIONS.map((version) => {
    const dist = {
      tarball: `${base}/money-${version}.tgz`,
      integrity: integrityOf(tarball(version)),
    };
    return [version, { name: 'money', version, main: 'index.js', dist }];
  });
  return {
    name: 'money',
    'dist-tags': { latest: '2.0.0' },
    versions: Object.fromEntries(versions) as object,
  };
}

/** @param accepts versions of money the unit test accepts @param range what package.json asks for */
function shop(url: string, accepts: readonly string[], range = '^1.0.0'): Project {
  const project = emptyProject();
  const own = { name: 'shop', version: '1.0.0', dependencies: { money: range } };
  const integrity = integrityOf(tarball('1.0.0'));
  const money = { version: '1.0.0', resolved: `${url}money-1.0.0.tgz`, integrity };
  project.write({
    'package.json': `${JSON.stringify({ ...own, scripts: { test: 'node --test' } }, null, 2)}\n`,
    'package-lock.json': `${JSON.stringify({ name: 'shop', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': own, 'node_modules/money': money } }, null, 4)}\n`,
    '.npmrc': `registry=${url}\n`,
    '.gitignore': 'node_modules/\n',
    'node_modules/money/package.json': JSON.stringify({
      name: 'money',
      version: '1.0.0',
      main: 'index.js',
    }),
    'node_modules/money/index.js': `module.exports = '1.0.0';\n`,
    'money.test.js': [
      `const test = require('node:test'), assert = require('node:assert'), fs = require('node:fs');`,
      `test('money', () => {`,
      `  while (fs.existsSync('wait')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);`,
      `  assert.ok(${JSON.stringify(accepts)}.includes(require('money')));`,
      `});`,
    ].join('\n'),
  });
  inGit(project);
  return project;
}

const installed = (project: Project) =>
  (JSON.parse(project.read('node_modules/money/package.json')) as { version: string }).version;

const locked = (project: Project) => project.read('package-lock.json');

test(
  'shows a change first, refuses where nobody can be asked, then makes it',
  { timeout: 120_000 },
  async () => {
    const project = shop(await registry(), ['1.0.0', '1.0.1']);
    const before = locked(project);
    const shown = await project.nemesis(['audit:fix', '--plan']);
    expect(shown).toMatchObject({ code: 0, stdout: 'change  money 1.0.0 to 1.0.1\n' });
    expect(await project.nemesis(['audit:fix'])).toMatchObject({ code: 2 });
    expect(locked(project)).toBe(before);

    const made = await project.nemesis(['audit:fix', '--yes']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('package-lock.json is changed, and the unit tests pass');
    expect(project.git('status', '--porcelain')).toBe(' M package-lock.json\n');
    expect(project.git('diff', '--stat')).toContain(
      '1 file changed, 3 insertions(+), 3 deletions(-)',
    );
    expect(installed(project)).toBe('1.0.1');
    const again = await project.nemesis(['audit:fix', '--yes']);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('is not as committed');
  },
);

test('takes everything back when the tests fail', { timeout: 120_000 }, async () => {
  const project = shop(await registry(), ['1.0.0']);
  const before = locked(project);
  const made = await project.nemesis(['audit:fix', '--yes']);
  expect(made.code).toBe(4);
  expect(made.stderr).toContain('the unit tests fail');
  expect(locked(project)).toBe(before);
  expect(installed(project)).toBe('1.0.0');
  expect(project.git('status', '--porcelain')).toBe('');
  expect(existsSync(path.join(project.root, '.nemesis/audit-fix'))).toBe(false);
});

test('leaves alone what asks for exactly this version', { timeout: 120_000 }, async () => {
  const project = shop(await registry(), ['1.0.0'], '1.0.0');
  const shown = await project.nemesis(['audit:fix', '--yes']);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain(
    'leave   money: there is no newer patch version that all who use it allow',
  );
  expect(project.git('status', '--porcelain')).toBe('');
});

test('a patch version with the same hole is none', { timeout: 120_000 }, async () => {
  const project = shop(await registry('high', ['<1.1.0']), ['1.0.0', '1.0.1']);
  const shown = await project.nemesis(['audit:fix', '--yes']);
  expect(shown).toMatchObject({
    code: 0,
    stdout:
      'leave   money: the newest patch version, 1.0.1, is not free of GHSA-aaaa-bbbb-1101 (fixed in 1.1.0)\n',
  });
  expect(project.git('status', '--porcelain')).toBe('');
});

test('of two holes the one that stays is told', { timeout: 120_000 }, async () => {
  const project = shop(await registry('high', ['<1.0.1', '<1.1.0']), ['1.0.0', '1.0.1']);
  const shown = await project.nemesis(['audit:fix', '--plan']);
  expect(shown.stdout).toBe(
    'change  money 1.0.0 to 1.0.1\nleave   money: 1.0.1 still has GHSA-aaaa-bbbb-1102 (fixed in 1.1.0)\n',
  );
});

test('who asks for exactly this version deep in the tree is named', async () => {
  const url = await registry();
  const project = shop(url, ['1.0.0']);
  const own = { name: 'shop', version: '1.0.0', dependencies: { purse: '^1.0.0' } };
  const packages = {
    '': own,
    'node_modules/money': { version: '1.0.0', integrity: integrityOf(tarball('1.0.0')) },
    'node_modules/purse': {
      ...{ version: '1.0.0', resolved: `${url}purse.tgz` },
      integrity: integrityOf(tarball('1.0.0', PURSE)),
      dependencies: PURSE.dependencies,
    },
  };
  project.write({
    'package.json': JSON.stringify(own),
    'package-lock.json': JSON.stringify({ ...own, lockfileVersion: 3, requires: true, packages }),
  });
  commitAll(project, 'purse');
  const shown = await project.nemesis(['audit:fix', '--plan']);
  expect(shown.stdout).toContain(
    'leave   money: there is no newer patch version that all who use it allow: purse asks for 1.0.0; it has GHSA-aaaa-bbbb-1101 (fixed in 1.0.1)',
  );
}, 120_000);

test(
  'line ends stay, and settings of npm do not hide the patch',
  { timeout: 120_000 },
  async () => {
    const url = await registry();
    const project = shop(url, ['1.0.0', '1.0.1']);
    project.write({
      'package-lock.json': locked(project).replaceAll('\n', '\r\n'),
      '.npmrc': `registry=${url}\noffline=true\ndry-run=true\npackage-lock=false\n`,
    });
    commitAll(project, 'settings');
    const made = await project.nemesis(['audit:fix', '--yes']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(locked(project)).toContain('1.0.1');
    expect(locked(project).split('\n').slice(0, -1)).toSatisfy((lines: string[]) =>
      lines.every((line) => line.endsWith('\r')),
    );
    expect(installed(project)).toBe('1.0.1');
  },
);

test.each(['SIGKILL', 'SIGINT'] as const)(
  '%s while the tests run: the lock file is as before',
  { timeout: 120_000 },
  async (signal) => {
    const project = shop(await registry(), ['1.0.0', '1.0.1']);
    const before = locked(project);
    project.write({ wait: '' });
    const running = project.start(['audit:fix', '--yes']);
    await eventually('the lock file is changed', () => locked(project) !== before);
    running.child.kill(signal);
    const ended = await running.ended;
    writeFileSync(path.join(project.root, 'wait'), '');
    if (signal === 'SIGKILL') {
      expect(locked(project)).not.toBe(before);
      const next = await project.nemesis(['audit:fix', '--plan']);
      expect(next.stderr).toContain('is again as before the audit:fix that was ended');
    } else expect(ended.code).toBe(130);
    expect(locked(project)).toBe(before);
    expect(installed(project)).toBe('1.0.0');
  },
);

/** And the lock file as it was before. */
async function killedHalfWay() {
  const project = shop(await registry(), ['1.0.0', '1.0.1']);
  const before = locked(project);
  project.write({ wait: '' });
  const running = project.start(['audit:fix', '--yes']);
  await eventually('the lock file is changed', () => locked(project) !== before);
  running.child.kill('SIGKILL');
  await running.ended;
  return { project, before };
}

test('what somebody committed after a kill stays', { timeout: 120_000 }, async () => {
  const { project } = await killedHalfWay();
  const left = locked(project);
  commitAll(project, 'money 1.0.1');
  const next = await project.nemesis(['audit:fix', '--plan']);
  expect(next.stderr).toContain('stays as the audit:fix that was ended has left it');
  expect(locked(project)).toBe(left);
  expect(existsSync(path.join(project.root, '.nemesis/audit-fix'))).toBe(false);
});

test('what somebody changed after a kill is not overwritten', { timeout: 120_000 }, async () => {
  const { project, before } = await killedHalfWay();
  project.write({ 'package-lock.json': '{}' });
  const next = await project.nemesis(['audit:fix', '--yes']);
  expect(next.code).toBe(3);
  expect(next.stderr).toContain('.nemesis/audit-fix/package-lock.json');
  expect(locked(project)).toBe('{}');
  expect(
    readFileSync(path.join(project.root, '.nemesis/audit-fix/package-lock.json'), 'utf8'),
  ).toBe(before);
});

test(
  'a check blocks on a critical hole, and writes alert and ticket down once',
  { timeout: 120_000 },
  async () => {
    const project = shop(await registry('critical'), ['1.0.0']);
    project.write({ 'nemesis.config.yaml': 'service: shop\nextends: nemesis/strict\n' });
    const first = await project.nemesis(['deploy:check', '--gate', 'build', '--only', 'npm-audit']);
    expect(first.code).toBe(1);
    expect(first.stderr).toContain(
      'recorded  security ticket: GHSA-aaaa-bbbb-1101 in money (critical)',
    );
    const second = await project.nemesis([
      'deploy:check',
      '--gate',
      'build',
      '--only',
      'npm-audit',
    ]);
    expect(second.stderr).not.toContain('recorded');
    const listed = await project.nemesis(['audit:list', '--json']);
    const { records } = JSON.parse(listed.stdout) as { records: { kind: string }[] };
    expect(records.map(({ kind }) => kind)).toEqual(['alert', 'security_ticket']);
    const shown = await project.nemesis(['audit:list']);
    expect(shown.stdout).toContain('GHSA-aaaa-bbbb-1101 in money, seen first');
    expect(await project.nemesis(['history:verify'])).toMatchObject({ code: 0 });

    const exported = await project.nemesis(['history:export']);
    const other = emptyProject();
    other.write({ 'nemesis.config.yaml': 'service: shop\n', 'past.jsonl': exported.stdout });
    expect(await other.nemesis(['history:import', 'past.jsonl'])).toMatchObject({ code: 0 });
    expect((await other.nemesis(['audit:list', '--json'])).stdout).toBe(listed.stdout);
  },
);
