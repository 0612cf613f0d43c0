/** The end of the report: the answer in a word, what made it, the score, and the next step. */

import type { CheckResult } from '../pipeline/result.ts';
import { INSTALLS_ALL } from './absences.ts';
import { answerOf } from './answer-words.ts';
import { lookOf } from './look.ts';
import { durationText, harmless, wrap, type Style } from './text.ts';

/** The end: the answer, the score with its evidence, the time; on one line where `columns` is not given. */
export function answerLines(result: CheckResult, { paint }: Style, columns = Infinity): string[] {
  const { word, by, joint, score, limits } = answerOf(result);
  const colour = {
    blocked: paint.red,
    undecided: paint.yellow,
    caution: paint.yellow,
    ready: paint.green,
  }[result.readiness.kind];
  const parts = [
    by === '' ? word : `${word} ${joint} ${harmless(by)}`,
    score,
    ...limits,
    durationText(result.durationMs),
  ];
  const lines = wrap(parts.filter((part) => part !== '').join(' · '), columns);
  return lines.map((line, index) => (index === 0 ? line.replace(word, colour.bold(word)) : line));
}

export function nextLine(result: CheckResult, hasConfig: boolean): string {
  if (result.joined === true) return nextCell(result);
  const steps: string[] = [];
  const help = result.runners.map(({ measurement }) => measurement.help);
  // Installing comes first: whatever else is wrong may come from that.
  const install =
    help.find((text) => INSTALLS_ALL.test(text ?? '')) ??
    help.find((text) => /^(npm|npx|pnpm|yarn|bun) /.test(text ?? ''));
  const failing = result.runners
    .filter(({ measurement }) => lookOf(measurement) === 'bad')
    .map(({ id }) => id);
  if (result.ofChange === true) return ofChange(install, result);
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

/** Of joined reports, the cell to look at: the first that is bad, or that is not there. */
function nextCell({ runners, readiness }: CheckResult): string {
  const wanted = readiness.kind === 'blocked' ? 'bad' : 'unknown';
  const cell = runners.find(({ measurement }) => lookOf(measurement) === wanted);
  return cell === undefined ? '' : `next: on that machine, nemesis deploy:check --cell ${cell.id}`;
}

const FIXES = ['eslint', 'prettier'];

/** A commit is stopped: what is wrong is mended and staged again, some of it by the project's own tools. */
function ofChange(install: string | undefined, { runners }: CheckResult): string {
  if (install !== undefined) return `next: ${install}`;
  const failing = runners.filter(({ measurement }) => lookOf(measurement) === 'bad');
  if (failing.length === 0) return '';
  const fixes = failing.some(
    ({ id, measurement }) => FIXES.includes(id) && measurement.evidence?.from !== 'nemesis',
  );
  return fixes ? 'next: nemesis deploy:check --staged --fix' : 'next: mend it, and git add it';
}
