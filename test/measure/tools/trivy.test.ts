/** trivy, the real one, with a database and images made by hand; it never asks the network. */

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_AUDIT, type AuditConfig } from '../../../src/config/config.ts';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import type { ToolRunner } from '../../../src/measure/tool.ts';
import { trivyFs } from '../../../src/measure/tools/trivy-fs.ts';
import { trivyImage } from '../../../src/measure/tools/trivy-image.ts';
import { ALPINE, imageOf, tarOf } from '../image-file.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { contextFor } from '../suites/replay.ts';
import { writeTrivyCache, type KnownFlaw } from '../trivy-database.ts';
import { projectWith } from './support.ts';

const hasTrivy = resolveBinary('trivy', SYSTEM_PATH).ok;
const engine = createProcessEngine();
const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'trivy-')));
afterAll(async () => {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

const NPM = 'npm::GitHub Security Advisory npm';
const GO = 'go::GitHub Security Advisory Go';
const FLAWS: readonly KnownFlaw[] = [
  {
    id: 'CVE-2026-1',
    source: NPM,
    package: 'money',
    vulnerable: '<1.0.5',
    fixed: '1.0.5',
    severity: 'CRITICAL',
  },
  { id: 'CVE-2026-2', source: NPM, package: 'money', vulnerable: '<2.0.0' },
  {
    id: 'CVE-2026-3',
    source: GO,
    package: 'x.example/till',
    vulnerable: '<1.3.0',
    fixed: '1.3.0',
    severity: 'MEDIUM',
  },
  { id: 'CVE-2026-4', source: 'alpine 3.19', package: 'musl', fixed: '1.2.4-r5', severity: 'HIGH' },
];
const GO_MOD = 'module shop\n\ngo 1.22\n\nrequire x.example/till v1.2.0\n';
const lockOf = (names: readonly string[]): string =>
  JSON.stringify({
    ...{ name: 'shop', lockfileVersion: 3 },
    packages: {
      '': { dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) },
      ...Object.fromEntries(names.map((name) => [`node_modules/${name}`, { version: '1.0.0' }])),
    },
  });
const LOCK = lockOf(['money']);
/** A package of each severity. */
const RATED = { money: 'CRITICAL', till: 'HIGH', cash: 'MEDIUM', coin: 'MEDIUM', drawer: 'LOW' };
const ratedFlaws = (source: string): readonly KnownFlaw[] =>
  Object.entries(RATED).map(([name, severity], at) => ({
    ...{ id: `CVE-2026-9${at}`, source, package: name, severity },
    ...{ vulnerable: '<2.0.0', fixed: '2.0.0' },
  }));

let made = 0;
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const root = path.join(scratch, `project ${++made}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return root;
}

interface Scan {
  readonly audit?: Partial<AuditConfig>;
  readonly cache?: string;
  readonly earlier?: ReadonlyMap<string, Measurement>;
  readonly timeoutMs?: number;
}

const cacheOf = (flaws: readonly KnownFlaw[], at?: Date, version?: number) =>
  writeTrivyCache(path.join(scratch, `cache ${++made}`), flaws, at, version);

async function scan(runner: ToolRunner, root: string, { audit, cache, ...given }: Scan = {}) {
  const env = { PATH: SYSTEM_PATH, HOME: scratch, TRIVY_CACHE_DIR: cache ?? cacheOf(FLAWS) };
  const project = projectWith({
    ...{ root, files: readdirSync(root), path: SYSTEM_PATH, environment: () => env },
    audit: { ...DEFAULT_AUDIT, ...audit },
  });
  return await runner.measure(contextFor(project, engine, { timeoutMs: 60_000, ...given }));
}

const TODAY = new Date().toISOString().slice(0, 10);

describe.skipIf(!hasTrivy)('trivy fs', { timeout: 90_000 }, () => {
  test('finds what the lock files name, and says how old its database is', async () => {
    const root = folderWith({ 'package-lock.json': LOCK, 'go.mod': GO_MOD });
    const measured = await scan(trivyFs, root);
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: {
        ...{ vulnerabilities_critical: 1, vulnerabilities_high: 0, vulnerabilities_moderate: 1 },
        ...{ fs_vulnerabilities_critical: 1, dependencies_safe: false, audit_clean: false },
      },
    });
    expect(measured.summary).toContain(`database of ${TODAY}`);
    expect(measured.findings.map(({ rule, advisory }) => [rule, advisory?.severity])).toEqual([
      ['CVE-2026-1', 'critical'],
      ['CVE-2026-2', 'high'],
      ['CVE-2026-3', 'moderate'],
    ]);
    expect(measured.findings[1]?.message).toContain('unrated, counted as high');
    expect(readdirSync(root).sort()).toEqual(['go.mod', 'package-lock.json']);
  });

  test('leaves to npm audit what npm audit counts, also where that got no answer', async () => {
    const root = folderWith({ 'package-lock.json': LOCK, 'go.mod': GO_MOD });
    const nothing = { metrics: {}, findings: [] };
    const absent: Measurement = { state: 'backend_unavailable', ...nothing };
    const earlier = new Map([['npm-audit', absent]]);
    const measured = await scan(trivyFs, root, { earlier });
    expect(measured.metrics).toMatchObject({
      vulnerabilities_critical: 0,
      vulnerabilities_moderate: 1,
    });
    const alone = await scan(trivyFs, folderWith({ 'package-lock.json': LOCK }), { earlier });
    expect(alone).toMatchObject({ state: 'not_applicable', metrics: {} });
    const other: Measurement = { state: 'not_applicable', ...nothing };
    const unused = new Map([['npm-audit', other]]);
    const whole = await scan(trivyFs, root, { earlier: unused });
    expect(whole.metrics).toMatchObject({ vulnerabilities_critical: 1 });
  });

  test('is clean where the database knows nothing', async () => {
    const { state, metrics } = await scan(trivyFs, folderWith({ 'go.mod': GO_MOD }), {
      cache: cacheOf([]),
    });
    expect(state).toBe('clean');
    expect(metrics).toEqual({
      ...{ vulnerabilities_critical: 0, fs_vulnerabilities_critical: 0 },
      ...{ vulnerabilities_high: 0, fs_vulnerabilities_high: 0 },
      ...{ vulnerabilities_moderate: 0, fs_vulnerabilities_moderate: 0 },
      ...{ vulnerabilities_low: 0, fs_vulnerabilities_low: 0 },
      ...{ audit_clean: true, dependencies_safe: true },
    });
  });

  test('counts the packages of each severity', async () => {
    const root = folderWith({ 'package-lock.json': lockOf(Object.keys(RATED)) });
    const { metrics } = await scan(trivyFs, root, { cache: cacheOf(ratedFlaws(NPM)) });
    expect(metrics).toEqual({
      ...{ vulnerabilities_critical: 1, fs_vulnerabilities_critical: 1 },
      ...{ vulnerabilities_high: 1, fs_vulnerabilities_high: 1 },
      ...{ vulnerabilities_moderate: 2, fs_vulnerabilities_moderate: 2 },
      ...{ vulnerabilities_low: 1, fs_vulnerabilities_low: 1 },
      ...{ audit_clean: false, dependencies_safe: false },
    });
  });

  test('measures nothing where it recognises nothing', async () => {
    const measured = await scan(trivyFs, folderWith({ 'README.md': '# shop\n' }));
    expect(measured).toMatchObject({ state: 'nothing_measured', metrics: {} });
  });

  test('what trivy.yaml leaves out is asked for all the same, and .trivyignore is told', async () => {
    const root = folderWith({
      'package-lock.json': LOCK,
      'trivy.yaml':
        'severity: [LOW]\nvulnerability:\n  ignore-unfixed: true\nexit-code: 0\nformat: table\n',
      '.trivyignore': 'CVE-2026-2\n',
    });
    const measured = await scan(trivyFs, root);
    expect(measured.findings.map(({ rule }) => rule)).toEqual(['CVE-2026-1']);
    expect(measured.summary).toContain('1 ignored by the project');
  });

  test('a trivy.yaml that cannot be read is the project to mend', async () => {
    const root = folderWith({ 'package-lock.json': LOCK, 'trivy.yaml': 'severity: [\n' });
    expect(await scan(trivyFs, root)).toMatchObject({ state: 'bad_config', metrics: {} });
  });
});

describe.skipIf(!hasTrivy)('the database', { timeout: 90_000 }, () => {
  const project = () => folderWith({ 'package-lock.json': LOCK });

  test('that is not there is no outage, and trivy is not even started', async () => {
    const measured = await scan(trivyFs, project(), { cache: path.join(scratch, 'none') });
    expect(measured).toMatchObject({ state: 'bad_config', help: 'trivy image --download-db-only' });
    expect(measured.why).toContain('there is no vulnerability database of trivy in');
    expect(measured.evidence).toBeUndefined();
  });

  test('that nobody renewed is an outage, unless more age is allowed', async () => {
    const old = new Date(Date.now() - 10 * 86_400_000);
    const cache = cacheOf(FLAWS, old);
    const measured = await scan(trivyFs, project(), { cache });
    expect(measured).toMatchObject({ state: 'backend_unavailable', metrics: {} });
    expect(measured.why).toContain('10 days old, and 7 are allowed');
    const allowed = await scan(trivyFs, project(), {
      cache,
      audit: { databaseMaxAgeMs: 11 * 86_400_000 },
    });
    expect(allowed.summary).toContain(`database of ${old.toISOString().slice(0, 10)}`);
  });

  test('of another schema, or one that is cut, is told as what it is', async () => {
    const other = await scan(trivyFs, project(), { cache: cacheOf(FLAWS, new Date(), 1) });
    expect(other).toMatchObject({ state: 'bad_config', metrics: {} });
    const cache = cacheOf(FLAWS);
    writeFileSync(path.join(cache, 'db', 'trivy.db'), 'no database');
    const cut = await scan(trivyFs, project(), { cache });
    expect(cut).toMatchObject({ state: 'bad_config', metrics: {} });
    expect(cut.why).toContain('trivy cannot use its database');
  });
});

describe.skipIf(!hasTrivy)('trivy image', { timeout: 90_000 }, () => {
  const image = imageOf(ALPINE);

  test('finds holes of the system and of what runs on it, counted apart', async () => {
    const measured = await scan(trivyImage, folderWith({ 'image.tar': image }), {
      audit: { image: 'image.tar' },
    });
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: { image_vulnerabilities_critical: 1, image_vulnerabilities_high: 1 },
    });
    expect(Object.keys(measured.metrics).every((name) => name.startsWith('image_'))).toBe(true);
    const found = measured.findings.map(({ rule }) => rule).sort();
    expect(found).toEqual(['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-4']);
  });

  test('is clean where nothing is known of it', async () => {
    const root = folderWith({ 'image.tar': image });
    const scanned = await scan(trivyImage, root, {
      audit: { image: 'image.tar' },
      cache: cacheOf([]),
    });
    expect(scanned.state).toBe('clean');
    expect(scanned.metrics).toEqual({
      ...{ image_vulnerabilities_critical: 0, image_vulnerabilities_high: 0 },
      ...{ image_vulnerabilities_moderate: 0, image_vulnerabilities_low: 0 },
    });
  });

  test('counts the packages of each severity, of the system', async () => {
    const installed = Object.keys(RATED).map((name) => `P:${name}\nV:1.0.0-r0\no:${name}\n\n`);
    const files = { ...ALPINE, 'lib/apk/db/installed': installed.join('') };
    const { metrics } = await scan(trivyImage, folderWith({ 'image.tar': imageOf(files) }), {
      audit: { image: 'image.tar' },
      cache: cacheOf(ratedFlaws('alpine 3.19')),
    });
    expect(metrics).toEqual({
      ...{ image_vulnerabilities_critical: 1, image_vulnerabilities_high: 1 },
      ...{ image_vulnerabilities_moderate: 2, image_vulnerabilities_low: 1 },
    });
  });

  test.each([
    ['not.tar', { 'not.tar': 'no archive' }, 'bad_config'],
    ['gone.tar', { 'README.md': '' }, 'bad_config'],
    ['shop:1.0.0', { 'README.md': '' }, 'bad_config'],
    ['-x', { 'README.md': '' }, 'bad_config'],
    ['empty.tar', { 'empty.tar': imageOf({ 'etc/shop': 'x' }) }, 'nothing_measured'],
  ])('%s is told as what it is', async (name, files, state) => {
    const measured = await scan(trivyImage, folderWith(files), { audit: { image: name } });
    expect(measured).toMatchObject({ state, metrics: {} });
  });

  test('is in play where an image is released, or named', () => {
    const root = folderWith({
      'image.tar': image,
      'dist.tar': tarOf({ 'index.js': '' }),
      'x.tar': 'no',
    });
    const inPlay = (audit: Partial<AuditConfig>) =>
      trivyImage.inPlay(projectWith({ root, audit: { ...DEFAULT_AUDIT, ...audit } }));
    expect(inPlay({ artifact: 'image.tar' })).toMatchObject({ inPlay: true });
    expect(inPlay({ image: 'shop:1.0.0' })).toMatchObject({ inPlay: true });
    for (const artifact of ['dist.tar', 'x.tar', 'gone.tar', '.'])
      expect(inPlay({ artifact })).toMatchObject({ inPlay: false });
    expect(inPlay({})).toMatchObject({ inPlay: false });
  });
});

test('trivy fs is in play where the project declares trivy', () => {
  const inPlay = (files: string[]) => trivyFs.inPlay(projectWith({ files }));
  expect(inPlay(['.trivyignore'])).toEqual({ inPlay: true, because: '.trivyignore' });
  expect(inPlay(['package.json'])).toMatchObject({ inPlay: false });
});
