/** What a person can ask wrongly, and what they are told then. */

import { describe, expect, test } from 'vitest';
import { codeOf } from '../../src/cli/run.ts';
import { commands } from '../../src/cli/commands/index.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Parts } from '../../src/cli/parts.ts';

async function ask(...argv: string[]) {
  const said = { out: '', err: '' };
  const io: Io = {
    ...{ argv, env: {}, cwd: '/', columns: 80, outIsTerminal: false, errIsTerminal: false },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    now: () => 0,
    sleep: () => Promise.resolve(),
    signal: new AbortController().signal,
  };
  const nothing = () => Promise.reject(new Error('no command may start here'));
  const parts: Parts = {
    ...{ packageRoot: '/nowhere', version: '1.2.3', build: undefined },
    ...{ sources: nothing, runners: nothing, custom: nothing, engine: nothing },
  };
  return { code: await codeOf(io, parts, commands), ...said };
}

describe('asked wrongly', () => {
  test.each([
    ['deploy:chek', 'there is no command `deploy:chek`\n  did you mean nemesis deploy:check?'],
    ['publish now', 'there is no command `publish`\n  see nemesis --help'],
    ['deploy:check --gat code', "unknown option '--gat'\n  did you mean --gate?"],
    ['deploy:check --gate', "option '--gate <gates>' argument missing\n  see nemesis deploy:check"],
    ['test:unit --strickt', "unknown option '--strickt'\n  see nemesis test:unit --help"],
    ['--nope', "unknown option '--nope'\n  see nemesis --help"],
    ['explain', "missing required argument 'metric'\n  see nemesis explain --help"],
    ['test:unit --cwd', "option '--cwd <folder>' argument missing"],
    ['explain a b', "too many arguments for 'explain'"],
    ['deploy:check 1.9.0', "too many arguments for 'deploy:check'"],
  ])('nemesis %s', async (words, said) => {
    const { code, out, err } = await ask(...words.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`nemesis: ${said}`);
  });

  test('an empty list is refused, not taken for everything', async () => {
    const { code, err } = await ask('deploy:check', '--gate', '');
    expect(code).toBe(2);
    expect(err).toContain('it names nothing');
  });

  test('an escape in a word does not reach the terminal', async () => {
    const { err } = await ask('\u001b[31mred');
    expect(err).not.toContain('\u001b');
    expect(err).toContain('\\u001b[31mred');
  });
});

describe('help', () => {
  test('groups the commands, and fits 80 columns', async () => {
    const { code, out, err } = await ask('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const heads = out.split('\n').filter((line) => /^[A-Z]\w+:$/.test(line));
    expect(heads).toEqual(['Options:', 'Deploy:', 'Test:', 'Other:']);
    for (const { name } of commands) expect(out).toContain(`  ${name}`);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('is what `nemesis help` prints, of a command too', async () => {
    expect(await ask('help')).toEqual(await ask('--help'));
    expect(await ask('help', 'doctor')).toEqual(await ask('doctor', '--help'));
  });

  test('is what nemesis alone prints', async () => {
    const [alone, asked] = await Promise.all([ask(), ask('--help')]);
    expect(alone.code).toBe(0);
    expect(asked.out).toContain(alone.out);
  });

  test.each(commands.map(({ name }) => name))('%s --help names every option', async (name) => {
    const row = commands.find((candidate) => candidate.name === name)!;
    const { code, out } = await ask(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: nemesis ${name} [options]`);
    for (const { flags } of row.options) expect(out).toContain(flags);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

test('--version is that of nemesis, whatever stands around it', async () => {
  expect(await ask('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' });
});
