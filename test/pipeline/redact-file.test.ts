/** Files are redacted a piece at a time: what lies across a cut is found, what is no secret comes out as it went in. */

import { linkSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { redactor } from '../../src/measure/redact.ts';
import { redactFile } from '../../src/pipeline/redact-file.ts';

const PIECE = 4096;
const value = ['correct horse', 'battery staple'].join(', ');
const token = ['gh', 'p_', 'A1b2C3d4'.repeat(5)].join('');
const key = [
  `-----BEGIN RSA ${'PRIVATE'} KEY-----`,
  ...Array.from({ length: 40 }, (_, at) => `${at}`.padStart(3, 'Q').repeat(20)),
  `-----END RSA ${'PRIVATE'} KEY-----`,
].join('\n');
const secrets = {
  value,
  token,
  key,
  base64: Buffer.from(`the value is ${value}`).toString('base64'),
};
const redact = redactor({ SHOP_LOGIN: value }, ['SHOP_LOGIN']);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nemesis-redact-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function redacted(content: string | Buffer): Buffer {
  const file = path.join(folder, 'report');
  writeFileSync(file, content);
  redactFile(file, redact, PIECE);
  expect(readdirSync(folder)).toEqual(['report']);
  return readFileSync(file);
}

const FILLERS = {
  lines: 'ä line of a log, with words\n',
  'one long line': '{"file": "src/a.ts", "hits": 3}, ',
  'no space anywhere': 'x,',
};

test.each(
  Object.keys(FILLERS).flatMap((filler) => Object.keys(secrets).map((name) => [filler, name])),
)('in %s, a %s is found wherever it lies', (filler, name) => {
  const unit = FILLERS[filler as keyof typeof FILLERS];
  const secret = secrets[name as keyof typeof secrets];
  for (let shift = 0; shift < 14; shift += 1) {
    const before = unit.repeat(Math.ceil((PIECE - 1200 + shift * 107) / unit.length));
    const after = unit.repeat(Math.ceil(40_000 / unit.length));
    const content = `${before}"${secret}"${after}`;
    const text = redacted(content).toString();
    // A difference of a hundred thousand letters is no message.
    expect({ shift, isAsWhole: text === redact(content), isKept: text.includes(secret) }).toEqual({
      shift,
      isAsWhole: true,
      isKept: false,
    });
  }
});

test('what is no text keeps its bytes, and what follows a character cut in two as well', () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 251));
  expect(redacted(bytes).equals(bytes)).toBe(true);
  const words = Buffer.from('€𝄞ß'.repeat(20_000));
  expect(redacted(words).equals(words)).toBe(true);
  expect(redacted('').length).toBe(0);
});

test('a second name of the file keeps what it holds', () => {
  const other = path.join(folder, 'other');
  writeFileSync(other, token);
  linkSync(other, path.join(folder, 'report'));
  redactFile(path.join(folder, 'report'), redact, PIECE);
  expect(readFileSync(other, 'utf8')).toBe(token);
  expect(readFileSync(path.join(folder, 'report'), 'utf8')).toBe('[redacted]');
});

test('what cannot be cut without cutting a secret is not kept', () => {
  const file = path.join(folder, 'report');
  writeFileSync(file, `${'-'.repeat(PIECE * 20)}${token}`);
  redactFile(file, (text) => (text.length > 33_000 ? 'one' : 'other'), PIECE);
  expect(readdirSync(folder)).toEqual([]);
});

test('what cannot be read is not kept, nor what was begun of it', () => {
  redactFile(path.join(folder, 'gone'), redact, PIECE);
  expect(readdirSync(folder)).toEqual([]);
});
