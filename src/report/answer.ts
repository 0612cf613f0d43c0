/** The end of the report: the answer in a word, what made it, the score, and the next step. */

import type { CheckResult } from '../pipeline/result.ts';
import { INSTALLS_ALL } from './absences.ts';
import { lookOf } from './lines.ts';
import { durationText, harmless, wrap, type Style } from './text.ts';

/** The end: the answer, the score with its evidence, the time; on one line where `columns` is not given. */
export function answerLines(result: CheckResult, { paint }: Style, columns = Infinity): string[] {
  const { kind } = result.readiness;
  const reasons = [
    ...new Set(
      result.verdicts
        .filter(({ mode }) => mode === 'enforce')
        .filter((verdict) => verdict.kind === kind)
        .flatMap(({ reasons }) => reasons.map(({ sentence }) => sentence.text)),
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
  const by = `${(reasons.length > 0 ? reasons : nothing).join(', ')}${untold}`;
  const word = kind === 'ready' && result.partial !== undefined ? 'PASSED' : kind.toUpperCase();
  const colour = {
    blocked: paint.red,
    undecided: paint.yellow,
    caution: paint.yellow,
    ready: paint.green,
  }[kind];
  const joint = kind === 'blocked' ? 'by' : 'because';
  const parts = [
    by === '' ? word : `${word} ${joint} ${harmless(by)}`,
    scoreText(result),
    result.partial ?? '',
    result.trial === undefined ? '' : `a trial: the load was ${result.trial} times shorter`,
    result.stoppedBy === 'fail_fast' ? 'stopped at the first blocked gate' : '',
    durationText(result.durationMs),
  ];
  const lines = wrap(parts.filter((part) => part !== '').join(' · '), columns);
  return lines.map((line, index) => (index === 0 ? line.replace(word, colour.bold(word)) : line));
}

/** `score 82 to 91, 91 % measured`; low is rounded down and high up, so that neither promises more than it is. */
export function scoreText({ score }: CheckResult): string {
  if (score === undefined) return '';
  if (score.evidence === 0) return 'no score: nothing it counts was measured';
  const measured = `${Math.floor(score.evidence * 100 + 1e-9)} % measured`;
  if (score.low === undefined || score.high === undefined) return `no score, ${measured}`;
  const low = Math.floor(score.low + 1e-9);
  const high = Math.ceil(score.high - 1e-9);
  return `score ${low === high || score.low === score.high ? low : `${low} to ${high}`}, ${measured}`;
}

export function nextLine(result: CheckResult, hasConfig: boolean): string {
  const steps: string[] = [];
  const help = result.runners.map(({ measurement }) => measurement.help);
  // Installing comes first: whatever else is wrong may come from that.
  const install =
    help.find((text) => INSTALLS_ALL.test(text ?? '')) ??
    help.find((text) => /^(npm|npx|pnpm|yarn|bun) /.test(text ?? ''));
  const failing = result.runners
    .filter(({ measurement }) => lookOf(measurement) === 'bad')
    .map(({ id }) => id);
  if (install !== undefined) steps.push(install);
  else if (failing.length > 0 && result.readiness.kind === 'blocked') {
    steps.push(`nemesis deploy:check --only ${failing.join(',')}`);
  } else if (result.readiness.kind === 'undecided') {
    const absent = result.runners.filter(({ measurement }) => lookOf(measurement) === 'unknown');
    const mendable = absent.some(({ measurement }) => measurement.state === 'not_installed');
    if (mendable) steps.push('nemesis doctor');
    else if (absent.length === 0 && !hasConfig)
      return 'next: nemesis init      then only observes what has no tools here';
  }
  if (!hasConfig) steps.push('keep these gates: nemesis init');
  return steps.length === 0 ? '' : `next: ${steps.join('\n      ')}`;
}
