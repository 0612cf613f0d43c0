import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import type { CommandContext } from '../../../src/rollout/ports.ts';
import { alertsCommand } from '../../../src/rollout/scripts/alerts-command.ts';
import { runDeclared } from '../../../src/rollout/scripts/run-declared.ts';
import { release } from '../../contracts/driver-suite.ts';

const engine = createProcessEngine({ runId: 'scripts', termGraceMs: 200, abortGraceMs: 200 });
afterAll(() => engine.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = 'correct-horse-battery';

const surroundings = () => ({
  root: folder,
  env: { PATH: process.env['PATH'], SMOKE_KEY: TOKEN, OTHER: 'other' },
  secrets: ['SMOKE_KEY'],
  run: engine.run,
});

const CONTEXT: CommandContext = {
  ...{ deployment: 'd-0147', service: 'payments', environment: 'production', step: 'smoke_tests' },
  release: release('1.9.0', 'sha256:b'),
  stable: release('1.8.2', 'sha256:a'),
  beforeTraffic: true,
};

describe('a declared command', () => {
  const run = (
    code: string,
    { timeoutMs = 20_000, signal = new AbortController().signal, context = CONTEXT } = {},
  ) =>
    runDeclared({
      ...surroundings(),
      url: ({ beforeTraffic }) => (beforeTraffic ? 'http://127.0.0.1:1/' : undefined),
    })({ argv: ['node', '-e', code], timeoutMs }, context, signal);

  it('is told what it is about, by variable and on standard input', async () => {
    const code = `
      const { readFileSync, writeFileSync } = require('node:fs');
      writeFileSync('told', JSON.stringify({ env: process.env, input: JSON.parse(readFileSync(0)) }));
      console.log('12 checks');
    `;
    expect(await run(code)).toEqual({ exitCode: 0, tail: ['12 checks'] });
    const { env, input } = JSON.parse(readFileSync(path.join(folder, 'told'), 'utf8')) as {
      env: Record<string, string>;
      input: object;
    };
    expect(env).toMatchObject({
      ...{ NEMESIS_STEP: 'smoke_tests', NEMESIS_DEPLOYMENT: 'd-0147' },
      ...{ NEMESIS_URL: 'http://127.0.0.1:1/', NEMESIS_SERVICE: 'payments', SMOKE_KEY: TOKEN },
      ...{ NEMESIS_VERSION: '1.9.0', NEMESIS_PREVIOUS_VERSION: '1.8.2' },
    });
    expect(env).not.toHaveProperty('OTHER');
    expect(input).toEqual({
      ...{ schema: 'nemesis.step/1', deployment: 'd-0147', service: 'payments' },
      ...{ environment: 'production', step: 'smoke_tests', before_traffic: true },
      release: { version: '1.9.0', commit: null, artifact: 'sha256:b' },
      previous: { version: '1.8.2', commit: null, artifact: 'sha256:a' },
      url: 'http://127.0.0.1:1/',
    });
  });

  it('is not told what is not known', async () => {
    const code = `console.log(['URL', 'PREVIOUS_VERSION'].filter((name) => 'NEMESIS_' + name in process.env))`;
    const context = { ...CONTEXT, stable: null, beforeTraffic: false };
    expect(await run(code, { context })).toEqual({ exitCode: 0, tail: ['[]'] });
  });

  it('has its last words kept: five lines, the complaint last, without escapes and secrets', async () => {
    const code = `
      for (let n = 1; n < 9; n += 1) console.log('check ' + n);
      console.error('\\x1b[31mfailed\\x1b[0m with ' + process.env.SMOKE_KEY + '\\n\\n');
      process.exitCode = 3;
    `;
    expect(await run(code)).toEqual({
      exitCode: 3,
      tail: ['check 5', 'check 6', 'check 7', 'check 8', 'failed with [redacted]'],
    });
  });

  describe('that does not end', () => {
    const code = `
      process.on('SIGTERM', () => undefined);
      const { pid } = require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' });
      require('node:fs').writeFileSync('child', pid + '.');
      setInterval(() => {}, 1000);
    `;
    const child = () => path.join(folder, 'child');
    const isGone = () => {
      const pid = parseInt(readFileSync(child(), 'utf8'));
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    };

    it('is ended with its group when its time is over', async () => {
      expect(await run(code, { timeoutMs: 1_500 })).toEqual({ exitCode: null, tail: [] });
      isGone();
    });

    it('is ended with its group when the caller ends it', async () => {
      const ending = new AbortController();
      const running = run(code, { signal: ending.signal });
      while (!existsSync(child()) || !readFileSync(child(), 'utf8').endsWith('.')) await sleep(10);
      ending.abort();
      expect(await running).toEqual({ exitCode: null, tail: [] });
      isGone();
    });
  });

  it('that cannot be started, or is killed, says so', async () => {
    const declared = runDeclared({ ...surroundings(), url: () => undefined });
    const { signal } = new AbortController();
    const command = { argv: ['ops/nowhere'], timeoutMs: 1_000 };
    expect(await declared(command, CONTEXT, signal)).toEqual({
      exitCode: null,
      tail: ['ops/nowhere was not found'],
    });
    expect(await run('process.kill(process.pid, "SIGKILL")')).toEqual({
      exitCode: null,
      tail: ['was ended by SIGKILL'],
    });
  });

  it('that writes one endless line has no half of it shown', async () => {
    const { tail } = await run('process.stdout.write("x".repeat(200_000))');
    expect(tail).toEqual(['(200000 bytes without a line break)']);
  });
});

describe('the command for alerts', () => {
  const ask = (code: string, timeoutMs = 20_000) =>
    alertsCommand({
      ...surroundings(),
      ...{ service: 'payments', environment: 'production' },
      command: { argv: ['node', '-e', code], timeoutMs },
    })({ deployment: 'd-0147', version: '1.9.0' });

  it('says that none fires', async () => {
    expect(await ask('console.log("all quiet")')).toEqual({ kind: 'none' });
  });

  it.each([
    [
      `console.log('HighErrorRate\\n\\nDiskFull ' + process.env.SMOKE_KEY)`,
      ['HighErrorRate', 'DiskFull [redacted]'],
    ],
    [`console.error('2 alerts')`, ['2 alerts']],
    ['', ['an alert without words']],
  ])('says which fire: %s', async (code, lines) => {
    expect(await ask(`${code}; process.exitCode = 1`)).toEqual({ kind: 'firing', lines });
  });

  it.each([
    ['console.error("no route"); process.exitCode = 2', 'exit code 2: no route'],
    ['process.exitCode = 7', 'exit code 7: nothing on standard error'],
    ['setInterval(() => {}, 1000)', 'the command did not end within 0.7 s'],
    ['process.kill(process.pid, "SIGSEGV")', 'the command was ended by SIGSEGV'],
  ])('that cannot tell is not taken for none: %s', async (code, why) => {
    const timeoutMs = code.startsWith('setInterval') ? 700 : 20_000;
    expect(await ask(code, timeoutMs)).toEqual({ kind: 'unknown', why });
  });
});
