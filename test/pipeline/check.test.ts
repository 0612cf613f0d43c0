/** One run through the gates, with runners that say what the script tells them. */

import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.ts';
import { agent, play, runner, scoreAgent, type Written } from './scripted.ts';

const lint = (errors: number) =>
  runner({
    ...{ id: 'eslint', metrics: ['eslint_errors', 'eslint_warnings'] },
    says: { metrics: { eslint_errors: errors, eslint_warnings: 0 } },
  });
const unit = (failed: number) =>
  runner({
    id: 'unit',
    metrics: ['unit.tests_failed'],
    says: { metrics: { 'unit.tests_failed': failed } },
  });

const CODE: Written = { gate: 'code', runners: [['eslint']], blocking: ['eslint_errors > 0'] };
const TEST: Written = {
  ...{ gate: 'test', runners: [['unit']] },
  checks: { unit: ['unit.tests_failed == 0'] },
};
const AGENTS = [agent(CODE), agent(TEST)];

/** `code`, `start eslint`, `end eslint clean`: the order in one line each. */
function told(events: readonly Event[]): string[] {
  return events.map((event) => {
    switch (event.kind) {
      case 'runner_started':
        return `start ${event.runner}`;
      case 'runner_ended':
        return `end ${event.runner} ${event.measurement.state}`;
      case 'gate_started':
        return event.gate;
      case 'gate_judged':
        return `${event.verdict.gate} ${event.verdict.kind}`;
      default:
        return event.kind;
    }
  });
}

test('what the config requires has no stand-in', async () => {
  const away = runner({
    ...{ id: 'lint-a', metrics: ['eslint_errors'], isFound: () => false },
    says: { state: 'not_installed' as const, why: 'lint-a is not installed' },
  });
  const here = runner({
    ...{ id: 'lint-b', metrics: ['eslint_errors'] },
    says: { metrics: { eslint_errors: 0 } },
  });
  const agents = [agent({ ...CODE, runners: [['lint-a', 'lint-b']] })];
  const script = { runners: [away, here], agents, options: { gates: ['code'] as const } };
  expect((await play(script)).result.verdicts[0]?.kind).toBe('passed');
  const required = await play({ ...script, config: { require: ['lint-a'] } });
  expect(required.result.verdicts[0]?.kind).toBe('undecided');
});

test('gates run in order, and each is judged before the next begins', async () => {
  const options = { gates: ['code', 'test'] as const };
  const { events, result } = await play({ runners: [lint(0), unit(0)], agents: AGENTS, options });
  expect(told(events)).toEqual([
    'run_started',
    ...['code', 'start eslint', 'end eslint clean', 'code passed'],
    ...['test', 'start unit', 'end unit clean', 'test passed'],
    'run_ended',
  ]);
  expect(result.readiness.kind).toBe('ready');
});

test('a gate in which nothing blocking was measured is undecided, never passed', async () => {
  const { result } = await play({ runners: [lint(0), unit(0)], agents: AGENTS });
  expect(result.verdicts.map(({ gate, kind }) => `${gate} ${kind}`)).toEqual([
    'code passed',
    'build undecided',
    'test passed',
  ]);
  expect(result.readiness.kind).toBe('undecided');
});

describe('--fail-fast', () => {
  const failFast = { gates: ['code', 'test'] as const, failFast: true };

  test('leaves out what comes after a blocked gate', async () => {
    const { events, result } = await play({
      ...{ runners: [lint(1), unit(0)], agents: AGENTS, options: failFast },
    });
    expect(told(events)).not.toContain('test');
    expect(result).toMatchObject({ stoppedBy: 'fail_fast', readiness: { kind: 'blocked' } });
  });

  test('goes on where the blocked gate is only observed', async () => {
    const { events, result } = await play({
      ...{ runners: [lint(1), unit(0)], agents: AGENTS, options: failFast },
      config: { mode: { code: 'observe' } },
    });
    expect(told(events)).toContain('test passed');
    expect(result).toMatchObject({ stoppedBy: undefined, readiness: { kind: 'ready' } });
  });
});

describe('runners', () => {
  const says = (errors: number) => ({ metrics: { eslint_errors: errors, eslint_warnings: 0 } });
  const metrics = ['eslint_errors', 'eslint_warnings'];

  test('asked for by two gates run once', async () => {
    let runs = 0;
    const counted = runner({
      ...{ id: 'eslint', metrics },
      says: () => Promise.resolve((runs++, says(0))),
    });
    const agents = [agent(CODE), agent({ ...TEST, runners: [['eslint'], ['unit']] })];
    await play({ runners: [counted, unit(0)], agents });
    expect(runs).toBe(1);
  });

  test('of several alternatives the first that is found measures', async () => {
    const other = runner({ id: 'biome', metrics, says: says(7) });
    const absent = { ...lint(0), isFound: () => false };
    const agents = [agent({ ...CODE, runners: [['eslint', 'biome']] })];
    const { result } = await play({ runners: [absent, other], agents });
    expect(result.readings.get('eslint_errors')).toMatchObject({ value: 7, runner: 'biome' });
  });

  test('of alternatives none of which is found the first says so', async () => {
    const missing = (id: string) =>
      runner({
        ...{ id, metrics, isFound: () => false },
        says: { state: 'not_installed', why: `${id} is not installed` },
      });
    const agents = [agent({ ...CODE, runners: [['eslint', 'biome']] })];
    const { result } = await play({ runners: [missing('eslint'), missing('biome')], agents });
    expect(result.runners.map(({ id }) => id)).toEqual(['eslint']);
    expect(result.verdicts[0]?.kind).toBe('undecided');
  });

  test('that read another one get its measurement, wherever it is written, also side by side', async () => {
    const suites = runner({
      ...{ id: 'suites', metrics: ['coverage_overall'], after: ['unit'] },
      says: ({ earlier }) =>
        Promise.resolve({ summary: `after ${earlier.get('unit')?.state ?? 'nothing'}` }),
    });
    const agents = [agent({ ...TEST, runners: [['suites'], ['unit']] })];
    const { result } = await play({ runners: [suites, unit(0)], agents, jobs: 2 });
    expect(result.runners[0]?.measurement.summary).toBe('after clean');
    const inOrder = [agent({ ...TEST, runners: [['unit'], ['suites']] })];
    for (const jobs of [1, 4]) {
      const { result: sum } = await play({ runners: [suites, unit(0)], agents: inOrder, jobs });
      expect(sum.runners[1]?.measurement.summary).toBe('after clean');
    }
  });

  test('side by side are told in the order written, whatever ends first', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = runner({ id: 'eslint', metrics, says: () => gate.promise.then(() => says(0)) });
    const quick = runner({
      ...{ id: 'unit', metrics: ['unit.tests_failed'] },
      says: () => (gate.resolve(), Promise.resolve({ metrics: { 'unit.tests_failed': 0 } })),
    });
    const agents = [agent({ ...CODE, runners: [['eslint'], ['unit']] })];
    const { events } = await play({ runners: [slow, quick], agents, jobs: 2 });
    expect(told(events).filter((line) => line.startsWith('end'))).toEqual([
      'end eslint clean',
      'end unit clean',
    ]);
  });

  test('never more than `jobs` at once', async () => {
    let running = 0;
    let most = 0;
    const busy = (id: string) =>
      runner({
        ...{ id, metrics: [] },
        async says() {
          most = Math.max(most, ++running);
          for (let turn = 0; turn < 5; turn++) await Promise.resolve();
          running -= 1;
          return {};
        },
      });
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const agents = [agent({ ...CODE, runners: ids.map((id) => [id]), blocking: [] })];
    await play({ runners: ids.map(busy), agents, jobs: 2 });
    expect(most).toBe(2);
  });

  test('left out by --skip leave a hole, by --only a part', async () => {
    const script = { runners: [lint(0), unit(0)], agents: AGENTS };
    const skipped = await play({ ...script, options: { skip: ['eslint'] } });
    expect(skipped.result.verdicts[0]?.kind).toBe('undecided');
    const only = await play({ ...script, options: { gates: ['code'], only: ['eslint'] } });
    expect(only.result).toMatchObject({ score: undefined, readiness: { kind: 'ready' } });
    expect(only.result.partial).toBeDefined();
  });

  test('that are not in play measure all the same where the config requires them', async () => {
    const idle = { ...lint(0), inPlay: () => ({ inPlay: false, why: 'no JavaScript' }) as const };
    const script = { runners: [idle], agents: [agent(CODE)] };
    const without = await play(script);
    expect(without.result.runners[0]?.measurement.state).toBe('not_applicable');
    const required = await play({ ...script, config: { require: ['eslint'] } });
    expect(required.result.runners[0]?.measurement.state).toBe('clean');
  });

  test('get an empty folder; it is published, and an older one is gone', async () => {
    const seen: string[] = [];
    const writer = runner({
      ...{ id: 'eslint', metrics },
      says({ workDir }) {
        const reports = path.join(path.dirname(path.dirname(path.dirname(workDir))), 'reports');
        mkdirSync(path.join(reports, 'eslint'), { recursive: true });
        writeFileSync(path.join(reports, 'eslint', 'old.json'), '{}');
        writeFileSync(path.join(workDir, 'new.json'), '{}');
        seen.push(path.join(reports, 'eslint'));
        return Promise.resolve(says(0));
      },
    });
    const looker = runner({
      ...{ id: 'unit', metrics: ['unit.tests_failed'] },
      says() {
        const [folder = ''] = seen;
        const found = ['old.json', 'new.json'].filter((name) =>
          existsSync(path.join(folder, name)),
        );
        return Promise.resolve({ summary: found.join() });
      },
    });
    const { result } = await play({ runners: [writer, looker], agents: AGENTS });
    expect(result.runners[1]?.measurement.summary).toBe('new.json');
  });

  test('whose folder is removed under them reported nothing', async () => {
    const cleaner = runner({
      ...{ id: 'eslint', metrics },
      says({ workDir }) {
        rmSync(path.dirname(path.dirname(workDir)), { recursive: true });
        return Promise.reject(new Error('ENOENT'));
      },
    });
    const { result } = await play({ runners: [cleaner], agents: [agent(CODE)] });
    expect(result.runners[0]?.measurement.state).toBe('no_report');
  });

  test('that throw are a defect, and nobody hides it', async () => {
    const broken = runner({ id: 'eslint', metrics, says: () => Promise.reject(new Error('oops')) });
    await expect(play({ runners: [broken], agents: [agent(CODE)] })).rejects.toThrow('oops');
  });
});

test('an abort ends the run without a verdict for the gate it stopped', async () => {
  const stop = new AbortController();
  const stopping = runner({
    ...{ id: 'eslint', metrics: ['eslint_errors', 'eslint_warnings'] },
    says: () => (stop.abort('SIGINT'), Promise.resolve({ state: 'skipped' as const })),
  });
  const { result } = await play({
    runners: [stopping, unit(0)],
    agents: AGENTS,
    signal: stop.signal,
  });
  expect(result).toMatchObject({ stoppedBy: 'interrupted', verdicts: [], score: undefined });
});

test('the score stands beside the gates only when all of them ran', async () => {
  const agents = [...AGENTS, scoreAgent()];
  const whole = await play({ runners: [lint(1), unit(0)], agents });
  expect(whole.result.score?.high).toBe(95);
  const part = await play({ runners: [lint(1), unit(0)], agents, options: { gates: ['code'] } });
  expect(part.result.score).toBeUndefined();
});

describe('a token that a tool tells', () => {
  const token = `ghp_${'aB3dE6gH9jK2'.repeat(3)}`;
  const secret = 'tick-tock-tick';

  test('is neither told nor kept', async () => {
    const kept: string[] = [];
    const telling = runner({
      ...{ id: 'unit', metrics: ['unit.tests_failed'] },
      says: ({ workDir }) => {
        mkdirSync(path.join(workDir, 'deep'));
        writeFileSync(path.join(workDir, 'stdout'), `${token}\nsaid ${secret}`);
        writeFileSync(path.join(workDir, 'deep', 'report.json'), JSON.stringify([token]));
        writeFileSync(path.join(workDir, 'bytes'), Buffer.from([0xff, 0x00, 0xfe]));
        return Promise.resolve({
          state: 'crashed',
          why: `Error('token ${token}')`,
          evidence: { tool: 'mocha', tail: `${secret} ${token}` },
        });
      },
    });
    const { events, result } = await play({
      runners: [telling],
      agents: [agent(TEST)],
      options: { gates: ['test'] },
      env: { SHOP_LOGIN: secret },
      config: { secrets: ['SHOP_LOGIN'] },
      afterwards: (stateDir) => {
        const folder = path.join(stateDir, 'reports', 'unit');
        for (const name of ['stdout', 'deep/report.json'])
          kept.push(readFileSync(path.join(folder, name), 'utf8'));
        kept.push(readFileSync(path.join(folder, 'bytes'), 'hex'));
      },
    });
    const told = JSON.stringify([events, ...result.runners]);
    expect(told).not.toContain(token);
    expect(told).not.toContain(secret);
    expect(told).toContain("Error('token [redacted]')");
    expect(kept).toEqual(['[redacted]\nsaid [redacted]', '["[redacted]"]', 'ff00fe']);
  });

  test('a file with a second name outside the reports stays as it is there', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nemesis-linked-'));
    const file = path.join(folder, 'source.js');
    writeFileSync(file, token);
    const linking = runner({
      ...{ id: 'unit', metrics: ['unit.tests_failed'] },
      says: ({ workDir }) => {
        linkSync(file, path.join(workDir, 'hard'));
        symlinkSync(file, path.join(workDir, 'soft'));
        return Promise.resolve({ metrics: { 'unit.tests_failed': 0 } });
      },
    });
    await play({ runners: [linking], agents: [agent(TEST)], options: { gates: ['test'] } });
    expect(readFileSync(file, 'utf8')).toBe(token);
    rmSync(folder, { recursive: true });
  });
});
