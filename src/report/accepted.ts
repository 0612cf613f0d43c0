/** Which numbers may be bad for now: those that only waived sentences ask about. */

import { metricsOf } from '../language/index.ts';
import type { JudgedSentence } from '../judge/verdict.ts';
import type { Waiver } from '../judge/waiver.ts';
import type { CheckResult } from '../pipeline/result.ts';

/** Each with its waiver; a metric that blocks in another sentence all the same is none of them. */
export function acceptedMetrics({
  verdicts,
  catalogue,
}: Pick<CheckResult, 'verdicts' | 'catalogue'>): ReadonlyMap<string, Waiver> {
  /** A claim is refuted by what the counts behind it count. */
  const metricsIn = ({ sentence }: JudgedSentence) =>
    metricsOf(sentence.expr).flatMap((metric) => [
      metric,
      ...(catalogue.get(metric)?.holdsWithout ?? []),
    ]);
  const bad = verdicts.flatMap(({ mode, sentences }) =>
    sentences
      .filter(({ standing }) => standing.kind === 'bad')
      .map((judged) => ({ judged, enforced: mode === 'enforce' })),
  );
  const accepted = new Map<string, Waiver>();
  for (const { judged } of bad) {
    if (judged.waivedBy === undefined) continue;
    for (const metric of metricsIn(judged)) accepted.set(metric, judged.waivedBy);
  }
  for (const { judged, enforced } of bad) {
    if (judged.waivedBy !== undefined || judged.sentence.level !== 'block' || !enforced) continue;
    for (const metric of metricsIn(judged)) accepted.delete(metric);
  }
  return accepted;
}
