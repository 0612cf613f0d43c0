/** Ways to spoil any file: what comes out is wrong as text or as YAML. */

import { replacedOnce, type Spoiler } from './spoilers.ts';

/** `count` offsets spread over a text. */
const spread = (text: string, count: number) =>
  Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * text.length) / count));

const cutIn = (text: string, at: number, insert: string) =>
  text.slice(0, at) + insert + text.slice(at);

const each = (text: string, pattern: RegExp) => [...text.matchAll(pattern)];

const numbered = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

const TOP_KEY = /^[a-z_]+(?=:)/gm;
/** A key at the top with all that belongs to it. */
const TOP_ENTRY = /^([a-z_]+):(.*\n(?:(?:[ #].*)?\n)*)/gm;

/** Wrong as text or as YAML, whatever the file is for. */
export const textSpoilers: readonly Spoiler[] = [
  {
    what: 'a high bit', // a lone byte above 0x7f is no UTF-8
    spoil: (good) =>
      spread(good, 8).map((at) => {
        const bytes = Buffer.from(good);
        bytes[at]! |= 0x80;
        return bytes;
      }),
  },
  { what: 'a NUL', spoil: (good) => spread(good, 4).map((at) => cutIn(good, at, '\0')) },
  {
    what: 'UTF-16',
    spoil: (good) => [
      Buffer.from(`\ufeff${good}`, 'utf16le'),
      Buffer.from(`\ufeff${good}`, 'utf16le').swap16(),
      Buffer.from(good, 'utf16le'),
    ],
  },
  { what: 'Latin-1', spoil: (good) => [Buffer.from(`# Gr\xfc\xdfe\n${good}`, 'latin1')] },
  { what: 'nothing at all', spoil: () => ['', '\n\n', '# only a comment\n', '---\n'] },
  { what: 'no mapping', spoil: () => ['- a\n- b\n', 'text\n', '"quoted"\n', '[]\n', '42\n'] },
  {
    what: 'something open', // a bracket, brace or quote that never ends
    spoil: (good) => [
      ...each(good, /[[{]/g).map(({ index }) => good.slice(0, index + 1)),
      ...each(good, /'[^'\n]*'/g).map(({ index }) => good.slice(0, index + 2)),
      `${good}more: [1, 2\n`,
      `${good}more: {a: 1\n`,
      `${good}more: "text\n`,
      `${good}more: 'text\n`,
    ],
  },
  {
    what: 'a tab', // YAML forbids tabs as indentation
    spoil: (good) => replacedOnce(good, /^ {2,4}(?=[a-z-])/gm, () => '\t').slice(0, 6),
  },
  {
    what: 'a key twice',
    spoil: (good) => each(good, TOP_ENTRY).map(([entry]) => `${good}${entry}`),
  },
  {
    what: 'a letter less in a key', // none of our keys is another one with a letter less
    spoil: (good) => replacedOnce(good, TOP_KEY, ([key]) => key.slice(0, -1)),
  },
  {
    what: 'a key in capitals',
    spoil: (good) => replacedOnce(good, TOP_KEY, ([key]) => key.toUpperCase()),
  },
  {
    what: 'a colon less',
    spoil: (good) => replacedOnce(good, /^([a-z_]+): (?=\S)/gm, ([, key]) => `${key} `),
  },
  {
    what: 'an odd key',
    spoil: (good) =>
      ['__proto__', 'constructor', 'prototype', 'toString', '<<', '? [a, b]', '1st', '""'].map(
        (key) => `${good}${key}: { a: b }\n`,
      ),
  },
  {
    what: 'what YAML has and we have not',
    spoil: (good) => [
      good.replace(/^([a-z_]+): /m, '$1: &anchor '),
      `${good}more: *anchor\n`,
      good.replace(/^([a-z_]+): /m, '$1: !tag '),
      good.replace(/^([a-z_]+): /m, '$1: !!binary '),
      `${good}---\n${good}`,
      `%YAML 1.1\n---\n${good}`,
      `${good}...\n${good}`,
      `a: &a [x, x]\n${numbered(25, (n) => `b${n}: &b${n} [*a, *a]`)}\n${good}`,
    ],
  },
  {
    what: 'too much',
    spoil: (good) => [
      `${good}more: ${'['.repeat(100_000)}`,
      `${good}more: ${'{a: '.repeat(50_000)}`,
      `${good}more:\n${'- '.repeat(100_000)}`,
      `${good}more: ${'['.repeat(33)}${']'.repeat(33)}\n`,
      `${good}${numbered(200_000, (index) => `key_${index}: 1`)}`,
      `${good}${numbered(5100, (index) => `key_${index}: 1`)}`,
      `${good}more: ${'x'.repeat(1024 * 1024)}\n`,
      `${good}${'\n'.repeat(250_000)}`,
      `${good}more: "${'\\'.repeat(200_001)}`,
      `${good}${numbered(700, (index) => `${' '.repeat(index)}k:`)}`,
    ],
  },
];
