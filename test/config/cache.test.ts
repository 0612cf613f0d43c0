/** Proven gates are recalled exactly as long as everything they were made from is the same. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recallConfig, recallGates, rememberGates, type CacheKey } from '../../src/config/cache.ts';
import { GOOD_GATE, loadAt, OWN_GATES, writeFiles } from './project.ts';

let top: string;
let root: string;
let key: CacheKey;

beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-cache-')));
  root = path.join(top, 'project');
  const env = { NEMESIS_HOME: path.join(top, 'home') };
  key = { env, root, repositoryTop: undefined, build: '0.1.0 built' };
  mkdirSync(root);
  writeFiles(root, {
    'nemesis.config.yaml': `${OWN_GATES}extends: [./org, '@org/gates']\n`.replace(
      'extends: []\n',
      '',
    ),
    'package.json': '{ "name": "shop" }\n',
    'gates/code/good.yaml': GOOD_GATE,
    'org/gates/code/house.yaml': GOOD_GATE.replace('DEPLOY_CODE_001', 'HOUSE_001'),
    'packages/gates-1/gates/code/shared.yaml': GOOD_GATE.replace('DEPLOY_CODE_001', 'SHARED_001'),
    'node_modules/@org/readme.md': '',
  });
  symlinkSync('../../packages/gates-1', path.join(root, 'node_modules/@org/gates'));
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

function remember(): void {
  const load = loadAt(root);
  if (!load.ok) throw new Error(JSON.stringify(load.diagnostics));
  rememberGates(key, load.value, load.seen);
}

const write = (name: string, content: string) => writeFiles(root, { [name]: content });
const at = (name: string) => path.join(root, name);
const entry = () => {
  const folder = path.join(top, 'home', 'gates');
  return path.join(folder, readdirSync(folder)[0] ?? '');
};

test('the same content hits, also when it was written anew', () => {
  expect(recallGates(key)).toBeUndefined();
  remember();
  const load = loadAt(root);
  expect(recallGates(key)).toEqual(load.ok ? load.value : undefined);
  expect(recallConfig(key)).toEqual(load.ok ? { config: load.value.config } : undefined);
  write('gates/code/good.yaml', GOOD_GATE);
  expect(recallGates(key)).toBeDefined();
  expect(recallGates({ ...key, env: { HOME: path.join(top, 'home') } })).toBeUndefined();
});

test.each<readonly [what: string, change: () => void]>([
  ['one byte of a gate', () => write('gates/code/good.yaml', GOOD_GATE.replace('< 10', '< 11'))],
  ['a comment in a gate', () => write('gates/code/good.yaml', `${GOOD_GATE}#\n`)],
  ['a gate that is extended', () => write('org/gates/code/house.yaml', GOOD_GATE)],
  ['the configuration', () => write('nemesis.config.yaml', OWN_GATES)],
  ['a gate more', () => write('gates/code/more.yaml', GOOD_GATE)],
  ['a gate for a stage that had none', () => write('gates/build/more.yaml', GOOD_GATE)],
  ['a folder beside the gates', () => write('gates/biuld/more.yaml', GOOD_GATE)],
  ['a gate less', () => unlinkSync(at('gates/code/good.yaml'))],
  [
    'a gate under another name',
    () => renameSync(at('gates/code/good.yaml'), at('gates/code/b.yaml')),
  ],
  ['a second configuration', () => write('.nemesisrc', 'jobs: 2\n')],
  ['a configuration where only gates were', () => write('org/nemesis.config.yaml', 'jobs: 2\n')],
  ['a configuration in the package', () => write('packages/gates-1/.nemesisrc', 'jobs: 2\n')],
  ['the key in package.json', () => write('package.json', '{ "nemesis": { "jobs": 2 } }')],
  [
    'a gate that became a folder',
    () => {
      unlinkSync(at('gates/code/good.yaml'));
      mkdirSync(at('gates/code/good.yaml'));
    },
  ],
  [
    'another package behind the link',
    () => {
      write(
        'packages/gates-2/gates/code/shared.yaml',
        GOOD_GATE.replace('DEPLOY_CODE_001', 'SHARED_001'),
      );
      unlinkSync(at('node_modules/@org/gates'));
      symlinkSync('../../packages/gates-2', at('node_modules/@org/gates'));
    },
  ],
])('%s misses', (_, change) => {
  remember();
  expect(recallGates(key)).toBeDefined();
  expect(recallConfig(key)).toBeDefined();
  change();
  expect(recallGates(key)).toBeUndefined();
  expect(recallConfig(key)).toBeUndefined();
});

test('another build, another folder, another repository around it: each misses', () => {
  remember();
  expect(recallGates({ ...key, build: '0.1.1 built' })).toBeUndefined();
  expect(recallGates({ ...key, build: undefined })).toBeUndefined();
  expect(recallGates({ ...key, root: path.join(top, 'elsewhere') })).toBeUndefined();
  expect(recallGates({ ...key, repositoryTop: top })).toBeUndefined();
});

test('a damaged entry misses, whichever byte is damaged', () => {
  remember();
  const whole = readFileSync(entry());
  for (let at = 0; at < whole.length; at += 97) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    writeFileSync(entry(), damaged);
    expect(recallGates(key)).toBeUndefined();
  }
  for (const content of ['', '{}', 'null', whole.subarray(0, whole.length - 1)]) {
    writeFileSync(entry(), content);
    expect(recallGates(key)).toBeUndefined();
  }
  writeFileSync(entry(), whole);
  expect(recallGates(key)).toBeDefined();
});

test('what was seen while loading counts, not what is there when it is remembered', () => {
  const load = loadAt(root);
  write('gates/code/good.yaml', GOOD_GATE.replace('< 10', '< 11'));
  if (load.ok) rememberGates(key, load.value, load.seen);
  expect(recallGates(key)).toBeUndefined();
});

test('without a folder for the cache everything works, only without it', () => {
  for (const home of ['', 'relative/home', '/dev/null/home']) {
    key = { ...key, env: { NEMESIS_HOME: home } };
    remember();
    expect(recallGates(key)).toBeUndefined();
  }
  expect(existsSync('relative')).toBe(false);
});

test('nor where something else lies in its place', () => {
  writeFiles(top, { 'home/gates': 'no folder' });
  remember();
  expect(recallGates(key)).toBeUndefined();
});

test('nobody else may read the entry, and no draft is left behind', () => {
  remember();
  remember();
  expect(readdirSync(path.join(top, 'home', 'gates'))).toHaveLength(1);
  expect(statSync(entry()).mode & 0o077).toBe(0);
});
