/** The sentences behind one that asks about sections: `any(security)` alone says little. */

import type { JudgedSentence } from '../judge/verdict.ts';
import { sectionsOf } from '../language/index.ts';
import type { CheckResult } from '../pipeline/result.ts';

type Sentence = JudgedSentence['sentence'];

/** Those of its agent that fail in the sections it asks about. */
export function failingOf(
  { expr, agent }: Sentence,
  result: CheckResult,
): readonly JudgedSentence[] {
  const sections = sectionsOf(expr);
  return result.verdicts
    .flatMap(({ sentences }) => sentences)
    .filter(({ sentence }) => sentence.agent === agent)
    .filter(({ sentence }) => sentence.sections.some((name) => sections.includes(name)))
    .filter(({ standing, waivedBy }) => standing.kind === 'bad' && waivedBy === undefined);
}

/** In their own words. */
export function failingWords(sentence: Sentence, result: CheckResult): readonly string[] {
  return failingOf(sentence, result).flatMap(({ explanation, sentence }) =>
    explanation.length > 0 ? explanation : [sentence.text],
  );
}
