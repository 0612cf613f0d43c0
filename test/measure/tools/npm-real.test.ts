/** What the real npm writes and says about a project: its lock file, and the tree it finds installed. */

import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dependencies } from '../../../src/measure/tools/dependencies.ts';
import { lockfile } from '../../../src/measure/tools/lockfile.ts';
import { startRegistry } from '../npm-registry.ts';
import { folder, projectOf, run } from './real-project.ts';

const manifest = (range: string): string =>
  JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: { money: range } });
const installed = (version: string, more: object = {}): string =>
  JSON.stringify({ name: 'money', version, ...more });

/** The exit code; not by `spawnSync`, for the registry answers from this process. */
async function npm(root: string, registry: string, ...argv: string[]): Promise<number | null> {
  const env = { PATH: process.env['PATH'], HOME: folder, npm_config_registry: registry };
  const child = spawn('npm', argv, { cwd: root, env, stdio: 'ignore' });
  return await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

describe('lockfile', { timeout: 60_000 }, () => {
  test('fits as npm wrote it, and does not where `npm ci` refuses it', async () => {
    const registry = await startRegistry({});
    const root = projectOf({ 'package.json': manifest('^1.0.0') }, false);
    const isTaken = async (): Promise<boolean> =>
      (await npm(root, registry.url, 'ci', '--dry-run', '--ignore-scripts')) === 0;

    expect(await npm(root, registry.url, 'install', '--package-lock-only')).toBe(0);
    const fits = await run(lockfile, root);
    expect(fits.metrics).toEqual({
      ...{ versions_locked: true, dependencies_unlocked: 0, lockfile_consistent: true },
    });
    expect(await isTaken()).toBe(true);

    writeFileSync(path.join(root, 'package.json'), manifest('^2.0.0'));
    const differs = await run(lockfile, root);
    expect(differs.metrics).toEqual({
      ...{ versions_locked: true, dependencies_unlocked: 0, lockfile_consistent: false },
    });
    expect(await isTaken()).toBe(false);

    rmSync(path.join(root, 'package-lock.json'));
    const none = await run(lockfile, root);
    expect(none.metrics).toMatchObject({ versions_locked: false, dependencies_unlocked: 1 });
    expect(await isTaken()).toBe(false);
    await registry.close();
  });
});

describe('dependencies', { timeout: 60_000 }, () => {
  const resolved = async (files: Readonly<Record<string, string>>) =>
    await run(dependencies, projectOf({ 'package-lock.json': '{}', ...files }, false));

  test('all there, as npm sees it', async () => {
    const { state, metrics, evidence } = await resolved({
      'package.json': manifest('^1.0.0'),
      'node_modules/money/package.json': installed('1.2.0'),
    });
    expect(state).toBe('clean');
    expect(metrics).toEqual({ all_resolved: true, dependencies_unresolved: 0 });
    expect(evidence).toMatchObject({ tool: 'npm', exitCode: 0 });
  });

  test.each([
    ['one in a version nobody asked for', 'invalid', { 'money/package.json': installed('2.0.0') }],
    ['one that is not there', 'missing', { 'till/package.json': '{ "name": "till" }' }],
    [
      'what one of them needs is not there',
      'missing',
      { 'money/package.json': installed('1.2.0', { dependencies: { rounding: '1' } }) },
    ],
  ])('%s', async (_, rule, packages) => {
    const { state, metrics, findings, evidence } = await resolved({
      'package.json': manifest('^1.0.0'),
      ...Object.fromEntries(
        Object.entries(packages).map(([name, text]) => [`node_modules/${name}`, text]),
      ),
    });
    expect(state).toBe('findings');
    expect(metrics).toEqual({ all_resolved: false, dependencies_unresolved: 1 });
    expect(findings[0]).toMatchObject({ rule, severity: 'error' });
    expect(evidence?.exitCode).toBe(1);
  });
});
