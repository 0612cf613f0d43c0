/** `deploy:simulate` as a person asks for it: what it prints, and how it ends. */

import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { codeOf } from '../../src/cli/run.ts';
import { SCENARIOS } from '../../src/rollout/simulation/scenario.ts';

const packageRoot = path.resolve(import.meta.dirname, '..', '..');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function ask(words: string, files: Readonly<Record<string, string>> = {}) {
  const cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-simulate-')));
  folders.push(cwd);
  const all = { 'nemesis.config.yaml': 'service: shop\n', ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(path.join(cwd, name), text);
  const said = { out: '', err: '' };
  const nothing = () => Promise.reject(new Error('nothing is measured, opened or started here'));
  const code = await codeOf(
    {
      ...{ columns: 80, outIsTerminal: false, errIsTerminal: false, cwd, env: { HOME: cwd } },
      argv: ['deploy:simulate', ...words.split(' ')],
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      now: () => 0,
      sleep: () => Promise.resolve(),
      signal: new AbortController().signal,
    },
    {
      ...{ packageRoot, version: '1.2.3', build: undefined, shipped: () => new Map() },
      ...{ runners: nothing, custom: nothing, engine: nothing, stores: nothing },
      sources: async () => (await import('../../src/measure/runners.ts')).runners,
    },
    commands,
  );
  return { code, ...said, files: readdirSync(cwd).filter((name) => !(name in all)) };
}

const CODES: Readonly<Record<string, readonly [staging: number, production: number]>> = {
  healthy: [0, 0],
  'first-deployment': [0, 0],
  'first-never-healthy': [4, 4],
  'never-healthy': [4, 4],
  'dies-after-promotion': [4, 4],
  flaps: [4, 4],
  'errors-20': [4, 4],
  'between-limits': [3, 0],
  'new-error-type': [4, 0],
  'no-traffic': [4, 4],
  'critical-alert': [4, 4],
  'asked-back': [4, 4],
  interrupted: [130, 130],
  'driver-errors': [0, 0],
};

describe('every scenario', () => {
  test.each(Object.keys(SCENARIOS))('%s ends as the real thing would', async (name) => {
    for (const [index, env] of ['staging', 'production'].entries()) {
      const { code, out, files } = await ask(`--env ${env} --scenario ${name}`);
      expect(code, env).toBe(CODES[name]?.[index] ?? code);
      expect(files).toEqual([]);
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  test('stands in the help', () => {
    const row = commands.find(({ name }) => name === 'deploy:simulate');
    const about = row?.options.find(({ flags }) => flags.startsWith('--scenario'))?.about ?? '';
    expect(Object.keys(SCENARIOS).filter((name) => !about.includes(name))).toEqual([]);
  });
});

test('says the same each time, and as JSON with every event', async () => {
  const [first, second] = [
    await ask('--json --scenario flaps'),
    await ask('--json --scenario flaps'),
  ];
  expect(first.out).toBe(second.out);
  const told = JSON.parse(first.out) as { outcome: unknown; events: readonly { type: string }[] };
  expect(told.outcome).toMatchObject({ kind: 'rolled_back' });
  expect(told.events.map(({ type }) => type)).toContain('trigger_fired');
});

describe('a scenario from a file', () => {
  test('is played', async () => {
    const file =
      'candidate:\n  error_share:\n    - { value: 0.1% }\n    - { at: 3m, since: traffic, value: 30% }\n';
    const { code, out } = await ask('--env production --scenario ./late.yaml', {
      'late.yaml': file,
    });
    expect(code).toBe(4);
    expect(out).toMatch(/taken back by error_rate > 10%/);
  });

  test.each([
    ['candidate:\n  startup: 5s\n', '2:3 error: unknown key `startup`'],
    ['candidate:\n  error_share: 20\n', '2:16 error: expected a percentage'],
    ['driver_faults:\n  - { kind: unreachable, at: 2m }\n', '2:7 error: `unreachable` needs `for`'],
    ['candidate: [\n', 'error'],
  ])('that is wrong is refused with its place: %j', async (text, expected) => {
    const { code, err } = await ask('--scenario ./bad.yaml', { 'bad.yaml': text });
    expect(code).toBe(2);
    expect(err).toContain(expected);
    expect(err).toContain('bad.yaml:');
  });

  test('that is not there is told so', async () => {
    const { code, err } = await ask('--scenario ./none.yaml');
    expect([code, err]).toEqual([2, expect.stringContaining('none.yaml:1:1')]);
  });
});

test.each([
  ['--scenario helthy', /did you mean healthy/],
  ['--seed many', /--seed/],
  ['--env nowhere', /no gate deploys to nowhere/],
])('%s is asked wrongly', async (words, said) => {
  const { code, err } = await ask(words);
  expect(code).toBe(2);
  expect(err).toMatch(said);
});
