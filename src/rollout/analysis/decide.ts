/**
 * From the last looks of a comparison to its verdict. Pure: the same looks give the same verdict, so a record replays.
 *
 * A sentence passes when it does at the last look and at `needed` of the last `of`; it has failed when `needed` of them
 * say so, whatever the last one says. A metric that flaps does neither: inconclusive. Decided once, at the end, so one
 * comparison never swings.
 */

import { judgeComparison } from './compare.ts';
import { newErrorTypes, userFeedback } from './criteria.ts';
import type { Evidence } from './evidence.ts';
import type { AnalysisSpec, Answer, Judgement, Verdict } from './spec.ts';

/** @param looks in order; more than the spec looks at may be given */
export function decide(spec: AnalysisSpec, looks: readonly Evidence[]): Verdict {
  const last = looks.slice(-spec.looks.of).map((evidence) => judgeLook(spec, evidence));
  const { inPlay, notInPlay } = sentencesOf(spec);
  const judgements = inPlay.map((sentence) => over(spec, sentence, last));
  return { answer: worst(judgements), judgements, notInPlay };
}

/** The sentences of one look. Those that are not in play are left out. */
function judgeLook(spec: AnalysisSpec, evidence: Evidence): readonly Judgement[] {
  const judgements = spec.compared.map((one) => judgeComparison(one, evidence, spec));
  for (const { name } of spec.criteria) {
    if (name === 'no_new_error_types')
      judgements.push({ sentence: name, ...newErrorTypes(evidence, spec) });
    if (name === FEEDBACK && spec.declared.includes('user_feedback'))
      judgements.push({ sentence: name, ...userFeedback(evidence) });
  }
  if (evidence.troubles.length === 0) return judgements;
  return judgements.map((one) =>
    one.answer === 'no_data'
      ? { ...one, explanation: [...one.explanation, ...evidence.troubles] }
      : one,
  );
}

const FEEDBACK = 'user_feedback_neutral_or_positive';

/** What has to hold, and what would have to if somebody told it. */
export function sentencesOf({ compared, criteria, declared }: AnalysisSpec): {
  readonly inPlay: readonly string[];
  readonly notInPlay: readonly string[];
} {
  const others = criteria.filter(({ name }) => name !== 'all_metrics_within_threshold');
  const all = [...compared.map(({ text }) => text), ...others.map(({ name }) => name)];
  const isUntold = (name: string) => name === FEEDBACK && !declared.includes('user_feedback');
  return {
    inPlay: all.filter((name) => !isUntold(name)),
    notInPlay: all.filter(isUntold),
  };
}

function over(
  { looks: { needed } }: AnalysisSpec,
  sentence: string,
  looks: readonly (readonly Judgement[])[],
): Judgement {
  const own = looks.flatMap((look) => look.find((one) => one.sentence === sentence) ?? []);
  const last = own.at(-1);
  if (last === undefined)
    return { sentence, answer: 'no_data', explanation: ['it was never looked at'] };
  const saying = (answer: Answer) => own.filter((one) => one.answer === answer);
  const told = (answer: Answer, of: Judgement): Judgement => {
    const count = saying(of.answer).length;
    const line = `${count} of the last ${own.length} looks say so, ${needed} are needed`;
    return { sentence, answer, explanation: [...of.explanation, line] };
  };
  const failed = saying('fail');
  if (failed.length >= needed) return told('fail', failed.at(-1)!);
  if (last.answer === 'no_data') return told('no_data', last);
  if (last.answer === 'pass' && saying('pass').length >= needed) return told('pass', last);
  return told('inconclusive', last);
}

/** One no is a no; else what is not known; else what is between. Nothing asked, nothing refused. */
function worst(judgements: readonly Judgement[]): Answer {
  const order: readonly Answer[] = ['fail', 'no_data', 'inconclusive'];
  return order.find((answer) => judgements.some((one) => one.answer === answer)) ?? 'pass';
}
