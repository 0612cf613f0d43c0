/** What one check leaves to the next: its record, the trend, and the numbers folded from what happened since. */

import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import { eventually, puppetProject, type Project } from './rig.ts';

interface Recorded {
  readonly environment: string;
  readonly body: { readonly partial: boolean; readonly readiness: string; readonly score: object };
}

function recordsIn(project: Project): Recorded[] {
  const db = new DatabaseSync(path.join(project.root, '.nemesis', 'history.sqlite'));
  const rows = db.prepare(`SELECT environment, body FROM events ORDER BY seq`).all();
  db.close();
  return rows.map(({ environment, body }) => {
    return { environment: String(environment), body: JSON.parse(String(body)) as Recorded['body'] };
  });
}

const recordedLine = /could not be recorded/;

describe('deploy:check', () => {
  test('the second one knows the first: its build, and how the score went', async () => {
    const project = puppetProject();
    project.puppet('eslint', {
      report: eslintReport(
        project.root,
        Array.from({ length: 4 }, (_, n) => ({
          ...{ file: 'src/cart.js', line: n + 1, rule: 'no-var', message: 'use let' },
          severity: 1 as const,
        })),
      ),
    });
    const first = await project.check();
    expect(first.stderr).not.toMatch(recordedLine);
    expect(first.json.metrics['build_success_rate']).toMatchObject({ kind: 'measured', value: 1 });
    expect(first.json.trend).toBeNull();
    const low = first.json.score?.low;

    project.puppet('eslint', { report: eslintReport(project.root) });
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect({ code, stderr: recordedLine.test(stderr) }).toEqual({ code: 0, stderr: false });
    expect(stdout).toMatch(/^READY · score 100, 100 % measured/m);
    expect(stdout).toMatch(/^trend [▁-█]{2} \+\d since \d{4}-\d\d-\d\d$/m);
    const kept = project.kept();
    expect(kept.trend?.scores).toEqual([low, 100]);
    expect(kept.trend?.before.score).toBe(low);
    expect(kept.runners.at(-1)).toMatchObject({ id: 'history', gate: 'monitor', state: 'clean' });

    const { stdout: explained } = await project.nemesis(['explain', 'build_success_rate']);
    expect(explained).toMatch(/^ {2}measured by +history$/m);
    expect(explained).toMatch(/^ {2}value +100 %$/m);
    expect(explained).toMatch(/^ {2}records +[0-9a-f]{8}$/m);
    expect((await project.nemesis(['history:verify'])).stdout).toContain('sound: 2 events');
  });

  test('numbers in place of bars where the terminal has none', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check']);
    const { stdout } = await project.nemesis(['deploy:check'], { env: { LANG: 'C' } });
    expect(stdout).toMatch(/^trend 100 100 unchanged since /m);
    const quiet = await project.nemesis(['deploy:check', '--quiet']);
    expect(quiet.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a part is recorded as one, and has no say in trend and score', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check', '--gate', 'code']);
    await project.nemesis(['test:unit']);
    await project.nemesis(['deploy:check']);
    const records = recordsIn(project);
    expect(records.map(({ environment }) => environment)).toEqual(['-', '-']);
    expect(records.map(({ body }) => body.partial)).toEqual([true, false]);
    expect(records[0]?.body).toMatchObject({ score: null, gates: { code: 'passed' } });
    expect(records[1]?.body).toMatchObject({
      ...{ readiness: 'ready', score: { low: 100, high: 100, evidence: 1 } },
      ...{ commit: project.git('rev-parse', 'HEAD').trim() },
      gates: { code: 'passed', build: 'passed', test: 'passed' },
    });
    expect(project.kept().trend).toBeNull();
  });

  test('one that is interrupted leaves no record', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check']);
    project.puppet('mocha', { hang: true });
    const { child, ended } = project.start(['deploy:check']);
    await eventually('the tests run', () => project.calls('mocha').length > 1);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(recordsIn(project)).toHaveLength(1);
  });

  test('init measures, and leaves no record', async () => {
    const project = puppetProject();
    expect((await project.nemesis(['init'])).code).toBe(0);
    const { stdout } = await project.nemesis(['history:verify']);
    expect(stdout).toBe('nothing is recorded yet\n');
  });

  test('a build that failed is counted as long as it is among the last 20', async () => {
    const project = puppetProject();
    const lock = project.read('package-lock.json');
    project.write({ 'package-lock.json': lock.replaceAll('11.0.0', '10.0.0') });
    expect((await project.nemesis(['deploy:check'])).stdout).toContain('build blocked');
    project.write({ 'package-lock.json': lock });
    const { json } = await project.check();
    expect(json.metrics['build_success_rate']).toMatchObject({ value: 0.5 });
    const health = json.score?.components.find(({ name }) => name === 'build_health');
    expect(health?.low).toBe(75);
  });
});

describe('what happens in production', () => {
  test('incidents and failed deployments cost what the formulas say', async () => {
    const project = puppetProject();
    const operational = async () => {
      const { json } = await project.check();
      const found = json.score?.components.find(({ name }) => name === 'operational');
      return { json, low: found?.low, metrics: found?.metrics };
    };
    const before = await operational();
    expect(before.low).toBeNull();
    expect(before.json.metrics['incidents_30_days']).toMatchObject({
      ...{ kind: 'not_applicable', why: 'history: no deployment recorded' },
    });

    const on = ['--env', 'production'];
    await project.nemesis(['deploy:record', ...on, '--release', '1.0.0']);
    // 100 - 20 * 0 incidents, nothing to recover from, 0 of 1 deployments failed
    expect((await operational()).low).toBe(100);

    await project.nemesis(['incident:open', ...on, '--severity', 'critical']);
    // 100 - 20 * 1 incident, and 1 of 1 deployments failed: (80 + 0) / 2
    const after = await operational();
    expect(after.low).toBe(40);
    expect(after.json.metrics['change_failure_rate']).toMatchObject({
      value: 1,
      runner: 'history',
    });
    expect(after.json.metrics['mean_time_to_recovery']).toMatchObject({
      why: 'history: 0 recoveries in 90 days, 1 open',
    });
  });
});
