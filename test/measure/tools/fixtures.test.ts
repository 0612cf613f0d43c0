/**
 * Every tool adapter against captured output of the real tool: `test/fixtures/tools/<id>/<case>/` holds
 * `meta.json`, `stdout`, `stderr`, the report files, and in `expected.json` what `read` must make of it.
 */

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ToolState } from '../../../src/judge/reading.ts';
import type { ToolRunner } from '../../../src/measure/tool.ts';
import { tools } from '../../../src/measure/tools/index.ts';
import { fixturesIn } from './support.ts';

const runners = (tools as readonly object[]).filter(
  (runner): runner is ToolRunner => 'spec' in runner,
);
const fixtures = fixturesIn(path.join(import.meta.dirname, '../../fixtures/tools'));

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

const OFFLINE = 'asks nobody';
/** States a tool never reaches, and why. Every other one has a case. */
const UNREACHABLE: Readonly<Record<string, Partial<Record<ToolState, string>>>> = {
  eslint: { backend_unavailable: OFFLINE },
  prettier: {
    no_report: 'silence is its clean report',
    bad_report: 'a list of paths is readable whatever it holds',
    backend_unavailable: OFFLINE,
  },
  tsc: {
    no_report: 'silence is its clean report',
    bad_report: 'text that is no diagnostic may stand beside diagnostics',
    backend_unavailable: OFFLINE,
  },
  tsconfig: {
    findings: 'options are facts, not findings',
    no_report: 'it prints the config, or why it cannot',
    backend_unavailable: OFFLINE,
  },
  gitleaks: {
    nothing_measured: 'known before the start: a project without files',
    backend_unavailable: OFFLINE,
  },
  secretlint: { backend_unavailable: OFFLINE },
  'npm-audit': {
    crashed: 'whatever stops it is told as an answer that did not come',
    nothing_measured: 'a lock file without packages is clean',
  },
  dependencies: { backend_unavailable: OFFLINE },
};

describe.each(fixtures)('$tool $name', ({ tool, raw, context, expected }) => {
  test('is read as expected', () => {
    const runner = runners.find(({ id }) => id === tool);
    expect(runner, `no tool ${tool} in index.ts`).toBeDefined();
    expect(runner!.spec.read(raw, context)).toEqual(expected);
  });
});

describe.each(runners.map(({ id }) => id))('%s', (id) => {
  const states = new Set(fixtures.filter(({ tool }) => tool === id).map((f) => f.expected.state));
  const unreachable = UNREACHABLE[id] ?? {};

  test.each(READABLE)('%s has a case or a reason', (state) => {
    const reason = unreachable[state];
    if (reason === undefined) expect([...states]).toContain(state);
    else expect([...states]).not.toContain(state);
  });
});
