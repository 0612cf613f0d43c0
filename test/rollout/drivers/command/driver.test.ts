import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandSettings } from '../../../../src/config/environment.ts';
import { createProcessEngine } from '../../../../src/measure/process/engine.ts';
import { commandDriver } from '../../../../src/rollout/drivers/command/driver.ts';
import { thaw } from '../../../../src/rollout/drivers/command/frozen.ts';
import { release, wish } from '../../../contracts/driver-suite.ts';

const engine = createProcessEngine({ runId: 'command-driver', termGraceMs: 300 });
afterAll(() => engine.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PATH = process.env['PATH'];
const TOKEN = 'correct-horse-battery';

/** A driver whose scripts are this code. */
function scripted(
  { observe = '', apply = '' },
  settings: Partial<CommandSettings> = {},
  env: Record<string, string> = {},
) {
  return commandDriver({
    ...{ service: 'payments', environment: 'production', root: folder, run: engine.run },
    settings: {
      kind: 'command',
      observe: ['node', '-e', observe],
      apply: ['node', '-e', apply, 'apply'],
      secrets: [],
      reach: 'network',
      dials: ['instances'],
      timeoutMs: 20_000,
      ...settings,
    },
    env: { PATH, NEMESIS_HOME: path.join(folder, 'home'), ...env },
  });
}

const OLD = release('1.8.2', `sha256:${'a'.repeat(64)}`);
const NEXT = { ...release('1.9.0', `sha256:${'b'.repeat(64)}`), commit: 'c'.repeat(40) };

describe('an answer of observe', () => {
  it.each([
    ['', 'it said nothing'],
    ['{"schema":', 'what it said is not one JSON document'],
    ['{} {}', 'what it said is not one JSON document'],
    ['[]', 'the document: '],
    ['{"schema":"nemesis.observed/2","fence":0,"slots":[],"restorable":[]}', 'schema: '],
  ])('%j is not understood', async (said, why) => {
    const driver = scripted({ observe: `process.stdout.write(${JSON.stringify(said)})` });
    const observed = await driver.observe();
    expect(observed).toMatchObject({ ok: false, failure: { kind: 'bad_answer' } });
    expect(messageOf(observed)).toContain(why);
    expect(messageOf(observed)).not.toMatch(/\n| at /);
  });

  it('that is not text is not understood', async () => {
    const driver = scripted({ observe: 'process.stdout.write(Buffer.from([0x22, 0xff, 0x22]))' });
    expect(messageOf(await driver.observe())).toContain('not one JSON document');
  });

  it('that does not end is cut off', async () => {
    const driver = scripted({ observe: 'for (;;) process.stdout.write("x".repeat(65536))' });
    const observed = await driver.observe();
    expect(observed).toMatchObject({ ok: false, failure: { kind: 'bad_answer' } });
    expect(messageOf(observed)).toContain('wrote more than 1048576 bytes to stdout');
  });

  it('counts only with exit code 0', async () => {
    const driver = scripted({ observe: 'console.error("no route\\n"); process.exitCode = 3' });
    const observed = await driver.observe();
    expect(observed).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
    expect(messageOf(observed)).toMatch(/: exit code 3: no route$/);
  });
});

describe('an exit code of apply', () => {
  it.each([
    [0, '', '', undefined],
    [9, '{"fence":12}', '', { kind: 'fenced_out', fence: 7, newest: 12 }],
    [9, '', '', { kind: 'fenced_out', fence: 7, newest: 8 }],
    [9, '{"fence":3}', '', { kind: 'fenced_out', fence: 7, newest: 8 }],
    [
      1,
      '',
      'log\n{"refused":"port 80 is taken"}\n',
      { kind: 'refused', message: 'port 80 is taken' },
    ],
    [77, '', 'timeout of ssh', { kind: 'unreachable' }],
    [2, 'not read', '', { kind: 'unreachable' }],
  ])('%i after %j and %j', async (code, stdout, stderr, failure) => {
    const texts = [stdout, stderr].map((text) => JSON.stringify(text));
    const driver = scripted({
      apply: `process.stdout.write(${texts[0]}); process.stderr.write(${texts[1]}); process.exitCode = ${code}`,
    });
    const applied = await driver.apply(wish(), 7);
    if (failure === undefined) expect(applied).toEqual({ ok: true, value: undefined });
    else expect(applied).toMatchObject({ ok: false, failure });
  });

  it('is missing where it was killed: whether it acted is not known', async () => {
    const driver = scripted({ apply: 'process.kill(process.pid, "SIGKILL")' });
    const applied = await driver.apply(wish(), 1);
    expect(applied).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
    expect(messageOf(applied)).toContain('was ended by SIGKILL');
  });

  it('never comes where it hangs: its group is ended', async () => {
    const apply = `
      process.on('SIGTERM', () => undefined);
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['600'], { stdio: 'ignore' });
      require('node:fs').writeFileSync('child', String(child.pid));
      setInterval(() => {}, 1000);
    `;
    const driver = scripted({ apply }, { timeoutMs: 1_500 });
    const applied = await driver.apply(wish(), 1);
    expect(applied).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
    expect(messageOf(applied)).toContain('did not end within 1.5 s');
    const child = Number(readFileSync(path.join(folder, 'child'), 'utf8'));
    expect(() => process.kill(child, 0)).toThrow('ESRCH');
  });

  it('does not come once the caller ends it', async () => {
    const driver = scripted({ apply: 'setInterval(() => {}, 1000)' });
    const applied = await driver.apply(wish(), 1, AbortSignal.timeout(300));
    expect(applied).toEqual({ ok: false, failure: { kind: 'aborted' } });
  });
});

describe('a script', () => {
  it.each([
    ['ops/nowhere', 'ops/nowhere was not found'],
    ['ops-nowhere', 'ops-nowhere was not found'],
    ['./plain', './plain cannot be executed'],
  ])('%s that cannot be started is refused', async (name, why) => {
    writeFileSync(path.join(folder, 'plain'), 'echo', { mode: 0o600 });
    const driver = scripted({}, { observe: [name], apply: [name] });
    for (const answer of [await driver.observe(), await driver.apply(wish(), 1)]) {
      expect(answer).toMatchObject({ ok: false, failure: { kind: 'refused' } });
      expect(messageOf(answer)).toContain(why);
    }
  });

  it('is found below the root, and runs there', async () => {
    const script = '#!/bin/sh\ncat > told\necho "$PWD" > where\n';
    writeFileSync(path.join(folder, 'apply'), script, { mode: 0o700 });
    const driver = scripted({}, { apply: ['./apply'] });
    expect(await driver.apply(wish([OLD, 2, 0.9], [NEXT, 1, 0.1]), 3)).toMatchObject({ ok: true });
    expect(readFileSync(path.join(folder, 'where'), 'utf8').trim()).toBe(folder);
    expect(JSON.parse(readFileSync(path.join(folder, 'told'), 'utf8'))).toEqual({
      schema: 'nemesis.apply/1',
      service: 'payments',
      environment: 'production',
      fence: 3,
      slots: [
        { release: told(OLD), instances: 2, share: 0.9 },
        { release: told(NEXT), instances: 1, share: 0.1 },
      ],
    });
  });

  it('is given variables that say the same, harmless ones, and what is declared', async () => {
    const apply = 'require("node:fs").writeFileSync("env", JSON.stringify(process.env))';
    const driver = scripted(
      { apply },
      { secrets: ['SSH_AUTH_SOCK'] },
      {
        SSH_AUTH_SOCK: '/run/agent',
        AWS_SECRET_ACCESS_KEY: TOKEN,
        NEMESIS_STORE: TOKEN,
        LANG: 'C',
      },
    );
    expect(await driver.apply(wish([OLD, 1, 0.1], [NEXT, 2, 0.9]), 3)).toMatchObject({ ok: true });
    const env = JSON.parse(readFileSync(path.join(folder, 'env'), 'utf8')) as object;
    expect(env).toMatchObject({
      ...{ PATH, LANG: 'C', SSH_AUTH_SOCK: '/run/agent' },
      ...{ NEMESIS_SERVICE: 'payments', NEMESIS_ENVIRONMENT: 'production', NEMESIS_FENCE: '3' },
      ...{ NEMESIS_VERSION: '1.9.0', NEMESIS_ARTIFACT: NEXT.artifact, NEMESIS_COMMIT: NEXT.commit },
      NEMESIS_PREVIOUS_VERSION: '1.8.2',
    });
    expect(JSON.stringify(env)).not.toContain(TOKEN);
  });

  it('may leave its standard input alone, however long it is', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => [release(`${n}`), 1, 0] as const);
    expect(await scripted({ apply: '' }).apply(wish(...many), 1)).toMatchObject({ ok: true });
  });

  it('that fails is told what it was not given', async () => {
    const driver = scripted({ apply: 'process.exitCode = 1' }, { secrets: ['DEPLOY_KEY'] });
    expect(messageOf(await driver.apply(wish(), 1))).toMatch(/; not set here: DEPLOY_KEY$/);
  });
});

describe('secrets', () => {
  const env = { DEPLOY_KEY: TOKEN };
  const settings = { secrets: ['DEPLOY_KEY'] };
  const print = (stream: string) => `process.${stream}.write`;

  it.each([
    ['complaints', `${print('stderr')}('denied: ' + process.env.DEPLOY_KEY); process.exitCode = 1`],
    [
      'complaints with colours in between',
      `${print('stderr')}(process.env.DEPLOY_KEY.replace('-', '\\x1b[31m-')); process.exitCode = 1`,
    ],
    [
      'refusals',
      `${print('stderr')}(JSON.stringify({ refused: process.env.DEPLOY_KEY })); process.exitCode = 1`,
    ],
  ])('do not come out in %s', async (_, apply) => {
    const message = messageOf(await scripted({ apply }, settings, env).apply(wish(), 1));
    expect(message).toContain('[redacted]');
    expect(message).not.toContain('horse');
    expect(message).not.toMatch(/\p{Cc}/u);
  });

  it('do not come out in problems and unknown keys', async () => {
    const slot = { version: '1', artifact: null, instances: 1, healthy: 0, share: 0 };
    const said = (more: object) => ({
      schema: 'nemesis.observed/1',
      ...{ fence: 0, restorable: [], slots: [{ ...slot, ...more }] },
    });
    const observing = (more: object) =>
      scripted({ observe: `${print('stdout')}('${JSON.stringify(said(more))}')` }, settings, env);
    const observed = await observing({ problems: [`login with ${TOKEN}`] }).observe();
    expect(observed).toMatchObject({ value: { slots: [{ problems: ['login with [redacted]'] }] } });
    const refused = messageOf(await observing({ [TOKEN]: 1 }).observe());
    expect(refused).toContain('slots[0]');
    expect(refused).not.toContain(TOKEN);
  });

  it('are frozen by name alone', () => {
    const { frozen } = scripted({}, { ...settings, byHand: 'ops/switch' }, env);
    expect(JSON.stringify(frozen)).not.toContain(TOKEN);
    const known = thaw(JSON.parse(JSON.stringify(frozen)));
    expect(known).toMatchObject({ root: folder, settings: { secrets: ['DEPLOY_KEY'] } });
    expect(commandDriver({ ...known!, env, run: engine.run }).frozen).toEqual(frozen);
    expect(thaw({ kind: 'local' })).toBeUndefined();
  });
});

it('refuses to act where it can keep no note of it', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const applied = await scripted({}, {}, { NEMESIS_HOME: file }).apply(wish(), 1);
  expect(applied).toMatchObject({ ok: false, failure: { kind: 'refused' } });
  expect(messageOf(applied)).toContain('set NEMESIS_HOME');
});

function told({ version, commit, artifact }: typeof OLD) {
  return { version, commit, artifact };
}

function messageOf(answer: { ok: boolean; failure?: object }): string {
  const { failure } = answer as { failure?: { message?: string } };
  return failure?.message ?? '';
}
