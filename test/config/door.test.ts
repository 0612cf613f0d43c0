/** The door itself: encodings, caps, and text that stays the text that was written. */

import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openYaml, type Plain } from '../../src/config/yaml.ts';
import { complaints, GOOD_GATE, load, loadAt, OWN_GATES, told, withProject } from './project.ts';

const open = (content: string | Uint8Array) =>
  openYaml('gate.yaml', typeof content === 'string' ? Buffer.from(content) : content);

const complaint = (content: string | Uint8Array) => {
  const opened = open(content);
  return opened.ok ? '' : told(opened.diagnostics);
};

const valueOf = (content: string | Uint8Array): Plain => {
  const opened = open(content);
  if (!opened.ok) throw new Error(told(opened.diagnostics));
  return opened.document.value;
};

test.each([
  ['no', 'no'],
  ['on', 'on'],
  ['yes', 'yes'],
  ['true', 'true'],
  ['~', '~'],
  ['null', 'null'],
  ['22:22', '22:22'],
  ['3.10', '3.10'],
  ['0123', '0123'],
  ['0000123', '0000123'],
  ['0x1F', '0x1F'],
  ['1e3', '1e3'],
  ['12345e67', '12345e67'],
  ['1_000', '1_000'],
  ['12345678901234567890', '12345678901234567890'],
  ['2026-11-23', '2026-11-23'],
  ['.inf', '.inf'],
  ['"3.10"', '3.10'],
  ["'it''s'", "it's"],
  ['5% # points', '5%'],
])('%s stays the text that was written', (written, value) => {
  expect(valueOf(`key: ${written}\n`)).toEqual({ key: value });
});

test('a byte order mark and Windows line ends are no part of the text', () => {
  expect(valueOf('\ufeffa: 1\r\nb:\r\n  - 2\r\n')).toEqual({ a: '1', b: ['2'] });
  expect(complaint('\ufeffa: 1\r\nb: [2\r\n')).toMatch(/^gate\.yaml:2:5 /);
});

test('places count from the first character, whatever the encoding hides before it', () => {
  const opened = open('\ufeffname: Gäte ✔\r\nkey: wert\r\n');
  if (!opened.ok) throw new Error('expected a document');
  const { spot, keySpot } = opened.document;
  expect(spot(['key'])).toMatchObject({ line: 2, column: 6, length: 4, source: 'key: wert' });
  expect(keySpot(['key'])).toMatchObject({ line: 2, column: 1, length: 3 });
  expect(spot(['name'])).toMatchObject({ line: 1, column: 7, length: 6 });
  expect(spot(['key', 'deeper', 3])).toMatchObject({ line: 2, column: 1 });
});

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

test.each<readonly [what: string, content: string | Uint8Array, expected: string]>([
  [
    'NUL',
    'a: 1\nb: x\0y\n',
    'gate.yaml:2:5 error: the file holds a NUL character\n    2 | b: x?y\n      |     ^\n',
  ],
  [
    'UTF-16',
    utf16('a: 1\n'),
    'gate.yaml:1:1 error: the file is UTF-16 or UTF-32 text\n  save it as UTF-8\n',
  ],
  [
    'UTF-16, big end first',
    utf16('a: 1\n').swap16(),
    'gate.yaml:1:1 error: the file is UTF-16 or UTF-32 text\n  save it as UTF-8\n',
  ],
  [
    'Latin-1',
    Buffer.from('name: ok\nabout: gr\xfcn\n', 'latin1'),
    'gate.yaml:2:10 error: the file is not UTF-8 text\n  save it as UTF-8\n',
  ],
  [
    'a tab as indentation',
    'a:\n\tb: 1\n',
    'gate.yaml:2:1 error: a tab cannot indent YAML\n    2 |  b: 1\n      | ^\n  use spaces\n',
  ],
  [
    'too many bytes',
    `a: ${'x'.repeat(1024 * 1024)}`,
    'gate.yaml:1:1 error: the file is 1048579 bytes, the limit is 262144 (256 KiB)\n',
  ],
])('%s is refused where it stands', (_, content, expected) => {
  expect(complaint(content)).toBe(expected);
});

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

test.each<readonly [what: string, content: string, message: string]>([
  ['5001 keys', lines(5001, (index) => `k${index}: 1`), 'more than 5000 keys'],
  ['200 000 keys', lines(200_000, () => 'k:').slice(0, 262_000), 'more than 10000 lines'],
  ['many commas', `a: [${'1,'.repeat(100_000)}]`, 'more structure than any gate needs'],
  ['many quotes', `a: ${"'".repeat(200_000)}`, 'more structure than any gate needs'],
  ['33 levels', `${'[a, '.repeat(33)}${']'.repeat(33)}`, 'nested deeper than 32 levels'],
  ['100 000 brackets', '['.repeat(100_000), 'nested deeper than 32 levels'],
  ['100 000 braces', '{a: '.repeat(60_000), 'nested deeper than 32 levels'],
  ['100 000 dashes', '- '.repeat(100_000), 'nested deeper than 32 levels'],
  ['100 000 question marks', '? '.repeat(100_000), 'nested deeper than 32 levels'],
  ['dashes behind a key', `a: ${'- '.repeat(100_000)}`, 'nested deeper than 32 levels'],
  ['600 indentations', lines(600, (index) => `${' '.repeat(index)}a:`), 'nested deeper than'],
])('%s are too much, and that is found out at once', (_, content, message) => {
  const start = performance.now();
  expect(complaint(content)).toMatch(new RegExp(`^gate\\.yaml:\\d+:\\d+ error: ${message}`));
  expect(performance.now() - start).toBeLessThan(1000);
});

test('32 levels, and 5000 keys, are not too much', () => {
  expect(complaint(`${'['.repeat(32)}${']'.repeat(32)}`)).toBe('');
  expect(complaint(lines(5000, (index) => `k${index}: 1`))).toBe('');
});

test('a folded block with text in it is text', () => {
  expect(valueOf('about: >-\n  one\n  two\nmore: >2\n  three\n')).toEqual({
    about: 'one two',
    more: 'three\n',
  });
});

test('keys that mean something to JavaScript change nothing', () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    expect(complaint(`${key}: { polluted: yes }\n`)).toContain(`the key \`${key}\` is not allowed`);
  }
  const value = valueOf('toString: a\nhasOwnProperty: b\nvalueOf: c\n');
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(value).toEqual({ toString: 'a', hasOwnProperty: 'b', valueOf: 'c' });
  expect(load({ 'nemesis.config.yaml': 'limits: { toString: 5, valueOf: 3 }\n' }).ok).toBe(false);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

const project = { 'nemesis.config.yaml': OWN_GATES, 'gates/code/good.yaml': GOOD_GATE };

test('what is no regular file is not read: it might never end', () => {
  withProject(project, (root) => {
    mkdirSync(path.join(root, 'gates/code/folder.yaml'));
    symlinkSync('/dev/zero', path.join(root, 'gates/code/zero.yaml'));
    const result = loadAt(root);
    expect(result.ok ? '' : told(result.diagnostics)).toBe(
      'gates/code/folder.yaml:1:1 error: no file to read: it is a folder\n' +
        'gates/code/zero.yaml:1:1 error: no file to read: it is no regular file\n',
    );
  });
});

test('a file that cannot be read says so', () => {
  withProject(project, (root) => {
    symlinkSync('circle.yaml', path.join(root, 'gates/code/circle.yaml'));
    const result = loadAt(root);
    expect(result.ok ? '' : told(result.diagnostics)).toBe(
      'gates/code/circle.yaml:1:1 error: no file to read: it cannot be read (ELOOP)\n',
    );
  });
});

test('terminal escapes in a file do not reach the terminal', () => {
  const text = complaints({ 'nemesis.config.yaml': 'service: "\\e[31mred"\nx\u009b31m: 1\n' });
  expect(text).not.toMatch(/[\u001b\u009b]/);
});
