/** Programs that lie, through the real process engine: none of them may end in a number nobody measured. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import type { RunContext } from '../../../src/measure/runner.ts';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { contextFor, projectIn } from './replay.ts';

const engine = createProcessEngine();
afterAll(() => engine.close());

const unit = suiteRunner('unit');
const GOOD = JSON.stringify({
  success: true,
  numFailedTests: 0,
  testResults: [
    {
      name: '/project/a.test.js',
      status: 'passed',
      message: '',
      assertionResults: [{ fullName: 'adds', status: 'passed', failureMessages: [] }],
    },
  ],
});

/** `body` is the program after it has read where its report goes, as `$out`. */
async function measure(
  body: string,
  given: Partial<RunContext> = {},
  scripts: Readonly<Record<string, string>> = {},
) {
  const jest = `#!/bin/sh
for word in "$@"; do case "$word" in --outputFile=*) out="\${word#--outputFile=}";; esac; done
${body}
`;
  const manifest = { scripts: { test: 'jest', ...scripts }, devDependencies: { jest: '30' } };
  const project = projectIn(manifest, { programs: { jest }, path: '/usr/bin:/bin' });
  return unit.measure(contextFor(project, engine, given));
}
const write = (text: string): string => `cat > "$out" <<'END'\n${text}\nEND`;

test('an honest one is believed', async () => {
  const measured = await measure(write(GOOD));
  expect(measured.state).toBe('clean');
  expect(measured.metrics['unit.tests_passed']).toBe(1);
  expect(measured.metrics['unit.coverage']).toEqual({ missing: 'jest wrote no coverage summary' });
});

test('a script that npm would run before is not run, and that is told', async () => {
  const measured = await measure(write(GOOD), {}, { pretest: 'tsc' });
  expect(measured).toMatchObject({ state: 'clean', summary: '1 passed, without pretest' });
});

test.each([
  ['success, and exit code 1', `${write(GOOD)}\nexit 1`, 'unexplained_failure'],
  ['success, and exit code 255', `${write(GOOD)}\nexit 255`, 'unexplained_failure'],
  ['no success, and exit code 0', write(GOOD.replace('true', 'false')), 'unexplained_failure'],
  ['half a report', write(GOOD.slice(0, 90)), 'bad_report'],
  ['an empty report', ': > "$out"', 'bad_report'],
  ['a report of another shape', write('{"success":true,"testResults":{}}'), 'bad_report'],
  ['a list', write('[]'), 'bad_report'],
  [
    'counts without tests',
    write(GOOD.replace('"numFailedTests":0', '"numFailedTests":3')),
    'bad_report',
  ],
  [
    'a count that is text',
    write(GOOD.replace('"numFailedTests":0', '"numFailedTests":"0"')),
    'bad_report',
  ],
  ['a status nobody knows', write(GOOD.replace('"passed","fail', '"fine","fail')), 'bad_report'],
  [
    'no test at all',
    write('{"success":true,"numFailedTests":0,"testResults":[]}'),
    'nothing_measured',
  ],
  [
    'only skipped tests',
    write(GOOD.replace('"passed","fail', '"pending","fail')),
    'nothing_measured',
  ],
  ['no report, and exit code 0', 'echo all good', 'no_report'],
  ['a report on standard output only', `echo '${GOOD}'`, 'no_report'],
  ['a pipe for a report', 'mkfifo "$out"', 'no_report'],
  [
    'a link for a report',
    `${write(GOOD)}\nmv "$out" "$out.real" && ln -s "$out.real" "$out"`,
    'no_report',
  ],
  ['a folder for a report', 'mkdir "$out"', 'no_report'],
  ['a death by signal', `${write(GOOD)}\nkill -KILL $$`, 'crashed'],
] as const)('%s', async (_, body, state) => {
  const measured = await measure(body);
  expect(measured.state).toBe(state);
  expect(measured.metrics).toEqual({});
});

test('a hang is ended', async () => {
  const measured = await measure(`${write(GOOD)}\nsleep 60`, { timeoutMs: 300 });
  expect(measured).toMatchObject({ state: 'timed_out', metrics: {} });
});

test('endless output is cut, and so is an endless report', async () => {
  const outputCapBytes = 100_000;
  const talk = await measure(`${write(GOOD)}\nyes`, { outputCapBytes });
  expect(talk).toMatchObject({ state: 'bad_report', metrics: {} });
  const long = await measure('yes | head -c 300000 > "$out"', { outputCapBytes });
  expect(long).toMatchObject({ state: 'bad_report', metrics: {} });
});

test('a missing one is not installed', async () => {
  const manifest = { scripts: { test: 'jest' }, devDependencies: { jest: '30' } };
  const project = projectIn(manifest);
  expect(unit.isFound?.(project)).toBe(false);
  expect(await unit.measure(contextFor(project, engine))).toMatchObject({
    state: 'not_installed',
    why: 'jest is not installed (looked in node_modules/.bin and PATH)',
    help: 'npm ci',
    metrics: {},
  });
});

test('coverage that contradicts itself is missing, and the tests still count', async () => {
  const summary = (lines: string): string =>
    `${write(GOOD)}\ndir="$(dirname "$out")/coverage"; mkdir -p "$dir"
echo '{"total":{"lines":${lines}}}' > "$dir/coverage-summary.json"`;
  for (const lines of [
    '{"total":10,"covered":11,"pct":100}',
    '{"total":10,"covered":-1}',
    '{"total":10,"covered":"9"}',
    '{"total":0,"covered":0,"pct":"Unknown"}',
    '{"total":0,"covered":0,"pct":100}',
    '{"total":1e309,"covered":1}',
    '{"pct":100}',
  ]) {
    const measured = await measure(summary(lines));
    expect(measured.state).toBe('clean');
    expect(measured.metrics['unit.coverage']).toMatchObject({
      missing: expect.any(String) as string,
    });
  }
  const good = await measure(summary('{"total":8,"covered":6,"pct":1}'));
  expect(good.metrics['unit.coverage']).toBe(0.75);
});

test('a report that lies in the project from before is not looked at', async () => {
  const manifest = { scripts: { test: 'jest --outputFile=report.json' }, devDependencies: {} };
  const project = projectIn(manifest, { programs: { jest: '#!/bin/sh\nexit 0\n' }, path: '/bin' });
  writeFileSync(path.join(project.root, 'report.json'), GOOD);
  mkdirSync(path.join(project.root, 'coverage'));
  expect(await unit.measure(contextFor(project, engine))).toMatchObject({ state: 'no_report' });
});

test('of a crash the line that tells what is kept, not where in the program it was', async () => {
  const frames = Array.from({ length: 20 }, (_, n) => `    at step${n} (node:internal/x:${n}:9)`);
  const said = ['node_modules/late/index.mjs:1', 'SyntaxError: no import here', ...frames];
  const measured = await measure(`cat >&2 <<'END'\n${said.join('\n')}\nEND\nexit 1`);
  expect(measured.evidence?.tail).toBe(said.slice(0, 2).join('\n'));
});
