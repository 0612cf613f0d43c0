/** The verdict on a canary as text: the answer, then every sentence with why. */

import type { Answer, Verdict } from '../rollout/analysis/spec.ts';
import { harmless, wrap } from './text.ts';

const WORDS: Readonly<Record<Answer, string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  no_data: 'no data',
};

const ANSWER_WIDTH = 14;

export function canaryText({ answer, judgements, notInPlay }: Verdict, columns: number): string {
  const width = Math.max(60, Math.min(columns, 120));
  const indent = ' '.repeat(ANSWER_WIDTH + 2);
  const lines = [
    HEADLINES[answer],
    ...judgements.flatMap((one) => [
      `  ${WORDS[one.answer].padEnd(ANSWER_WIDTH)}${one.sentence}`,
      ...one.explanation
        .flatMap((line) => wrap(line, width - indent.length))
        .map((line) => indent + line),
    ]),
    ...notInPlay.map(
      (name) => `  ${'not in play'.padEnd(ANSWER_WIDTH)}${name}: no source is declared`,
    ),
  ];
  return `${lines.map((line) => harmless(line).trimEnd()).join('\n')}\n`;
}

const HEADLINES: Readonly<Record<Answer, string>> = {
  pass: 'pass: the candidate is promoted',
  fail: 'fail: the candidate is taken back',
  inconclusive: 'inconclusive: between promote and roll back',
  no_data: 'no data: nothing can be told',
};
