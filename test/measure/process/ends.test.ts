import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { createRig, hasProc, ownZombies } from './rig.ts';

const rig = createRig();
afterAll(() => rig.end());

describe('how a process ended', () => {
  test.for([0, 1, 2, 127, 255])('exit code %i is told as it is', async (code) => {
    const { end, survivors } = await rig.sh(`exit ${code}`);
    expect({ end, survivors }).toEqual({ end: { kind: 'exited', code }, survivors: 0 });
  });

  test.for(['SIGKILL', 'SIGSEGV', 'SIGTERM'])('death by %s is no exit code', async (signal) => {
    const { end } = await rig.sh(`kill -${signal.slice(3)} $$`);
    expect(end).toEqual({ kind: 'signalled', signal });
  });

  test('a timeout says after how long', async () => {
    const { end, durationMs } = await rig.sh('exec sleep 600', { timeoutMs: 30 });
    expect(end).toEqual({ kind: 'timed_out', afterMs: 30 });
    expect(durationMs).toBeGreaterThanOrEqual(29);
  });

  test('a program that ignores TERM is killed after the grace', async () => {
    const { end } = await rig.sh(`trap '' TERM; sleep 600 & wait; sleep 600`, { timeoutMs: 100 });
    expect(end).toEqual({ kind: 'timed_out', afterMs: 100 });
  });

  test('a program that exits 0 on TERM has still timed out', async () => {
    const { end } = await rig.sh(`trap 'exit 0' TERM; while :; do sleep 0.01; done`, {
      timeoutMs: 100,
    });
    expect(end.kind).toBe('timed_out');
  });

  test('a timeout longer than a timer can hold does not fire at once', async () => {
    const { end } = await rig.sh('exit 0', { timeoutMs: 2 ** 40 });
    expect(end).toEqual({ kind: 'exited', code: 0 });
  });

  test('an abort ends it', async () => {
    const abort = new AbortController();
    const running = rig.sh('echo $$ > aborted; exec sleep 600', {}, abort.signal);
    await rig.pidFrom('aborted');
    abort.abort();
    expect((await running).end).toEqual({ kind: 'aborted' });
  });

  test('an abort cuts the grace of a timeout short', async () => {
    const slow = createRig({ termGraceMs: 3_600_000 });
    const abort = new AbortController();
    const script = `trap 'echo $$ > asked' TERM; while :; do sleep 0.01; done`;
    const running = slow.sh(script, { timeoutMs: 50 }, abort.signal);
    await slow.pidFrom('asked');
    abort.abort();
    expect((await running).end.kind).toBe('timed_out');
    await slow.end();
  });

  test('aborted beforehand, nothing starts', async () => {
    const { end, durationMs } = await rig.sh('echo $$ > never', {}, AbortSignal.abort());
    expect({ end, durationMs }).toEqual({ end: { kind: 'aborted' }, durationMs: 0 });
  });
});

describe('a program that cannot be started', () => {
  const file = (name: string, content: string | Buffer, mode = 0o755): string => {
    const path = join(rig.dir, name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  const codeFor = async (changes: Parameters<typeof rig.run>[0]): Promise<string> => {
    const { end, durationMs } = await rig.run(changes);
    expect(durationMs).toBe(0);
    return end.kind === 'not_started' ? end.code : end.kind;
  };
  const elf = (machine: number): Buffer => {
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    header.writeUInt16LE(2, 16);
    header.writeUInt16LE(machine, 18);
    return header;
  };

  test('missing', async () => {
    expect(await codeFor({ file: join(rig.dir, 'no-such-tool') })).toBe('ENOENT');
  });
  test('not executable', async () => {
    expect(await codeFor({ file: file('plain', '#!/bin/sh\n', 0o644) })).toBe('EACCES');
  });
  test('a folder', async () => {
    expect(await codeFor({ file: rig.dir })).toBe('EACCES');
  });
  test('for another machine: not handed to a shell', async () => {
    expect(await codeFor({ file: file('foreign', elf(0xfeed)) })).toBe('ENOEXEC');
  });
  test('without a #! line: not handed to a shell', async () => {
    expect(await codeFor({ file: file('bare', 'exit 0\n') })).toBe('ENOEXEC');
  });
  test('its interpreter is for another machine', async () => {
    const interpreter = file('foreign-interpreter', elf(0xfeed));
    expect(await codeFor({ file: file('script', `#!${interpreter}\n`) })).toBe('ENOEXEC');
  });
  test('its interpreter is missing', async () => {
    const { end } = await rig.run({ file: file('orphan', '#!/no/such/interpreter\n') });
    const message = expect.stringContaining('interpreter') as string;
    expect(end).toMatchObject({ code: 'ENOENT', message });
  });
  test('too long an argument', async () => {
    expect(await codeFor({ argv: ['-c', 'x'.repeat(8 * 1024 * 1024)] })).toBe('E2BIG');
  });
  test.for([
    ['argument', { argv: ['a\0b'] }],
    ['variable', { env: { NAME: 'a\0b' } }],
    ['folder', { cwd: '/a\0b' }],
  ] as const)('a NUL character in its %s', async ([, changes]) => {
    expect(await codeFor(changes)).toBe('EINVAL');
  });
  test('a missing working folder is not a missing tool', async () => {
    expect(await codeFor({ cwd: join(rig.dir, 'gone') })).toBe('CWD_ENOENT');
  });
  test('a missing output folder is not a missing tool', async () => {
    expect(await codeFor({ outputDir: join(rig.dir, 'gone') })).toBe('OUTPUT_ENOENT');
  });
});

describe('output', () => {
  test('both streams lie in files only the user can read', async () => {
    const { stdoutFile, stderrFile } = await rig.sh('echo out; echo err >&2');
    expect(readFileSync(stdoutFile, 'utf8')).toBe('out\n');
    expect(readFileSync(stderrFile, 'utf8')).toBe('err\n');
    expect(statSync(stdoutFile).mode & 0o777).toBe(0o600);
    expect(statSync(stderrFile).mode & 0o777).toBe(0o600);
  });

  test('bytes that are no text stay as they are', async () => {
    const { stdoutFile } = await rig.sh(String.raw`printf 'a\377\300\000\015\355\240\200z'`);
    expect([...readFileSync(stdoutFile)]).toEqual([
      0x61, 0xff, 0xc0, 0x00, 0x0d, 0xed, 0xa0, 0x80, 0x7a,
    ]);
  });

  test('a symbolic link in the place of the file is not followed', async () => {
    const outputDir = join(rig.dir, 'planted');
    const precious = join(rig.dir, 'precious');
    mkdirSync(outputDir);
    writeFileSync(precious, 'precious');
    symlinkSync(precious, join(outputDir, 'stdout'));
    const { stdoutFile } = await rig.sh('echo new', { outputDir });
    expect(readFileSync(stdoutFile, 'utf8')).toBe('new\n');
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  test.for(['stdout', 'stderr'] as const)('endless %s is ended at the cap', async (stream) => {
    const into = stream === 'stdout' ? '' : '>&2';
    const outcome = await rig.sh(`trap '' TERM; while :; do echo 0123456789; done ${into}`, {
      outputCapBytes: 5000,
    });
    expect(outcome.end).toEqual({ kind: 'output_capped', stream, capBytes: 5000 });
    expect(statSync(outcome[`${stream}File`]).size).toBe(5000);
  });

  test('more than the cap is told even when the program was quicker than our look', async () => {
    const unwatched = createRig({ pollMs: 3_600_000 });
    const { end, stdoutFile } = await unwatched.sh('printf 123456789', { outputCapBytes: 8 });
    expect(end).toEqual({ kind: 'output_capped', stream: 'stdout', capBytes: 8 });
    expect(readFileSync(stdoutFile, 'utf8')).toBe('12345678');
    await unwatched.end();
  });

  test('exactly the cap is fine', async () => {
    const { end } = await rig.sh('printf 12345678', { outputCapBytes: 8 });
    expect(end).toEqual({ kind: 'exited', code: 0 });
  });

  test('stdin is at its end', async () => {
    const { end } = await rig.sh('read answer || exit 42');
    expect(end).toEqual({ kind: 'exited', code: 42 });
  });
});

describe('many', () => {
  test('100 in sequence, and none left as a zombie', async () => {
    for (let i = 0; i < 100; i++) {
      const { end } = await rig.sh('exit 0');
      expect(end).toEqual({ kind: 'exited', code: 0 });
    }
    if (hasProc) expect(ownZombies()).toEqual([]);
  });

  test('20 at once under one abort signal', async () => {
    const { signal } = new AbortController();
    const codes = Array.from({ length: 20 }, (_, code) => code);
    const outcomes = await Promise.all(codes.map((code) => rig.sh(`exit ${code}`, {}, signal)));
    expect(outcomes.map(({ end }) => end)).toEqual(codes.map((code) => ({ kind: 'exited', code })));
  });

  test('the environment is the one asked for, and the two markers', async () => {
    const { stdoutFile } = await rig.run({ file: '/usr/bin/env', env: { ONLY: 'this' } });
    const names = readFileSync(stdoutFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['NEMESIS_PROCESS', 'NEMESIS_RUN', 'ONLY']);
  });
});

describe('a launch that is to live on', () => {
  const launch = (changes: { file?: string; logFile?: string }) =>
    rig.engine.launchDetached({
      file: '/bin/sh',
      argv: ['-c', 'exit 0'],
      cwd: rig.dir,
      env: {},
      logFile: join(rig.dir, 'log'),
      ...changes,
    });

  test('says why it could not start', async () => {
    const file = join(rig.dir, 'no-such-tool');
    expect(await launch({ file })).toMatchObject({ kind: 'not_started', code: 'ENOENT' });
  });

  test('does not write through a symbolic link', async () => {
    const logFile = join(rig.dir, 'linked-log');
    symlinkSync(join(rig.dir, 'elsewhere'), logFile);
    expect(await launch({ logFile })).toMatchObject({ kind: 'not_started', code: 'OUTPUT_ELOOP' });
  });
});

describe('standard input', () => {
  test('is empty unless given', async () => {
    const { stdoutFile } = await rig.sh('cat; echo end');
    expect(readFileSync(stdoutFile, 'utf8')).toBe('end\n');
  });

  test('holds all of the text, and leaves no file', async () => {
    const input = `${'x'.repeat(300_000)}\nZoë\n`;
    const { stdoutFile } = await rig.sh('cat', { input });
    expect(readFileSync(stdoutFile, 'utf8')).toBe(input);
    expect(readdirSync(dirname(stdoutFile))).not.toContain('stdin');
  });

  test('may be left unread', async () => {
    const { end } = await rig.sh('exit 0', { input: 'x'.repeat(300_000) });
    expect(end).toEqual({ kind: 'exited', code: 0 });
  });
});

test('the number of the process is told when it is started', async () => {
  let started = 0;
  const { stdoutFile } = await rig.sh('echo $$', { onStarted: (pid) => (started = pid) });
  expect(readFileSync(stdoutFile, 'utf8').trim()).toBe(String(started));
});

describe('our own mistakes are defects', () => {
  test.for([
    ['a relative program', { file: 'sh' }],
    ['no timeout', { timeoutMs: 0 }],
    ['a timeout that is no number', { timeoutMs: Number.NaN }],
    ['no cap', { outputCapBytes: 0 }],
  ] as const)('%s', async ([, changes]) => {
    await expect(rig.run(changes)).rejects.toThrow(RangeError);
  });

  test('an id that could not be searched for', () => {
    expect(() => createProcessEngine({ runId: 'a b\n' })).toThrow(RangeError);
  });
});
