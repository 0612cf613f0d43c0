/** The built program is loaded from what was kept of it exactly as long as that is whole and of the same source. */

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

const LOADER = path.join(import.meta.dirname, '../../bin/load.js');

let top: string;

beforeEach(() => {
  top = mkdtempSync(path.join(tmpdir(), 'nemesis-load-'));
  mkdirSync(at('dist'));
  write('main.js', 'exports.main = () => console.log(require("./part.js").said("a"));');
  write('part.js', 'const os = require("node:os"); exports.said = (x) => typeof os.EOL + x;');
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

const at = (name: string) => path.join(top, name);
const write = (name: string, text: string) => writeFileSync(at(`dist/${name}`), text);
const kept = (name: string) => at(`code/deploy-history/${name}`);

function said(caches: string | undefined = at('code'), command = 'deploy:history'): string {
  const given = [at('dist'), caches, command].map((one) => JSON.stringify(one) ?? 'undefined');
  const script = `require(${JSON.stringify(LOADER)}).load(${given.join(', ')}).main()`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
}

test('says the same the first time, the second, and where nothing can be kept', () => {
  expect([said(), said(), said(undefined), said('/dev/null/code')]).toEqual(
    Array(4).fill('stringa\n'),
  );
  expect(readdirSync(at('code/deploy-history')).sort()).toEqual(['main.js', 'part.js']);
  expect(statSync(kept('main.js')).mode & 0o777).toBe(0o600);
});

test('a command that could be a path is none', () => {
  expect(said(at('code'), '../elsewhere')).toBe('stringa\n');
  expect(readdirSync(top).sort()).toEqual(['code', 'dist']);
  expect(readdirSync(at('code'))).toEqual(['other']);
});

test('another source of the same length is another program', () => {
  said();
  write('part.js', 'const os = require("node:os"); exports.said = (x) => typeof os.EOL + x+x;');
  expect(said()).toBe('stringaa\n');
  write('part.js', 'const os = require("node:os"); exports.said = (x) => typeof os.EOL + x+1;');
  expect(said()).toBe('stringa1\n');
});

test('what is left of an older main.js goes', () => {
  said();
  write('main.js', 'exports.main = () => console.log("alone");');
  expect(said()).toBe('alone\n');
  expect(readdirSync(at('code/deploy-history'))).toEqual(['main.js']);
});

test('damage is no danger, whichever byte is damaged', () => {
  said();
  const whole = readFileSync(kept('part.js'));
  for (let place = 0; place < whole.length; place += Math.ceil(whole.length / 12)) {
    const damaged = Buffer.from(whole);
    damaged[place]! ^= 0x10;
    writeFileSync(kept('part.js'), damaged);
    expect(said()).toBe('stringa\n');
  }
  for (const content of ['', 'x', whole.subarray(0, whole.length - 1), Buffer.alloc(4096)]) {
    writeFileSync(kept('part.js'), content);
    expect(said()).toBe('stringa\n');
  }
});

test('what is built imports nothing late: that would take the other loader of Node, with a warning', () => {
  const built = path.join(inject('packageRoot'), 'dist');
  const files = readdirSync(built).filter((name) => /-[\w-]{8}\.js$|^main\.js$/.test(name));
  const importing = files.filter((name) =>
    /\bimport\(['"`]/.test(readFileSync(path.join(built, name), 'utf8')),
  );
  expect(importing).toEqual([]);
});
