/** npm audit by the real npm, against a registry on the loopback; and where it is in play. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import type { Project } from '../../../src/measure/project.ts';
import { npmAudit } from '../../../src/measure/tools/npm-audit.ts';
import { startRegistry, type Advisory } from '../npm-registry.ts';
import { contextFor } from '../suites/replay.ts';
import { projectWith } from './support.ts';
import { temporary } from '../../temporary.ts';

const engine = createProcessEngine();
afterAll(() => engine.close());

const FLAW: Advisory = {
  id: 1101,
  title: 'rounds against the customer',
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-1101',
  severity: 'high',
  vulnerable_versions: '<2.0.0',
};

const OUTAGE = { state: 'backend_unavailable', metrics: {}, findings: [] };

type Answer = (socket: net.Socket) => void;

const answering =
  (type: string, body: string): Answer =>
  (socket) =>
    void socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${body}`);

function shop(names: readonly string[] = ['money'], group = 'dependencies'): string {
  const root = temporary('audit');
  const each = <T>(value: T, prefix = ''): Record<string, T> =>
    Object.fromEntries(names.map((name) => [`${prefix}${name}`, value]));
  const own = { name: 'shop', version: '1.0.0', [group]: each('^1.0.0') };
  const kind = { devDependencies: 'dev', optionalDependencies: 'optional' }[group];
  const locked = { version: '1.0.0', ...(kind !== undefined && { [kind]: true }) };
  const packages = { '': own, ...each(locked, 'node_modules/') };
  const lock = { ...own, lockfileVersion: 3, requires: true, packages };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(own));
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock));
  return root;
}

async function audit(
  root: string,
  registry: string,
  given: Partial<Project> = {},
  patience = '5000',
  env: Readonly<Record<string, string>> = {},
) {
  const home = temporary('audit-home');
  const toolPath = process.env['PATH'] ?? '';
  const project = projectWith({
    root,
    repositoryTop: root,
    path: toolPath,
    environment: () => ({
      PATH: toolPath,
      HOME: home,
      npm_config_registry: registry,
      npm_config_fetch_timeout: patience,
      npm_config_fetch_retry_mintimeout: '10',
      npm_config_fetch_retry_maxtimeout: '10',
      ...env,
    }),
    ...given,
  });
  return npmAudit.measure(contextFor(project, engine, { timeoutMs: 60_000 }));
}

describe('the real npm', { timeout: 90_000 }, () => {
  test('tells a flaw, and writes nothing into the project', async () => {
    const registry = await startRegistry({ money: [FLAW] });
    const root = shop();
    const measured = await audit(root, registry.url);
    await registry.close();
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: { vulnerabilities_high: 1, vulnerabilities_critical: 0, audit_clean: false },
      findings: [{ rule: 'GHSA-aaaa-bbbb-1101', severity: 'error' }],
    });
    expect(readdirSync(root).sort()).toEqual(['package-lock.json', 'package.json']);
  });

  test('counts the packages of each severity', async () => {
    const flaw = (severity: string): readonly Advisory[] => [{ ...FLAW, severity }];
    const registry = await startRegistry({
      ...{ money: flaw('critical'), cash: flaw('moderate'), till: flaw('moderate') },
      ...{ drawer: flaw('low'), coin: flaw('high'), receipt: [] },
    });
    const root = shop(['money', 'cash', 'till', 'drawer', 'coin', 'receipt']);
    const { metrics } = await audit(root, registry.url);
    await registry.close();
    expect(metrics).toEqual({
      ...{ vulnerabilities_critical: 1, npm_vulnerabilities_critical: 1 },
      ...{ vulnerabilities_high: 1, npm_vulnerabilities_high: 1 },
      ...{ vulnerabilities_moderate: 2, npm_vulnerabilities_moderate: 2 },
      ...{ vulnerabilities_low: 1, npm_vulnerabilities_low: 1 },
      ...{ audit_clean: false, dependencies_safe: false },
    });
  });

  test('is clean when the registry knows nothing', async () => {
    const registry = await startRegistry({});
    const { state, metrics } = await audit(shop(), registry.url);
    await registry.close();
    expect(state).toBe('clean');
    expect(metrics).toEqual({
      ...{ vulnerabilities_critical: 0, npm_vulnerabilities_critical: 0 },
      ...{ vulnerabilities_high: 0, npm_vulnerabilities_high: 0 },
      ...{ vulnerabilities_moderate: 0, npm_vulnerabilities_moderate: 0 },
      ...{ vulnerabilities_low: 0, npm_vulnerabilities_low: 0 },
      ...{ audit_clean: true, dependencies_safe: true },
    });
  });

  test.each([
    ...['offline=true', 'prefer-offline=true', 'omit=dev', 'omit[]=dev\nomit[]=optional'],
    ...['production=true', 'only=prod', 'optional=false', 'audit=false', 'audit-level=critical'],
    ...['audit-level=none', 'dry-run=true', 'package-lock=false', 'shrinkwrap=false', 'json=false'],
  ])('asks about all there is whatever .npmrc says: %s', async (said) => {
    const registry = await startRegistry({ money: [FLAW] });
    const measured = await Promise.all(
      ['devDependencies', 'optionalDependencies'].map((group) => {
        const root = shop(['money'], group);
        writeFileSync(path.join(root, '.npmrc'), `${said}\n`);
        return audit(root, registry.url);
      }),
    );
    await registry.close();
    for (const one of measured)
      expect(one).toMatchObject({
        state: 'findings',
        metrics: { vulnerabilities_high: 1, audit_clean: false },
      });
  });

  test('so it is with what the environment says', async () => {
    const registry = await startRegistry({ money: [FLAW] });
    const env = { npm_config_offline: 'true', npm_config_omit: 'dev', NODE_ENV: 'production' };
    const measured = await audit(shop(['money'], 'devDependencies'), registry.url, {}, '5000', env);
    await registry.close();
    expect(measured).toMatchObject({ state: 'findings', metrics: { vulnerabilities_high: 1 } });
  });

  test.each([401, 403, 404, 405, 429, 500, 503])(
    'a registry that answers %i is neither clean nor vulnerable',
    async (status) => {
      const registry = await startRegistry({ money: [FLAW] }, status);
      const measured = await audit(shop(), registry.url);
      await registry.close();
      expect(measured).toMatchObject(OUTAGE);
    },
  );

  test.each<[string, Answer, string]>([
    ['a page of a proxy', answering('text/html', '<!doctype html><h1>Sign in</h1>'), 'http'],
    ['JSON that is cut', answering('application/json', '{"money":[{"id":1101,'), 'http'],
    ['nothing, and hangs up', (socket) => void socket.destroy(), 'http'],
    ['nothing at all', () => undefined, 'http'],
    ['garbage where TLS is meant', (socket) => void socket.end('no handshake\n'), 'https'],
  ])('a registry that answers %s is an outage', async (_, answer, scheme) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const measured = await audit(shop(), `${scheme}://127.0.0.1:${port}/`, {}, '300');
    server.close();
    expect(measured).toMatchObject(OUTAGE);
  });

  test('a registry that nobody runs is an outage', async () => {
    const registry = await startRegistry({});
    await registry.close();
    expect(await audit(shop(), registry.url)).toMatchObject(OUTAGE);
  });
});

describe('a workspace whose lock file lies above it', { timeout: 90_000 }, () => {
  /** The root depends on a package with a flaw, the workspace `till` on what is given. */
  function measureTill(dependencies: Record<string, string>, registry: string) {
    const top = temporary('audit');
    const own = { name: 'shop', workspaces: ['till'], dependencies: { money: '^1.0.0' } };
    const till = { name: 'till', version: '1.0.0', dependencies };
    const packages = {
      '': own,
      till,
      'node_modules/till': { resolved: 'till', link: true },
      'node_modules/money': { version: '1.0.0' },
    };
    const root = path.join(top, 'till');
    mkdirSync(root);
    const write = (file: string, content: object) =>
      writeFileSync(path.join(top, file), JSON.stringify(content));
    write('package.json', own);
    write('till/package.json', till);
    write('package-lock.json', { name: 'shop', lockfileVersion: 3, requires: true, packages });
    return audit(root, registry, { repositoryTop: top, manifest: till });
  }

  test('is judged by what it declares, and is not clean when that is nothing', async () => {
    const registry = await startRegistry({ money: [FLAW] });
    const bare = await measureTill({}, registry.url);
    const declaring = await measureTill({ money: '^1.0.0' }, registry.url);
    await registry.close();
    expect(bare).toMatchObject({ state: 'nothing_measured', metrics: {} });
    expect(bare.why).toContain('this workspace declares no dependencies');
    expect(declaring).toMatchObject({
      state: 'findings',
      metrics: { vulnerabilities_high: expect.any(Number) as number },
    });
  });
});

test('workspaces that .npmrc leaves out are asked about', { timeout: 90_000 }, async () => {
  const root = temporary('audit');
  const own = { name: 'shop', workspaces: ['till'], dependencies: { tax: '^1.0.0' } };
  const till = { name: 'till', version: '1.0.0', dependencies: { money: '^1.0.0' } };
  const packages = {
    '': own,
    till,
    'node_modules/till': { resolved: 'till', link: true },
    'node_modules/money': { version: '1.0.0' },
    'node_modules/tax': { version: '1.0.0' },
  };
  mkdirSync(path.join(root, 'till'));
  const write = (file: string, content: object | string) =>
    writeFileSync(path.join(root, file), JSON.stringify(content));
  write('package.json', own);
  write('till/package.json', till);
  write('package-lock.json', { name: 'shop', lockfileVersion: 3, requires: true, packages });
  writeFileSync(path.join(root, '.npmrc'), 'workspaces=false\n');
  const registry = await startRegistry({ money: [FLAW] });
  const measured = await audit(root, registry.url);
  await registry.close();
  expect(measured.state).toBe('findings');
});

describe('in play', () => {
  const manifest = { name: 'shop' };

  test('with a lock file of npm', () => {
    const project = projectWith({ manifest, files: ['npm-shrinkwrap.json'] });
    expect(npmAudit.inPlay(project)).toEqual({ inPlay: true, because: 'npm-shrinkwrap.json' });
  });

  test('not without one, nor for another package manager', () => {
    expect(npmAudit.inPlay(projectWith())).toMatchObject({ why: 'no package.json' });
    expect(npmAudit.inPlay(projectWith({ manifest }))).toMatchObject({ inPlay: false });
    const pnpm = projectWith({ manifest, packageManager: 'pnpm', files: ['package-lock.json'] });
    expect(npmAudit.inPlay(pnpm)).toEqual({
      inPlay: false,
      why: 'this repository uses pnpm; npm audit reads npm lock files',
    });
  });

  test('by the lock file of an enclosing workspace root only', () => {
    const top = shop();
    const root = path.join(top, 'apps', 'till');
    mkdirSync(root, { recursive: true });
    const project = projectWith({ manifest, root, repositoryTop: top });
    expect(npmAudit.inPlay(project)).toMatchObject({ inPlay: false });
    writeFileSync(path.join(top, 'package.json'), '{"workspaces":["apps/*"]}');
    expect(npmAudit.inPlay(project)).toEqual({
      inPlay: true,
      because: '../../package-lock.json',
    });
  });
});
