/** Runners declared in the config, through the real process engine: formats, exit codes, and reports that lie. */

import {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CustomMetric, CustomRunner } from '../../src/config/config.ts';
import { customRunner } from '../../src/measure/custom.ts';
import type { LineMeasurement } from '../../src/measure/line-coverage.ts';
import { createProcessEngine } from '../../src/measure/process/engine.ts';
import type { RunContext } from '../../src/measure/runner.ts';
import { contextFor, projectIn } from './suites/replay.ts';
import { temporary } from '../temporary.ts';

const engine = createProcessEngine();
afterAll(() => engine.close());

const FORMATS = path.join(import.meta.dirname, '../fixtures/formats');
const SUITES = path.join(import.meta.dirname, '../fixtures/suites');
const count = (jsonPath: string): CustomMetric => ({
  path: jsonPath,
  dimension: 'count',
  better: 'lower',
  about: 'for this test',
});

type Given = Partial<CustomRunner> & {
  /** Shell text of `./check.sh`, which is the command unless `argv` says another. */
  script?: string;
  prepare?: (root: string) => void;
  context?: Partial<RunContext>;
  /** Files that the project is known to have. */
  files?: readonly string[];
};

async function measure({ script = '', prepare, context, files = [], ...given }: Given) {
  const project = projectIn({ name: 'shop' }, { path: '/usr/bin:/bin', files });
  const file = path.join(project.root, 'check.sh');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  prepare?.(project.root);
  const runner = customRunner({
    id: 'licences',
    argv: ['./check.sh'],
    format: 'json',
    metrics: { licences_unknown: count('unknown') },
    measuredWhen: [0, 1],
    place: { file: 'nemesis.config.yaml', line: 1, column: 1 },
    ...given,
  });
  return runner.measure(contextFor(project, engine, context));
}

const sarif = readFileSync(path.join(FORMATS, 'ruff.sarif'), 'utf8');
const print = (text: string): string => `cat <<'END'\n${text}\nEND`;

describe('formats', () => {
  test('json: a value by path', async () => {
    const measured = await measure({
      script: print('{"list":[{"ok":true},{"ok":false}],"share":0.25,"version":"3.10"}'),
      metrics: {
        licences: count('list.length'),
        licences_ok: { ...count('list[0].ok'), dimension: 'boolean' },
        share: { ...count('share'), dimension: 'ratio' },
        tool: { ...count('version'), dimension: 'version' },
      },
    });
    expect(measured).toMatchObject({
      state: 'clean',
      metrics: { licences: 2, licences_ok: true, share: 0.25, tool: '3.10' },
      evidence: { tool: 'licences', argv: ['./check.sh'], exitCode: 0, report: 'stdout' },
    });
  });

  test('sarif: counts and findings', async () => {
    const measured = await measure({
      format: 'sarif',
      script: `${print(sarif)}\nexit 1`,
      metrics: { lint_errors: count('errors'), lint_all: count('results') },
    });
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: { lint_errors: 2, lint_all: 2 },
      findings: [
        { tool: 'licences', rule: 'F401', severity: 'error', line: 1, metric: 'lint_errors' },
        { rule: 'F841' },
      ],
      summary: '2 errors, 0 warnings',
    });
  });

  test('junit: counts and findings', async () => {
    const script = `${print(readFileSync(path.join(SUITES, 'pytest/dirty/report.xml'), 'utf8'))}\nexit 1`;
    const metrics = {
      e2e_tests: count('tests'),
      e2e_failed: count('failures'),
      e2e_errors: count('errors'),
    };
    expect(await measure({ format: 'junit', script, metrics })).toMatchObject({
      state: 'findings',
      metrics: { e2e_tests: 4, e2e_failed: 1, e2e_errors: 1 },
      findings: [{ rule: 'test-failed', metric: 'e2e_failed' }, { rule: 'test-error' }],
      summary: '1 passed, 2 failed',
    });
  });

  test('lcov and cobertura: the ratio of lines', async () => {
    const lines = { ...count('lines'), dimension: 'ratio' } as const;
    const cobertura = print(readFileSync(path.join(FORMATS, 'cobertura.xml'), 'utf8'));
    expect(
      await measure({ format: 'cobertura', script: cobertura, metrics: { lines } }),
    ).toMatchObject({ state: 'clean', metrics: { lines: 4 / 6 } });
    const lcov = print('SF:a.py\nDA:1,1\nDA:2,0\nend_of_record');
    expect(await measure({ format: 'lcov', script: lcov, metrics: { lines } })).toMatchObject({
      metrics: { lines: 0.5 },
    });
  });
});

describe('lines that join those of the suites', () => {
  const lines = { ...count('lines'), dimension: 'ratio' } as const;
  /** The names under which the lines are carried on. */
  const joined = async (given: Given) => {
    const measured = await measure({ joins: 'coverage', metrics: { lines }, ...given });
    expect(measured).toMatchObject({ state: 'clean', metrics: { lines: 0.5 } });
    return (measured as LineMeasurement).lineCoverage;
  };
  const cobertura = (file: string, ...sources: readonly string[]): string => {
    const places = sources.map((source) => `<source>${source}</source>`).join('');
    const line = '<line number="1" hits="2"/><line number="3" hits="0"/>';
    // The root is known only to the script.
    return `cat <<END
<coverage><sources>${places}</sources><packages><package><classes>
<class filename="${file}"><lines>${line}</lines></class></classes></package></packages></coverage>
END`;
  };
  const carried = { lines: '1,3', ran: '1' };

  test.each([
    ['from the root', cobertura('shop/price.py'), 'shop/price.py'],
    ['below a source', cobertura('price.py', '/elsewhere', '$PWD/shop'), 'shop/price.py'],
    ['below a source from the root', cobertura('price.py', 'shop'), 'shop/price.py'],
    [
      'with spaces in the source',
      cobertura('price.py', '\n  $PWD/the shop\n'),
      'the shop/price.py',
    ],
    ['whole', cobertura('$PWD/shop/price.py', '/elsewhere'), 'shop/price.py'],
    ['of no file here', cobertura('gone.py', '$PWD/shop'), 'gone.py'],
    ['outside', cobertura('../other/price.py'), '../other/price.py'],
  ])('cobertura: a name %s', async (_, script, name) => {
    const files = ['shop/price.py', 'the shop/price.py'];
    expect(await joined({ format: 'cobertura', script, files })).toEqual({ [name]: carried });
  });

  test('lcov: names from the root, and whole ones', async () => {
    const record = (name: string) => `SF:${name}\nDA:1,1\nDA:3,0\nend_of_record\n`;
    const script = `cat <<END\n${record('shop/a.go')}${record('$PWD/shop/b.go')}END`;
    expect(await joined({ format: 'lcov', script })).toEqual({
      ...{ 'shop/a.go': carried, 'shop/b.go': carried },
    });
  });

  test('none where nobody asked, and none of a report that cannot be read', async () => {
    const script = print('SF:a.go\nDA:1,1\nend_of_record');
    const asked = { format: 'lcov', metrics: { lines } } as const;
    expect(await measure({ ...asked, script })).not.toHaveProperty('lineCoverage');
    const cut = await measure({ ...asked, joins: 'coverage', script: print('SF:a.go\nDA:1,1') });
    expect(cut.state).toBe('bad_report');
    expect(cut).not.toHaveProperty('lineCoverage');
  });
});

describe('a report that does not hold the number', () => {
  test.each([
    ['{"known":1}', 'bad_report'],
    ['{"unknown":"3"}', 'bad_report'],
    ['{"unknown":-1}', 'bad_report'],
    ['{"unknown":-0}', 'bad_report'],
    ['{"unknown":1e309}', 'bad_report'],
    ['{"unknown":1.5}', 'bad_report'],
    ['{"unknown":null}', 'bad_report'],
    ['{"unknown":NaN}', 'bad_report'],
    ['{"unknown":1', 'bad_report'],
    ['', 'bad_report'],
    ['[]', 'bad_report'],
  ] as const)('json %s', async (text, state) => {
    expect(await measure({ script: print(text) })).toMatchObject({ state, metrics: {} });
  });

  test('names the path', async () => {
    const { why } = await measure({ script: print('{}'), metrics: { unknown: count('a.b[0]') } });
    expect(why).toBe('its report holds nothing at `a.b[0]` (unknown)');
  });

  test.each([
    ['json', '{"unknown":"3"}', 'its report has no number at `unknown` (licences_unknown)'],
    [
      'json',
      '{"unknown":-1}',
      'its report has the negative value -1 at `unknown` (licences_unknown)',
    ],
    ['json', '{', 'its report is not complete JSON'],
    ['lcov', 'SF:a.py\nDA:x\nend_of_record', /^its report: line 2: /],
  ] as const)('%s %s says so in a sentence', async (format, text, said) => {
    const { why } = await measure({ format, script: print(text) });
    expect(why).toMatch(said);
    if (typeof said === 'string') expect(why).toBe(said);
  });

  test.each([
    ['junit', '<testsuite tests="0"/>', 'tests', 'nothing_measured'],
    [
      'junit',
      '<testsuite><testcase name="a"><skipped/></testcase></testsuite>',
      'failures',
      'nothing_measured',
    ],
    ['junit', '<testsuite><testcase name="a"/></testsuite>', 'lines', 'bad_config'],
    ['junit', '<testsuite><testcase name="a"/></testsuite>', 'constructor', 'bad_config'],
    ['sarif', '{"version":"2.1.0","runs":[]}', 'errors', 'nothing_measured'],
    ['lcov', 'TN:', 'lines', 'nothing_measured'],
    ['cobertura', '<coverage line-rate="1"/>', 'lines', 'nothing_measured'],
    ['sarif', '{"version":"2.1.0"}', 'errors', 'bad_report'],
  ] as const)('%s %s', async (format, text, metric, state) => {
    const metrics = { wanted: count(metric) };
    expect(await measure({ format, script: print(text), metrics })).toMatchObject({
      state,
      metrics: {},
    });
  });

  test('a ratio in percent is refused', async () => {
    const share = { ...count('share'), dimension: 'ratio' } as const;
    const measured = await measure({ script: print('{"share":85}'), metrics: { share } });
    expect(measured).toMatchObject({ state: 'bad_report', metrics: {} });
  });
});

describe('exit codes', () => {
  test('one that is no run is a crash, whatever the report says', async () => {
    const script = `${print('{"unknown":0}')}\nexit 3`;
    expect(await measure({ script })).toMatchObject({ state: 'crashed', metrics: {} });
    expect(await measure({ script, measuredWhen: [0, 3] })).toMatchObject({ state: 'findings' });
  });

  test('a list of problems that is empty does not explain an error', async () => {
    const script = `${print('<testsuite><testcase name="a"/></testsuite>')}\nexit 1`;
    const metrics = { failed: count('failures') };
    expect(await measure({ format: 'junit', script, metrics })).toMatchObject({
      state: 'unexplained_failure',
      metrics: {},
    });
  });
});

describe('a report file', () => {
  const good = '{"unknown":2}';
  const fromFile = { reportFile: 'out/report.json' };
  const out = (root: string): string => path.join(root, 'out');
  const stale = (root: string): void => {
    mkdirSync(out(root));
    writeFileSync(path.join(out(root), 'report.json'), good);
  };

  test('of this run is read', async () => {
    const script = `mkdir -p out && echo '${good}' > out/report.json`;
    expect(await measure({ ...fromFile, script })).toMatchObject({
      state: 'clean',
      metrics: { licences_unknown: 2 },
      evidence: { report: 'out/report.json' },
    });
    expect(await measure({ ...fromFile, script, prepare: stale })).toMatchObject({
      state: 'clean',
    });
  });

  test('from before is none, also when it is dated to the future', async () => {
    const older = { state: 'no_report', why: 'its report out/report.json is older than this run' };
    expect(await measure({ ...fromFile, prepare: stale })).toMatchObject(older);
    const dated = (root: string): void => {
      stale(root);
      utimesSync(path.join(out(root), 'report.json'), 4e9, 4e9);
    };
    expect(await measure({ ...fromFile, prepare: dated })).toMatchObject(older);
    const moved = `mv old.json out/report.json`;
    const prepare = (root: string): void => {
      mkdirSync(out(root));
      writeFileSync(path.join(root, 'old.json'), good);
      utimesSync(path.join(root, 'old.json'), 1e9, 1e9);
    };
    expect(await measure({ ...fromFile, script: moved, prepare })).toMatchObject(older);
  });

  const outside = temporary('outside');
  test.each([
    ['missing', '', 'no_report'],
    ['empty', 'mkdir out; : > out/report.json', 'no_report'],
    ['a pipe', 'mkdir out; mkfifo out/report.json', 'bad_report'],
    ['a folder', 'mkdir -p out/report.json', 'bad_report'],
    ['a device', 'mkdir out; ln -s /dev/zero out/report.json', 'bad_report'],
    [
      'a link out',
      `mkdir out; echo '${good}' > ${outside}/r; ln -s ${outside}/r out/report.json`,
      'bad_report',
    ],
    [
      'behind a link out',
      `echo '${good}' > ${outside}/report.json; ln -s ${outside} out`,
      'bad_report',
    ],
    ['a link in a circle', 'mkdir out; ln -s report.json out/report.json', 'bad_report'],
    ['too long', 'mkdir out; yes | head -c 300000 > out/report.json', 'bad_report'],
  ] as const)('that is %s is none', async (_, script, state) => {
    const context = { outputCapBytes: 100_000, timeoutMs: 5000 };
    expect(await measure({ ...fromFile, script, context })).toMatchObject({ state, metrics: {} });
  });

  test('may be a link within the project', async () => {
    const script = `mkdir out; echo '${good}' > real.json; ln -s ../real.json out/report.json`;
    expect(await measure({ ...fromFile, script })).toMatchObject({ state: 'clean' });
  });

  test.each(['../report.json', '/etc/hostname'])('%s lies outside', async (reportFile) => {
    const script = `echo '${good}' > ../report.json`;
    expect(await measure({ reportFile, script })).toMatchObject({
      state: 'bad_report',
      metrics: {},
    });
  });
});

describe('the command', () => {
  test.each([
    [['licence-checker'], 'not_installed', '`licence-checker` is not installed'],
    [['./gone.sh'], 'not_installed', '`./gone.sh` is not installed'],
    [['./notes.txt'], 'not_installed', '`./notes.txt` is there and may not be executed'],
    [['../check.sh'], 'bad_config', '`../check.sh` lies outside the project'],
    [[], 'bad_config', 'its command is empty'],
  ] as const)('%j', async (argv, state, why) => {
    const prepare = (root: string): void => writeFileSync(path.join(root, 'notes.txt'), '');
    const measured = await measure({ argv, prepare });
    expect(measured.state).toBe(state);
    expect(measured.why).toContain(why);
  });

  test('gets its words as they are, without a shell', async () => {
    const script = `[ "$1" = '$(id); *' ] && echo '{"unknown":0}'`;
    expect(await measure({ argv: ['./check.sh', '$(id); *'], script })).toMatchObject({
      state: 'clean',
    });
  });

  test('is ended in time, and after a flood', async () => {
    const hang = await measure({ script: 'sleep 60', timeoutMs: 300 });
    expect(hang).toMatchObject({ state: 'timed_out', metrics: {} });
    const flood = await measure({ script: 'yes', context: { outputCapBytes: 100_000 } });
    expect(flood).toMatchObject({ state: 'bad_report', metrics: {} });
    expect(await measure({ script: 'kill -KILL $$' })).toMatchObject({ state: 'crashed' });
  });

  test('may itself be a link', async () => {
    const prepare = (root: string): void => symlinkSync('check.sh', path.join(root, 'link'));
    const script = print('{"unknown":0}');
    expect(await measure({ argv: ['./link'], script, prepare })).toMatchObject({ state: 'clean' });
  });
});
