/** pip-audit, the real one, against a service on the loopback; and where it is in play. */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';
import { pipAudit } from '../../../src/measure/tools/pip-audit.ts';
import { startOsv, type Faults, type Hole } from '../osv-service.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { contextFor } from '../suites/replay.ts';
import { projectWith } from './support.ts';
import { temporary } from '../../temporary.ts';

const hasPipAudit = resolveBinary('pip-audit', SYSTEM_PATH).ok;
const engine = createProcessEngine();
afterAll(() => engine.close());

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = temporary('pip-audit');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

async function audit(root: string, query: string, timeoutMs = 60_000) {
  const home = temporary('pip-audit-home');
  const project = projectWith({
    root,
    files: readdirSync(root),
    path: SYSTEM_PATH,
    environment: () => ({ PATH: SYSTEM_PATH, HOME: home, PIP_AUDIT_OSV_URL: query }),
  });
  return await pipAudit.measure(contextFor(project, engine, { timeoutMs }));
}

async function auditAgainst(holes: readonly Hole[], requirements: string, faults: Faults = {}) {
  const osv = await startOsv(holes, faults);
  try {
    return await audit(folderWith({ 'requirements.txt': requirements }), osv.query);
  } finally {
    await osv.close();
  }
}

const CRITICAL: Hole = {
  ...{ id: 'PYSEC-2026-1', aliases: ['GHSA-aaaa-bbbb-cccc'], package: 'money' },
  ...{ fixed: '1.0.1', severity: 'CRITICAL' },
};

describe.skipIf(!hasPipAudit)('the real pip-audit', { timeout: 90_000 }, () => {
  test('is clean where nothing is known', async () => {
    expect(await auditAgainst([], 'money==1.0.0\n')).toMatchObject({
      state: 'clean',
      metrics: {
        ...{ vulnerabilities_critical: 0, pip_vulnerabilities_critical: 0 },
        ...{ vulnerabilities_high: 0, pip_vulnerabilities_high: 0 },
        ...{ vulnerabilities_moderate: 0, pip_vulnerabilities_moderate: 0 },
        ...{ vulnerabilities_low: 0, pip_vulnerabilities_low: 0 },
        ...{ audit_clean: true, dependencies_safe: true },
      },
      summary: 'no vulnerability among 1 package',
    });
  });

  test('counts the packages of each severity', async () => {
    const hole = (severity: string, name: string, at: number): Hole => ({
      ...{ id: `PYSEC-2026-${at}`, package: name, fixed: '3.0', severity },
    });
    const names = ['money', 'till', 'cash', 'coin', 'drawer'];
    const severities = ['CRITICAL', 'HIGH', 'MODERATE', 'MODERATE', 'LOW'];
    const holes = severities.map((severity, at) => hole(severity, names[at]!, at));
    const pins = names.map((name) => `${name}==1.0.0\n`).join('');
    const { metrics } = await auditAgainst(holes, pins);
    expect(metrics).toEqual({
      ...{ vulnerabilities_critical: 1, pip_vulnerabilities_critical: 1 },
      ...{ vulnerabilities_high: 1, pip_vulnerabilities_high: 1 },
      ...{ vulnerabilities_moderate: 2, pip_vulnerabilities_moderate: 2 },
      ...{ vulnerabilities_low: 1, pip_vulnerabilities_low: 1 },
      ...{ audit_clean: false, dependencies_safe: false },
    });
  });

  test('has its severities from the service, by word or by score', async () => {
    const holes: readonly Hole[] = [
      CRITICAL,
      {
        ...{ id: 'PYSEC-2026-2', package: 'till', fixed: '3.0.0' },
        vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N',
      },
    ];
    const measured = await auditAgainst(holes, 'money==1.0.0\ntill==2.0.0\n');
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: {
        ...{ vulnerabilities_critical: 1, vulnerabilities_high: 0, vulnerabilities_moderate: 1 },
        ...{ pip_vulnerabilities_critical: 1, dependencies_safe: false, audit_clean: false },
      },
      summary: '1 critical, 1 moderate among 2 packages',
    });
    expect(measured.findings).toEqual([
      {
        ...{ tool: 'pip-audit', rule: 'PYSEC-2026-1', severity: 'error' },
        message: 'money 1.0.0: money rounds against the customer. (fixed in 1.0.1, critical)',
        advisory: {
          ...{ package: 'money', version: '1.0.0', severity: 'critical', fixedIn: ['1.0.1'] },
          aliases: ['GHSA-aaaa-bbbb-cccc'],
        },
      },
      expect.objectContaining({ rule: 'PYSEC-2026-2', severity: 'warning' }),
    ]);
  });

  test('a hole that nobody rated counts as high, and says so', async () => {
    const hole: Hole = { id: 'PYSEC-2026-3', package: 'money' };
    const measured = await auditAgainst([hole], 'money==1.0.0\n');
    expect(measured.metrics).toMatchObject({ vulnerabilities_high: 1, audit_clean: false });
    expect(measured.findings[0]?.message).toContain('(no fix, unrated, counted as high)');
    expect(measured.findings[0]?.advisory?.unrated).toBe(true);
  });

  test('a service that does not say how bad it is leaves no numbers, and the holes are told', async () => {
    const measured = await auditAgainst([CRITICAL], 'money==1.0.0\n', { hole: 503 });
    expect(measured).toMatchObject({ state: 'backend_unavailable', metrics: {} });
    expect(measured.why).toBe(
      'pip-audit found 1 hole, and OSV does not tell how bad: it answered 503',
    );
    expect(measured.findings).toHaveLength(1);
  });

  test.each([405, 500, 503])('a service that answers %i is an outage', async (status) => {
    const measured = await auditAgainst([CRITICAL], 'money==1.0.0\n', { query: status });
    expect(measured).toMatchObject({ state: 'backend_unavailable', metrics: {}, findings: [] });
    expect(measured.why).toContain(`${status} `);
  });

  test('nobody at the address is an outage', async () => {
    const osv = await startOsv([]);
    await osv.close();
    const measured = await audit(folderWith({ 'requirements.txt': 'money==1.0.0\n' }), osv.query);
    expect(measured).toMatchObject({
      state: 'backend_unavailable',
      why: 'pip-audit got no answer from OSV: Connection refused',
    });
  });

  test('one that never answers ends at the timeout', async () => {
    const osv = await startOsv([], { silent: true });
    const root = folderWith({ 'requirements.txt': 'money==1.0.0\n' });
    const measured = await audit(root, osv.query, 3000);
    await osv.close();
    expect(measured).toMatchObject({ state: 'timed_out', metrics: {} });
  });

  test('packages that are no release are left out, and that is told', async () => {
    const lock = [
      'lock-version = "1.0"\ncreated-by = "test"',
      '[[packages]]\nname = "money"\nversion = "1.0.0"',
      '[[packages]]\nname = "local-thing"\ndirectory = { path = "." }',
    ].join('\n');
    const osv = await startOsv([]);
    const measured = await audit(folderWith({ 'pylock.toml': lock }), osv.query);
    await osv.close();
    expect(measured.state).toBe('clean');
    expect(measured.why).toMatch(/^not audited: 1 package, local-thing \(/);
  });

  test('asks about what an included file names, too', async () => {
    const root = folderWith({
      'requirements.txt': '-r more/base.txt\ntill==1.0\n',
      'more/base.txt': 'money==1.0.0\n',
    });
    const osv = await startOsv([CRITICAL]);
    const measured = await audit(root, osv.query);
    await osv.close();
    expect(measured.summary).toBe('1 critical among 2 packages');
  });

  test('writes nothing into the project', async () => {
    const root = folderWith({ 'requirements.txt': 'money==1.0.0\n' });
    const osv = await startOsv([CRITICAL]);
    await audit(root, osv.query);
    await osv.close();
    expect(readdirSync(root)).toEqual(['requirements.txt']);
  });
});

describe.skipIf(!hasPipAudit)('what it cannot audit', { timeout: 90_000 }, () => {
  test.each([
    ['a range', 'money>=1.0\n', 'nothing_measured', 'pins no version of `money>=1.0`'],
    ['no version', 'till==1.0\nmoney\n', 'nothing_measured', 'pins no version of `money`'],
    ['a file that is not there', '-r gone.txt\n', 'nothing_measured', '`-r gone.txt`'],
    ['no package', '# none yet\n', 'nothing_measured', 'pip-audit was given no package'],
  ])('%s', async (_, requirements, state, why) => {
    const measured = await auditAgainst([], requirements);
    expect(measured).toMatchObject({ state, metrics: {} });
    expect(measured.why).toContain(why);
  });
});

test('a pyproject.toml that pins nothing is named as a whole', () => {
  const root = folderWith({ 'pyproject.toml': '[tool.poetry.dependencies]\nmoney = "^1.0"\n' });
  const project = projectWith({ root, files: ['pyproject.toml'] });
  const tool = { found: true, from: 'path', file: 'pip-audit' } as never;
  const command = pipAudit.spec.command({ project, workDir: root, tool });
  expect(command).toMatchObject({
    instead: {
      why: expect.stringContaining('pyproject.toml pins no versions of packages, so') as string,
    },
  });
});

describe('in play', () => {
  const inPlay = (files: Readonly<Record<string, string>>) => {
    const root = folderWith(files);
    return pipAudit.inPlay(projectWith({ root, files: Object.keys(files) }));
  };

  test.each([
    [{ 'pylock.toml': '' }, 'pylock.toml'],
    [{ 'requirements.txt': 'money==1.0\n' }, 'requirements.txt'],
    [
      {
        'requirements.txt': 'money==1.0 ; python_version > "3" # why\n',
        'requirements-dev.txt': '',
      },
      'requirements-dev.txt, requirements.txt',
    ],
    [
      { 'requirements.txt': 'money\n', '.venv/lib/python3.11/site-packages/x': '' },
      '.venv/lib/python3.11/site-packages',
    ],
    [{ 'pyproject.toml': '[project]\ndependencies = [ "money" ]\n' }, 'pyproject.toml'],
  ])('with %j', (files, because) => {
    expect(inPlay(files)).toEqual({ inPlay: true, because });
  });

  test('not where nothing declares a package', () => {
    expect(inPlay({ 'pyproject.toml': '[tool.black]\n', 'app.py': '' })).toMatchObject({
      inPlay: false,
    });
  });
});
