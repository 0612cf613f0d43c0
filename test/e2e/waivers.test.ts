/** Waivers and the baseline through the real program: what is accepted, what is new, and what needs a person. */

import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport, type LintRemark } from './reports.ts';
import { puppetProject, runnerIn, type Project } from './rig.ts';

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const SECRET = ['ghp', 'x7Kd92mQpL0vRt5WzYb3NcHf8JsAe1UgTq4M'].join('_');

function lint(project: Project, ...remarks: Partial<LintRemark>[]): void {
  const base = { file: 'src/cart.js', line: 12, rule: 'no-undef', message: '`tax` is not defined' };
  const report = eslintReport(
    project.root,
    remarks.map((remark) => ({ ...base, ...remark })),
  );
  project.puppet('eslint', { report, exit: remarks.length > 0 ? 1 : 0 });
}

function waive(project: Project, what: string, until = day(100)): void {
  const terms = `    why: bought code, see SHOP-12\n    who: Ada\n    until: ${until}\n`;
  project.write({ 'nemesis.waivers.yaml': `waivers:\n  - ${what}\n${terms}` });
}

describe('a waived finding', () => {
  const LEGACY = 'finding: { tool: eslint, rule: no-undef, file: "src/**" }';

  test('leaves its count, and is shown with why, who and until', async () => {
    const project = puppetProject();
    lint(project, {}, { line: 20 });
    expect((await project.nemesis(['deploy:check'])).code).toBe(1);
    waive(project, LEGACY);
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stderr).toContain('2 waived of 2 errors');
    expect(stdout).toContain('waived    2 findings: eslint no-undef src/**');
    expect(stdout).toContain(`Ada until ${day(100)}: bought code, see SHOP-12`);
    expect(stdout).toContain('nemesis.waivers.yaml:2:5');
    expect(stdout).toContain('src/cart.js:12:7 no-undef');
    const kept = project.kept();
    expect(kept.metrics['eslint_errors']).toMatchObject({ value: 0 });
    expect(kept.waived).toMatchObject({ findings: 2, expired: [], unused: [] });
    const waived = runnerIn(kept, 'eslint').waived;
    expect(waived?.[0]).toMatchObject({
      finding: { rule: 'no-undef', line: 12 },
      waiver: { why: 'bought code, see SHOP-12', who: 'Ada', line: 2 },
    });
  });

  test('is one of several: what is left still blocks', async () => {
    const project = puppetProject();
    lint(project, {}, { rule: 'no-eval', message: 'eval can be harmful' });
    waive(project, LEGACY);
    const { code, json } = await project.check();
    expect(code).toBe(1);
    expect(json.metrics['eslint_errors']).toMatchObject({ value: 1 });
  });

  test('no waiver makes up for a tool that did not measure', async () => {
    const project = puppetProject();
    project.puppet('eslint', { stderr: 'out of memory', exit: 134 });
    waive(project, LEGACY);
    const { code, json } = await project.check();
    expect(code).toBe(3);
    expect(json.waived).toMatchObject({ findings: 0, unused: [] });
  });

  test('a secret is waived without being shown, and the claim about secrets holds again', async () => {
    const project = puppetProject();
    const leak = {
      ...{ RuleID: 'github-pat', Description: 'a GitHub token', File: 'src/cart.js' },
      ...{ StartLine: 3, StartColumn: 9, Secret: SECRET, Match: SECRET, Author: 'Ada' },
    };
    project.puppet('gitleaks', { report: JSON.stringify([leak]), exit: 42 });
    waive(project, 'finding: { tool: gitleaks, rule: github-pat, file: src/cart.js, line: 3 }');
    const { code, stdout, stderr, json } = await project.check();
    expect(code).toBe(0);
    expect(json.metrics['no_secrets_exposed']).toMatchObject({ value: true });
    expect(json.metrics['secrets_found']).toMatchObject({ value: 0 });
    expect(stdout + stderr).not.toContain(SECRET);
  });
});

describe('a waived sentence', () => {
  test('still runs, warns at most, and makes the answer caution', async () => {
    const project = puppetProject();
    lint(project, {});
    waive(project, 'sentence: { metric: eslint_errors, gate: code }');
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('code warned');
    expect(stdout).toMatch(/^CAUTION because waived: eslint_errors > 0/m);
    expect(stdout).toContain('waived    sentences about eslint_errors of code');
    expect(stdout).toContain('eslint_errors is 1');
    expect((await project.nemesis(['deploy:check', '--strict'])).code).toBe(1);
    const sentences = project.kept().gates.flatMap((gate) => gate.sentences);
    const waived = sentences.filter((sentence) => 'waived_by' in sentence);
    expect(waived.map(({ text }) => text).sort()).toEqual([
      'eslint_errors == 0',
      'eslint_errors > 0',
    ]);
  });

  test('a blocking rule about its section passes it over', async () => {
    const project = puppetProject();
    const leak = {
      RuleID: 'x',
      Description: 'y',
      File: 'src/cart.js',
      StartLine: 1,
      StartColumn: 1,
    };
    project.puppet('gitleaks', { report: JSON.stringify([leak]), exit: 42 });
    waive(project, 'sentence: { text: "no_secrets_exposed  ==  true" }');
    expect((await project.check()).code).toBe(0);
  });

  test('one that cannot be told stays so', async () => {
    const project = puppetProject();
    project.puppet('eslint', { stderr: 'out of memory', exit: 134 });
    waive(project, 'sentence: { metric: eslint_errors }');
    expect((await project.check()).code).toBe(3);
  });
});

describe('a waiver that needs a person', () => {
  test('blocks when it has expired, with its line, whether it is needed or not', async () => {
    const project = puppetProject();
    waive(project, 'finding: { tool: eslint, rule: no-undef }', day(-1));
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stdout).toContain(`blocked   a waiver expired on ${day(-1)}: eslint no-undef`);
    expect(stdout).toMatch(/stands in +nemesis\.waivers\.yaml:2:5/);
    expect(stdout).toMatch(/^BLOCKED by an expired waiver of the code gate/m);
    expect(stdout).not.toContain('nothing that could block');
  });

  test('blocks in the documents too, and once it is renewed they go on', async () => {
    const project = puppetProject();
    lint(project, {});
    const outputs = async () => {
      const { code } = await project.nemesis([
        ...['deploy:check', '--output', 'junit=.nemesis/out/junit.xml'],
        ...['--output', 'sarif=.nemesis/out/sarif.json'],
      ]);
      const { runs } = JSON.parse(project.read('.nemesis/out/sarif.json')) as {
        runs: { results: { ruleId: string; level: string; suppressions?: unknown }[] }[];
      };
      const failures = /<testsuites [^>]*failures="(\d+)"/.exec(
        project.read('.nemesis/out/junit.xml'),
      )?.[1];
      return { code, failures, results: runs.flatMap(({ results }) => results) };
    };
    waive(project, 'sentence: { metric: eslint_errors }', day(-1));
    const before = await outputs();
    expect(before.code).toBe(1);
    expect(Number(before.failures)).toBeGreaterThan(0);
    expect(before.results[0]).toMatchObject({ ruleId: 'waiver: expired', level: 'error' });
    waive(project, 'sentence: { metric: eslint_errors }');
    const after = await outputs();
    expect(after).toMatchObject({ code: 0, failures: '0' });
    expect(after.results.filter(({ level }) => level === 'error')).toEqual([]);
    waive(project, 'finding: { tool: eslint, rule: no-undef }');
    const { code, failures, results } = await outputs();
    expect({ code, failures }).toEqual({ code: 0, failures: '0' });
    expect(results.find(({ ruleId }) => ruleId === 'no-undef')).toMatchObject({
      suppressions: [{ kind: 'external', status: 'accepted' }],
    });
  });

  test('blocks only a run that is about it', async () => {
    const project = puppetProject();
    waive(project, 'finding: { tool: eslint, rule: no-undef }', day(-1));
    expect((await project.nemesis(['test:unit'])).code).toBe(0);
    expect((await project.nemesis(['deploy:check', '--only', 'gitleaks'])).code).not.toBe(1);
    expect((await project.nemesis(['deploy:check', '--only', 'eslint'])).code).toBe(1);
  });

  test('holds on its last day, and is announced two weeks ahead', async () => {
    const project = puppetProject();
    lint(project, {});
    waive(project, 'finding: { tool: eslint, rule: no-undef }', day(0));
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('a waiver ends today, then it blocks: eslint no-undef');
    waive(project, 'finding: { tool: eslint, rule: no-undef }', day(14));
    expect((await project.nemesis(['deploy:check'])).stdout).toContain('a waiver ends in 14 days');
  });

  test('is reported when it covers nothing, and only then', async () => {
    const project = puppetProject();
    waive(project, 'finding: { tool: eslint, rule: no-undef }');
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('a waiver covers nothing any more: eslint no-undef');
    const { json } = await project.check(['--only', 'gitleaks']);
    expect(json.waived.unused).toEqual([]);
  });

  test('a file that is wrong is told with its places, and nothing runs', async () => {
    const project = puppetProject();
    project.write({
      'nemesis.waivers.yaml': [
        'waivers:',
        '  - finding: { tool: eslnt, rule: no-eval }',
        '    why: later',
        '    who: Ada',
        '    until: 2026-02-30',
        '  - sentence: { metric: eslint_eror }',
        '    why: later',
        '    until: tomorrow',
        '    owner: Ada',
        '',
      ].join('\n'),
    });
    const { code, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(2);
    expect(stderr).toContain('nemesis.waivers.yaml:5:12');
    expect(stderr).toContain('`who` is missing');
    expect(stderr).toContain('unknown key `owner`');
    expect(project.calls('eslint')).toEqual([]);
  });
});

describe('the baseline', () => {
  const BASELINE = 'nemesis.baseline.json';
  const update = (project: Project, ...argv: string[]) =>
    project.nemesis(['baseline:update', ...argv]);

  test('takes a repository as it is; afterwards only what is new blocks', async () => {
    const project = puppetProject();
    const config = 'extends: nemesis/strict\nlimits: { eslint_errors: baseline }\n';
    project.write({ 'nemesis.config.yaml': config });
    lint(project, {}, { line: 20, message: '`sum3` is not defined' });
    expect((await project.check()).code).toBe(3);
    const first = await update(project);
    expect(first.stdout).toContain('added      eslint_errors  2');
    expect(first.stdout).toContain(`wrote ${BASELINE}; commit it`);
    expect(first.code).toBe(0);
    expect(project.read(BASELINE)).not.toContain('is not defined');

    // Moved by some lines, with another number in it: still the same two.
    lint(project, { line: 70 }, { line: 78, message: '`sum4` is not defined' });
    const same = await project.nemesis(['deploy:check']);
    expect(same.stdout).not.toContain('can be tightened');
    expect(same.code).toBe(0);

    lint(project, { line: 70 }, { line: 78, message: '`sum4` is not defined' }, { line: 90 });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stdout).toContain('new       1 finding is not in the baseline');
    expect(stdout).toContain('new_findings is 1');
    expect(stdout).toContain('eslint_errors is 3');
  });

  test('swapping one finding for another is new although the number is the same', async () => {
    const project = puppetProject();
    lint(project, { severity: 1 });
    await update(project);
    lint(project, { severity: 1, rule: 'no-eval', message: 'eval can be harmful' });
    const { code, json } = await project.check();
    expect(code).toBe(1);
    expect(json.metrics['new_findings']).toMatchObject({ value: 1 });
    expect(json.baseline).toMatchObject({ fixed_findings: 1, can_be_tightened: [] });
  });

  test.each([
    ['in git', (project: Project) => project.git('mv', 'src/cart.js', 'src/basket.js')],
    [
      'in the work tree only',
      ({ root }: Project) =>
        renameSync(path.join(root, 'src/cart.js'), path.join(root, 'src/basket.js')),
    ],
  ])('a file with another name %s brings nothing new', async (_, move) => {
    const project = puppetProject();
    lint(project, { severity: 1 });
    await update(project);
    move(project);
    lint(project, { severity: 1, file: 'src/basket.js' });
    const { json } = await project.check();
    expect(json.metrics['new_findings']).toMatchObject({ value: 0 });
  });

  test('tightens by itself and says so; loosens only what is named, with a reason', async () => {
    const project = puppetProject();
    lint(project, { severity: 1 }, { severity: 1, line: 30 });
    await update(project);
    const before = project.read(BASELINE);
    lint(project, { severity: 1 });
    const { stdout } = await project.nemesis(['deploy:check']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'can be tightened: eslint_warnings from 2 to 1, 1 finding is gone next nemesis baseline:update',
    );
    const plan = await update(project, '--plan');
    expect(plan.stdout).toContain('tightened  eslint_warnings  2 to 1');
    expect(project.read(BASELINE)).toBe(before);
    await update(project);
    const tight = project.read(BASELINE);
    expect(tight).not.toBe(before);
    expect((await update(project)).stdout).toContain('stays as it is');
    expect(project.read(BASELINE)).toBe(tight);

    lint(project, { severity: 1 }, { severity: 1, line: 30 });
    const stuck = await update(project);
    expect(stuck.stdout).toContain('kept       eslint_warnings  1 to 2, which is worse');
    expect(stuck.stdout).toContain('--loosen eslint_warnings,new_findings --reason');
    expect(project.read(BASELINE)).toBe(tight);
    expect((await update(project, '--all')).code).toBe(2);
    const token = ['gh', 'p_', 'A1b2C3d4'.repeat(5)].join('');
    const reason = `imported the old shop by ${token}`;
    const loose = ['--loosen', 'eslint_warnings,new_findings', '--reason', reason];
    expect((await update(project, ...loose)).code).toBe(0);
    expect(project.read(BASELINE)).toContain(`${day(0)}: imported the old shop by [redacted]`);
    expect((await project.check()).json.metrics['new_findings']).toMatchObject({ value: 0 });
  });

  test('is not written from a run that could not be told, and keeps what was not measured', async () => {
    const project = puppetProject();
    lint(project, { severity: 1 });
    await update(project);
    const before = project.read(BASELINE);
    project.puppet('eslint', { stderr: 'out of memory', exit: 134 });
    const { code, stderr } = await update(project);
    expect(code).toBe(3);
    expect(stderr).toContain('the baseline stays as it is: code cannot be told');
    expect(project.read(BASELINE)).toBe(before);
    // Tolerated, the run is decided; what eslint had found is still known.
    const tolerate =
      'extends: nemesis/strict\ntolerate: { eslint: [crashed, no_report, unexplained_failure] }\n';
    project.write({ 'nemesis.config.yaml': tolerate });
    expect((await update(project)).code).toBe(0);
    expect(project.read(BASELINE)).toBe(before);
  });

  test('that cannot be read is told with its place, and nothing runs', async () => {
    const project = puppetProject();
    for (const [text, said] of [
      ['{ "schema": ', 'is no JSON'],
      ['{\n<<<<<<< ours\n', 'merge conflict'],
      ['{ "schema": "nemesis.baseline/9" }', 'nemesis.baseline/9'],
      ['{ "schema": "nemesis.baseline/1", "metrics": { "a": 1 } }', 'another shape'],
      ['[]', 'another shape'],
    ] as const) {
      project.write({ [BASELINE]: text });
      const { code, stderr } = await project.nemesis(['deploy:check']);
      expect(code).toBe(2);
      expect(stderr).toContain(said);
      expect(stderr).toMatch(/^nemesis\.baseline\.json:\d+:\d+/m);
    }
    expect(project.calls('eslint')).toEqual([]);
  });

  test('that is damaged is written anew by what the message says', async () => {
    const project = puppetProject();
    project.write({ [BASELINE]: 'damaged' });
    const { code, stderr } = await update(project);
    expect(code).toBe(2);
    expect(stderr).toContain('restore it: git checkout -- nemesis.baseline.json');
    expect(stderr).toContain('or remove it, and begin with what there is today');
    rmSync(path.join(project.root, BASELINE));
    expect((await update(project)).code).toBe(0);
    expect(project.read(BASELINE)).toContain('nemesis.baseline/1');
  });

  test('a link in its place is left alone', async () => {
    const project = puppetProject();
    const target = path.join(project.home, 'elsewhere.json');
    symlinkSync(target, path.join(project.root, BASELINE));
    const { code } = await update(project);
    expect(code).toBe(3);
    expect(existsSync(target)).toBe(false);
  });

  test('what is waived is not in it', async () => {
    const project = puppetProject();
    lint(project, {});
    waive(project, 'finding: { tool: eslint, rule: no-undef }');
    await update(project);
    expect(project.read(BASELINE)).not.toContain('no-undef');
    const explained = await project.nemesis(['explain', 'eslint_errors']);
    expect(explained.stdout).toContain('waived');
    expect(explained.stdout).toContain('nemesis.waivers.yaml:2');
    expect(explained.stdout).toMatch(/baseline +0/);
  });
});
