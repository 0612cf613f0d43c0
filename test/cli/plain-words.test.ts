/** The short cut past commander answers as commander would, or not at all. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { plainWords } from '../../src/cli/plain-words.ts';
import { readWords } from '../../src/cli/program.ts';

const flags = commands.flatMap(({ options }) =>
  options.map((option) => option.flags.split(' ')[0]),
);
const word = fc.constantFrom(
  ...new Set([...flags, ...commands.map(({ name }) => name)].filter((flag) => flag !== undefined)),
  ...['', '.', 'a,b', ' a , ,b', '-', '--', '-x', '--help', '--nope', '--cwd=x', '--version', '4'],
);
const asked = fc.tuple(
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...commands.map(({ name }) => name)) }, word),
  fc.array(word, { maxLength: 5 }),
);

test('whatever is asked', () => {
  let answered = 0;
  fc.assert(
    fc.property(asked, ([name, words]) => {
      const plain = plainWords([name, ...words], commands);
      if (plain === undefined) return;
      answered += 1;
      expect(readWords([name, ...words], commands, '1.2.3')).toEqual({
        kind: 'asked',
        asked: plain,
      });
    }),
    { numRuns: 2000 },
  );
  expect(answered).toBeGreaterThan(100);
});

test.each([
  [['gates:list'], {}],
  [['gates:list', '--json', '--cwd', 'x'], { json: true, cwd: 'x' }],
  [
    ['deploy:check', '--fail-fast', '--gate', 'code, build', '--jobs', 'auto'],
    { failFast: true, gate: ['code', 'build'], jobs: 'auto' },
  ],
])('%j is plain', (argv, options) => {
  expect(plainWords(argv, commands)).toMatchObject({ row: { name: argv[0] }, options });
});

test.each([
  [[]],
  [['--help']],
  [['nope']],
  [['gates:list', '--help']],
  [['gates:list', 'x']],
  [['gates:list', '--cwd']],
  [['gates:list', '--cwd', '--json']],
  [['gates:list', '--json', '--json']],
  [['explain', 'eslint_errors']],
])("%j is commander's to read", (argv) => {
  expect(plainWords(argv, commands)).toBeUndefined();
});
