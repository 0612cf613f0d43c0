/** The pinned pytest with pytest-cov in each of the states that look like another one. */

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { parseCobertura } from '../../../src/measure/formats/cobertura.ts';
import { hasTool, measureIn, pythonProject } from '../python-rig.ts';

const unit = suiteRunner('unit');
const INI = '[pytest]\n';
const PASSES = 'def test_tea():\n    assert True\n';
const FAILS = 'def test_coffee():\n    assert False\n';
const measure = (files: Readonly<Record<string, string>>) =>
  measureIn(pythonProject({ 'pytest.ini': INI, ...files }), unit);

describe.skipIf(!hasTool('pytest'))('pytest', () => {
  test('passed, failed, skipped and expected to fail', async () => {
    const more = [
      'import pytest',
      '@pytest.mark.skip\ndef test_later(): pass',
      '@pytest.mark.xfail\ndef test_known(): assert False',
      '@pytest.mark.xfail\ndef test_mended(): assert True',
      '',
    ].join('\n');
    const { state, metrics } = await measure({ 'test_a.py': PASSES + FAILS, 'test_b.py': more });
    expect(state).toBe('findings');
    // What was expected to fail and did counts as skipped, and what passed against all expectation as passed.
    expect(metrics).toMatchObject({
      'unit.tests_passed': 2,
      'unit.tests_failed': 1,
      'unit.tests_skipped': 2,
    });
  });

  test('strict: what passes against all expectation has failed', async () => {
    const { metrics } = await measure({
      'pytest.ini': '[pytest]\nxfail_strict = true\n',
      'test_b.py': 'import pytest\n@pytest.mark.xfail\ndef test_mended(): assert True\n',
    });
    expect(metrics).toMatchObject({ 'unit.tests_passed': 0, 'unit.tests_failed': 1 });
  });

  test('a fixture that fails is a test that failed', async () => {
    const fixture = 'import pytest\n@pytest.fixture\ndef cup():\n    raise OSError("none clean")\n';
    const { state, metrics, findings } = await measure({
      'test_a.py': `${fixture}def test_tea(cup):\n    assert cup\n${PASSES.replace('tea', 'milk')}`,
    });
    expect(state).toBe('findings');
    expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 1 });
    expect(findings[0]?.message).toContain('none clean');
  });

  test.each([
    [
      'a test that ends the process with 0',
      { 'test_a.py': 'import os\n\ndef test_tea():\n    os._exit(0)\n' },
      'no_report',
    ],
    [
      'a file that cannot be imported',
      { 'test_a.py': PASSES, 'test_b.py': 'import nowhere_to_be_found\n' },
      'crashed',
    ],
    [
      'a broken conftest.py',
      { 'conftest.py': 'import nowhere_to_be_found\n', 'test_a.py': PASSES },
      'bad_config',
    ],
    [
      'a wrong option',
      { 'pytest.ini': '[pytest]\naddopts = --frobnicate\n', 'test_a.py': PASSES },
      'bad_config',
    ],
    [
      'a folder that is not there',
      { 'pytest.ini': '[pytest]\naddopts = gone/\n', 'test_a.py': PASSES },
      'bad_config',
    ],
    ['no test at all', { 'test_a.py': 'TEA = 1\n' }, 'nothing_measured'],
    [
      'every test deselected',
      { 'pytest.ini': '[pytest]\naddopts = -k nothing\n', 'test_a.py': PASSES },
      'nothing_measured',
    ],
    [
      'an interrupt from within',
      { 'test_a.py': 'def test_tea():\n    raise KeyboardInterrupt\n' },
      'crashed',
    ],
  ])('%s has no numbers', async (_, files, state) => {
    const measured = await measure(files);
    expect(measured).toMatchObject({ state, metrics: {} });
    expect(measured.why).not.toBe('');
  });

  test('a report of an earlier run is not taken for this one’s', async () => {
    const root = pythonProject({
      'pytest.ini': INI,
      'test_a.py': 'import os\n\ndef test_tea():\n    os._exit(0)\n',
      '.nemesis/reports/unit/report.xml':
        '<testsuites><testsuite><testcase name="test_tea"/></testsuite></testsuites>',
    });
    expect(await measureIn(root, unit)).toMatchObject({ state: 'no_report', metrics: {} });
  });
});

describe.skipIf(!hasTool('coverage'))('pytest-cov', () => {
  const SHOP =
    'def price(cups):\n    if cups > 9:\n        return cups * 11\n    return cups * 12\n';
  const TEST = 'from shop import price\n\ndef test_price():\n    assert price(1) == 12\n';
  const COUNTED = { 'shop.py': SHOP, 'test_shop.py': TEST };

  test('counts lines; its own floor is left to the gate, and nothing is written into the project', async () => {
    const root = pythonProject({
      ...COUNTED,
      'pytest.ini': '[pytest]\naddopts = --cov=shop --cov-fail-under=99\n',
    });
    const measured = await measureIn(root, unit);
    expect(measured.state).toBe('clean');
    expect(measured.metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.coverage': 3 / 4 });
    expect(readdirSync(root).sort()).toEqual(['.nemesis', 'pytest.ini', 'shop.py', 'test_shop.py']);
    expect(existsSync(path.join(root, '.coverage'))).toBe(false);
  });

  test('a module that is not there gives no coverage, and no zero', async () => {
    const { state, metrics } = await measureIn(
      pythonProject({ ...COUNTED, 'pytest.ini': '[pytest]\naddopts = --cov=nowhere_at_all\n' }),
      unit,
    );
    expect(state).toBe('clean');
    expect(metrics['unit.coverage']).toHaveProperty('missing');
  });
});

/** As `coverage xml` of coverage.py 7 writes it, with lines that were run and lines that were not. */
test('cobertura of coverage.py', () => {
  const xml = `<?xml version="1.0" ?>
<coverage version="7.17.3" timestamp="1" lines-valid="4" lines-covered="3" line-rate="0.75" branches-covered="0" branches-valid="0" branch-rate="0" complexity="0">
	<sources><source>/project</source></sources>
	<packages><package name="." line-rate="0.75" branch-rate="0" complexity="0"><classes>
		<class name="shop.py" filename="shop.py" complexity="0" line-rate="0.75" branch-rate="0"><methods/><lines>
			<line number="1" hits="1"/><line number="2" hits="1"/><line number="3" hits="0"/><line number="4" hits="1"/>
		</lines></class>
	</classes></package></packages>
</coverage>`;
  const read = parseCobertura(xml);
  expect(read.ok && [...read.value]).toEqual([
    [
      'shop.py',
      new Map([
        [1, true],
        [2, true],
        [3, false],
        [4, true],
      ]),
    ],
  ]);
});
