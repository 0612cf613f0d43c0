/** The promotion criteria that are no sentences: new types of errors, and what people say. Pure. */

import type { Evidence, Side } from './evidence.ts';
import { readSide } from './reading.ts';
import { NEW_TYPE_COUNT, type AnalysisSpec, type Judgement } from './spec.ts';
import { sameShareChance } from './statistics.ts';

type Rules = Pick<AnalysisSpec, 'minSamples'>;

/** As a source counts them, or the environment itself. */
const requestsOf = ({ told, requests }: Side) =>
  told['requests']?.kind === 'value' ? told['requests'].value : requests;
type Told = Pick<Judgement, 'answer' | 'explanation'>;

/** Seen so often on the candidate, and not once on the release before it. */
export function newErrorTypes({ candidate, stable }: Evidence, { minSamples }: Rules): Told {
  const [own, other] = [candidate?.failures ?? null, stable?.failures ?? null];
  if (candidate === null || stable === null || own === null || other === null)
    return { answer: 'no_data', explanation: ['nobody tells the types of errors'] };
  const fresh = Object.entries(own).filter(([type, count]) => count > 0 && !(other[type]! > 0));
  const [n, m] = [requestsOf(candidate), requestsOf(stable)];
  const counts = fresh.map(
    ([type, count]) => `${type}: ${count} of ${n} requests, none of ${m} beside them`,
  );
  const few = Math.min(n, m);
  if (!(few >= minSamples)) {
    const answer = few > 0 ? 'inconclusive' : 'no_data';
    return { answer, explanation: [`${few} requests, and it takes ${minSamples}`] };
  }
  if (fresh.length === 0) return { answer: 'pass', explanation: ['no type of error is new'] };
  const often = fresh.filter(([, count]) => count >= NEW_TYPE_COUNT);
  if (often.length === 0)
    return { answer: 'pass', explanation: [...counts, `it takes ${NEW_TYPE_COUNT} to be a type`] };
  const lines = ['errors of a type the baseline does not have', ...counts];
  const isSure = often.some(([, errors]) => {
    const own = {
      errors: Math.round(errors),
      requests: Math.max(Math.round(n), Math.round(errors)),
    };
    return sameShareChance(own, { errors: 0, requests: Math.round(m) }) < SURE;
  });
  if (isSure) return { answer: 'fail', explanation: lines };
  return { answer: 'inconclusive', explanation: [...lines, 'so few may all be here by chance'] };
}

/** Chance that errors both releases have are all seen on the candidate. */
const SURE = 0.01;

/** At least 0, as the declared source counts it. */
export function userFeedback({ candidate }: Evidence): Told {
  if (candidate === null || !Object.hasOwn(candidate.told, 'user_feedback'))
    return { answer: 'no_data', explanation: ['user_feedback: nobody told it'] };
  const read = readSide(candidate, 'user_feedback', 1);
  if (read.kind !== 'value')
    return { answer: 'no_data', explanation: [`user_feedback: ${read.why}`] };
  const words = read.value > 0 ? 'positive' : read.value < 0 ? 'negative' : 'neutral';
  return {
    answer: read.value >= 0 ? 'pass' : 'fail',
    explanation: [`user_feedback is ${read.value}: ${words}`],
  };
}
