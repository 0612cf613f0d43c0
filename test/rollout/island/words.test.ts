import { expect, test } from 'vitest';
import { readWords } from '../../../src/rollout/island/words.ts';

const NOTHING = {
  ...{ release: undefined, service: undefined, environment: undefined },
  ...{ reason: undefined, cwd: undefined, json: false, quiet: false },
};

test.each<[readonly string[], object]>([
  [['--immediate'], {}],
  [['--immediate', '1.8.2'], { release: '1.8.2' }],
  [['1.8.2', '--immediate', '--json', '--quiet'], { release: '1.8.2', json: true, quiet: true }],
  [['--env', 'production', '--service=pay'], { environment: 'production', service: 'pay' }],
  [['--reason', '-5 % orders', '--cwd', '/src'], { reason: '-5 % orders', cwd: '/src' }],
])('%j is read', (words, asked) => {
  expect(readWords(words)).toEqual({ ok: true, value: { ...NOTHING, ...asked } });
});

test.each<[readonly string[], string]>([
  [['--drain'], 'there is no option --drain'],
  [['--json=yes'], 'there is no option --json=yes'],
  [['--env'], '--env takes one line of text'],
  [['--reason', 'a\nb'], '--reason takes one line of text'],
  [['1.8.2', '1.8.1'], 'name one release, or none'],
])('%j is asked wrongly', (words, why) => {
  expect(readWords(words)).toEqual({ ok: false, failure: why });
});
