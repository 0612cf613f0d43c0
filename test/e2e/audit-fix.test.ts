/** Patches by the real npm from a registry on the loopback: shown, applied, taken back; and what checks write down. */

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { tarOf } from '../measure/image-file.ts';
import { emptyProject, eventually, inGit, type Project } from './rig.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Each version says which one it is. 1.0.0 has a hole. */
const VERSIONS = ['1.0.0', '1.0.1', '1.1.0', '2.0.0'];

const tarball = (version: string) =>
  gzipSync(
    tarOf({
      'package/package.json': JSON.stringify({ name: 'money', version, main: 'index.js' }),
      'package/index.js': `module.exports = '${version}';\n`,
    }),
  );

async function registry(severity = 'high'): Promise<string> {
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    const base = `http://${headers.host}`;
    request.resume().on('end', () => {
      const packed = /money-([\d.]+)\.tgz$/.exec(url)?.[1];
      if (packed !== undefined) return response.end(tarball(packed));
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(url.endsWith('/bulk') ? { money: [hole(severity)] } : packument(base)),
      );
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

const hole = (severity: string) => ({
  ...{ id: 1, title: 'rounds against the customer', severity, vulnerable_versions: '<1.0.1' },
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-1101',
});

function packument(base: string): object {
  const versions = VERSIONS.map((version) => {
    const integrity = `sha512-${createHash('sha512').update(tarball(version)).digest('base64')}`;
    const dist = { tarball: `${base}/money-${version}.tgz`, integrity };
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
  const integrity = `sha512-${createHash('sha512').update(tarball('1.0.0')).digest('base64')}`;
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

test('what somebody changed after a kill is not overwritten', { timeout: 120_000 }, async () => {
  const project = shop(await registry(), ['1.0.0', '1.0.1']);
  const before = locked(project);
  project.write({ wait: '' });
  const running = project.start(['audit:fix', '--yes']);
  await eventually('the lock file is changed', () => locked(project) !== before);
  running.child.kill('SIGKILL');
  await running.ended;
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
