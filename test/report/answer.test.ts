/** Words that depend on more than one event: what is told once, and what is not told at all. */

import { expect, test } from 'vitest';
import { scoreText } from '../../src/report/answer-words.ts';
import { answerLines } from '../../src/report/answer.ts';
import { styleFor } from '../../src/report/text.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';

const style = styleFor({ env: {}, isTerminal: false, columns: 80 });

function result(score: Partial<CheckResult['score']>): CheckResult {
  return {
    verdicts: [],
    readiness: { kind: 'ready', because: [] },
    durationMs: 400,
    score: score === undefined ? undefined : { components: [], evidence: 1, ...score },
  } as unknown as CheckResult;
}

test.each([
  [{ low: 84.9, high: 85.1, evidence: 0.999 }, 'score 84 to 86, 99 % measured'],
  [{ low: 85, high: 85, evidence: 1 }, 'score 85, 100 % measured'],
  [{ low: 84.6, high: 84.6, evidence: 1 }, 'score 84, 100 % measured'],
  [{ evidence: 0 }, 'no score: nothing it counts was measured'],
])('%j never promises more than it is', (score, text) => {
  expect(scoreText(result(score as CheckResult['score'] & object))).toBe(text);
});

test('without a score there is none, not a zero', () => {
  expect(answerLines({ ...result({}), score: undefined }, style)).toEqual(['READY · 0.4 s']);
});

test('a part is passed, not ready', () => {
  const part = { ...result({}), score: undefined, partial: 'only the code gate asked' };
  expect(answerLines(part, style)).toEqual(['PASSED · only the code gate asked · 0.4 s']);
});
