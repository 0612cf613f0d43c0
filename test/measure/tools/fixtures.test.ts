/**
 * Every tool adapter against captured output of the real tool: `test/fixtures/tools/<id>/<case>/` holds
 * `meta.json`, `stdout`, `stderr`, the report files, and in `expected.json` what `read` must make of it.
 * `unreachable.json` beside the cases names the states the tool never reaches, and why; every other one has a case.
 */

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ToolState } from '../../../src/judge/reading.ts';
import type { ToolRunner } from '../../../src/measure/tool.ts';
import { tools } from '../../../src/measure/tools/index.ts';
import { fixturesIn, unreachableStates } from './support.ts';

const runners = (tools as readonly object[]).filter(
  (runner): runner is ToolRunner => 'spec' in runner,
);
const FOLDER = path.join(import.meta.dirname, '../../fixtures/tools');
const fixtures = fixturesIn(FOLDER);

/** What `read` itself can say; the other states are known before it is asked, or after. */
const READABLE = [
  'clean',
  'findings',
  'crashed',
  'bad_config',
  'no_report',
  'bad_report',
  'nothing_measured',
  'backend_unavailable',
] as const satisfies readonly ToolState[];

describe.each(fixtures)('$tool $name', ({ tool, raw, context, expected }) => {
  test('is read as expected', () => {
    const runner = runners.find(({ id }) => id === tool);
    expect(runner, `no tool ${tool} in index.ts`).toBeDefined();
    expect(runner!.spec.read(raw, context)).toEqual(expected);
  });
});

describe.each(runners.map(({ id }) => id))('%s', (id) => {
  const states = new Set(fixtures.filter(({ tool }) => tool === id).map((f) => f.expected.state));
  const unreachable = unreachableStates(FOLDER, id);

  test.each(READABLE)('%s has a case or a reason', (state) => {
    const reason = unreachable[state];
    if (reason === undefined) expect([...states]).toContain(state);
    else expect([...states]).not.toContain(state);
  });
});
