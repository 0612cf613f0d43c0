/** The answer of a check in words, without colour: every output begins with it. */

import type { CheckResult } from '../pipeline/result.ts';

export interface Answer {
  /** `BLOCKED`, `PASSED` where only a part was asked. */
  readonly word: string;
  /** What made it, after `by` or `because`; empty where nothing has to be said. */
  readonly by: string;
  readonly joint: 'by' | 'because';
  /** `score 82 to 91, 91 % measured`; empty without one. */
  readonly score: string;
  /** Why the answer is one about less than everything. */
  readonly limits: readonly string[];
}

export function answerOf(result: CheckResult): Answer {
  const { kind } = result.readiness;
  const reasons = [
    ...new Set(
      result.verdicts
        .filter(({ mode }) => mode === 'enforce')
        .filter((verdict) => verdict.kind === kind)
        .flatMap(({ gate, reasons, expired = [] }) => [
          ...reasons.map(({ sentence }) => sentence.text),
          ...(expired.length === 0 ? [] : [`an expired waiver of the ${gate} gate`]),
        ]),
    ),
  ];
  const idle = result.verdicts.filter(
    (verdict) =>
      verdict.mode === 'enforce' && verdict.kind === kind && verdict.reasons.length === 0,
  );
  const nothing =
    kind === 'undecided' && idle.length > 0
      ? [`nothing of ${idle.map(({ gate }) => gate).join(', ')} can be measured here`]
      : result.readiness.because;
  const untold = kind === 'undecided' && reasons.length > 0 ? ' cannot be told' : '';
  const stopped = result.stoppedBy === 'fail_fast' ? ['stopped at the first blocked gate'] : [];
  return {
    word: kind === 'ready' && result.partial !== undefined ? 'PASSED' : kind.toUpperCase(),
    by: `${(reasons.length > 0 ? reasons : nothing).join(', ')}${untold}`,
    joint: kind === 'blocked' ? 'by' : 'because',
    score: scoreText(result),
    limits: [
      ...(result.partial === undefined ? [] : [result.partial]),
      ...(result.trial === undefined
        ? []
        : [`a trial: the load was ${result.trial} times shorter`]),
      ...stopped,
    ],
  };
}

/** `score 82 to 91, 91 % measured`; low is rounded down and high up, so that neither promises more than it is. */
export function scoreText({ score }: CheckResult): string {
  if (score === undefined) return '';
  if (score.evidence === 0) return 'no score: nothing it counts was measured';
  const measured = `${Math.floor(score.evidence * 100 + 1e-9)} % measured`;
  const points = pointsText(score);
  return points === '' ? `no score, ${measured}` : `score ${points}, ${measured}`;
}

/** `82 to 91`, `100`; empty without points. */
export function pointsText(of: {
  readonly low: number | undefined;
  readonly high: number | undefined;
}): string {
  if (of.low === undefined || of.high === undefined) return '';
  const low = Math.floor(of.low + 1e-9);
  const high = Math.ceil(of.high - 1e-9);
  return low === high || of.low === of.high ? `${low}` : `${low} to ${high}`;
}
