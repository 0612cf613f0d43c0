/** Commands as sources: what they are told, and what their answers come to. */

import { afterAll, expect, test } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { ask } from './fake.ts';

const engine = createProcessEngine({ runId: 'sources', termGraceMs: 200, abortGraceMs: 200 });
afterAll(() => engine.close());

async function told(code: string, metric = 'error_rate', timeoutMs = 20_000) {
  const source = { kind: 'command' as const, argv: ['node', '-e', code], timeoutMs };
  const { said, troubles } = await ask({ [metric]: source }, {}, engine.run);
  return troubles.length > 0 ? troubles : said[metric];
}

const says = (answer: object) =>
  `console.log(JSON.stringify({ schema: 'nemesis.metric/1', ...${JSON.stringify(answer)} }))`;

test.each<[string, object, object]>([
  [
    'a number with its samples',
    { value: 0.01, samples: 900 },
    { kind: 'value', value: 0.01, samples: 900 },
  ],
  ['null', { value: null }, { kind: 'none', why: 'it knows nothing' }],
  ['nothing', {}, { kind: 'none', why: 'it knows nothing' }],
  [
    'what was true',
    { value: 1, at: 1_000_000 - 1 },
    { kind: 'none', why: 'what it knows is 60 s old' },
  ],
])('%s', async (_, answer, expected) => {
  expect(await told(says(answer))).toMatchObject({ told: expected });
});

test('types of errors', async () => {
  expect(await told(says({ types: { odd: 3 } }), 'error_types')).toEqual({
    kind: 'types',
    types: { odd: 3 },
  });
});

test('is told of whom it is asked', async () => {
  const code = `const { NEMESIS_VERSION: v, NEMESIS_METRIC: m } = process.env;
    if (v !== '1.9.0' || m !== 'throughput') process.exit(9); ${says({ value: 7, samples: 30 })}`;
  const source = { kind: 'command' as const, argv: ['node', '-e', code], timeoutMs: 20_000 };
  const { said, troubles } = await ask({ throughput: source }, {}, engine.run);
  expect(said['throughput']).toMatchObject({ told: { value: 7 } });
  // Of the other release it does not know.
  expect(troubles).toEqual(['throughput: exit code 9: nothing on standard error']);
});

test.each<[string, string, string]>([
  ['no JSON', `console.log('0.01')`, 'what it said is not as nemesis.metric/1 has it'],
  ['no text', `console.log('{')`, 'what it said is not one JSON document'],
  ['text for a number', says({ value: '0.01' }), 'what it said is not as nemesis.metric/1 has it'],
  ['unknown keys', says({ value: 1, unit: 's' }), 'what it said is not as nemesis.metric/1 has it'],
  ['a failure', `console.error('no login'); process.exit(3)`, 'exit code 3: no login'],
])('%s is an error of the source', async (_, code, why) => {
  expect(await told(code)).toEqual([`error_rate: ${why}`]);
});

test('slow', async () => {
  const [trouble] = (await told('setInterval(() => {}, 1e3)', 'error_rate', 300)) as string[];
  expect(trouble).toMatch(/^error_rate: the command /);
});
