/** What decided, where that stands, what could not be measured, and what to do next. */

import { stripVTControlCharacters } from 'node:util';
import type { JudgedSentence, GateVerdict } from '../judge/verdict.ts';
import { metricsOf, sectionsOf } from '../language/index.ts';
import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import { colourOf, lookOf } from './lines.ts';
import { durationText, harmless, wrap, type Style } from './text.ts';
import { NOT_ASKED } from '../pipeline/result.ts';
import { untoldLines } from './untold.ts';

/** A block for each sentence that failed or fired, then one for each cause that left sentences untold. */
export function decisionLines(result: CheckResult, style: Style): string[] {
  const lines: string[] = [];
  for (const verdict of result.verdicts) {
    if (verdict.kind !== 'passed' && verdict.reasons.length === 0) {
      lines.push(headline(verdict, 'nothing that could block was measured here', style));
    }
    for (const reason of verdict.reasons) {
      if (reason.standing.kind === 'bad')
        lines.push(...reasonLines(verdict, reason, result, style));
    }
  }
  return [...lines, ...untoldLines(result, style)];
}

function headline({ gate, kind }: GateVerdict, text: string, { paint }: Style): string {
  const word = kind === 'undecided' ? 'undecided' : kind;
  return `${colourOf(kind)(paint)(word.padEnd(9))} ${gate} · ${text}`;
}

function reasonLines(
  verdict: GateVerdict,
  { sentence, explanation }: JudgedSentence,
  result: CheckResult,
  style: Style,
): string[] {
  const { paint, columns } = style;
  const said = (explanation.length > 0 ? explanation : [sentence.text]).map((line) =>
    // A rule has no limit to keep: it fires when it is true.
    sentence.role === 'rule'
      ? line.replace(/, the limit is /, `; it ${sentence.level}s when `)
      : line,
  );
  const [first = sentence.text, ...rest] = said.map(harmless);
  const [head = '', ...more] = wrap(first, columns - 12 - verdict.gate.length);
  const label = (name: string, text: string) =>
    wrap(harmless(text), columns - 14).map(
      (line, index) => `  ${paint.dim((index === 0 ? name : '').padEnd(11))} ${line}`,
    );
  const { file, line } = sentence.place;
  return [
    headline(verdict, head, style),
    ...[...more, ...rest.flatMap((text) => wrap(text, columns - 14))].map(
      (text) => `  ${' '.repeat(11)} ${text}`,
    ),
    ...label('asked by', `${file}:${line}  ${sentence.text}`),
    ...(sentence.changedBy === undefined ? [] : label('changed by', sentence.changedBy)),
    ...label('measured by', measuredBy(sentence, result)),
  ];
}

/** The tools behind a sentence, through the section it asks about where it does. */
function measuredBy(sentence: JudgedSentence['sentence'], result: CheckResult): string {
  const sections = sectionsOf(sentence.expr);
  const asked = result.verdicts
    .flatMap(({ sentences }) => sentences)
    .filter((other) => other.sentence.sections.some((name) => sections.includes(name)))
    .filter((other) => other.standing.kind === 'bad')
    .flatMap((other) => metricsOf(other.sentence.expr));
  const runners = new Set<string>();
  for (const metric of [...metricsOf(sentence.expr), ...asked]) {
    const reading = result.readings.get(metric);
    if (reading?.kind === 'measured') runners.add(reading.runner);
  }
  return [...runners]
    .map((id) => {
      const evidence = result.runners.find((runner) => runner.id === id)?.measurement.evidence;
      if (evidence === undefined) return id;
      const tool = [evidence.tool, evidence.version].filter(Boolean).join(' ');
      return evidence.report === undefined
        ? tool
        : `${tool}, from .nemesis/reports/${id}/${evidence.report}`;
    })
    .join('; ');
}

/** What a runner should have measured and did not, with the one thing that mends it. */
export function absenceLines(result: CheckResult, style: Style): string[] {
  const absent = result.runners.filter(
    ({ measurement }) => lookOf(measurement) === 'unknown' && measurement.causedBy === undefined,
  );
  const waiting = absent.filter(({ measurement }) => waitsForInstall(measurement));
  // One command mends them all: told once, before what is wrong with each.
  const together = waiting.length > 1 ? waiting : [];
  return [
    ...installLines(together, style),
    ...absent
      .filter((runner) => !together.includes(runner))
      .flatMap((runner) => absenceOf(runner, style)),
  ];
}

const INSTALLS_ALL = /^(npm|pnpm|yarn|bun) (ci|install)( --frozen-lockfile)?$/;

function waitsForInstall({ state, help = '' }: RunnerResult['measurement']): boolean {
  return state === 'not_installed' && INSTALLS_ALL.test(help);
}

function installLines(
  waiting: readonly RunnerResult[],
  { paint, marks, columns }: Style,
): string[] {
  const [first] = waiting;
  if (first === undefined) return [];
  const names = waiting.map(({ id }) => id).join(', ');
  const text = `what these need is not installed: ${names}`;
  return [
    ...wrap(text, columns - 2).map(
      (line, index) => `${index === 0 ? paint.yellow(marks.unknown) : ' '} ${line}`,
    ),
    `  ${paint.cyan(harmless(first.measurement.help ?? ''))}`,
  ];
}

function absenceOf({ id, measurement }: RunnerResult, { paint, marks, columns }: Style): string[] {
  const why = harmless(`${id}: ${measurement.why ?? measurement.state}`);
  const [first = '', ...more] = wrap(why, columns - 2);
  const help = wrap(harmless(measurement.help ?? ''), columns - 2)
    .filter((line) => line !== '')
    .map((line) => `  ${paint.cyan(line)}`);
  // Where the reason is in the tool's own words already, its last lines add nothing.
  const explained = ['backend_unavailable', 'nothing_measured', 'bad_config'].includes(
    measurement.state,
  );
  const tail = stripVTControlCharacters(explained ? '' : (measurement.evidence?.tail ?? ''))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const said = tail
    .slice(-4)
    .map((line) => paint.dim(`  | ${harmless(line).slice(0, columns - 4)}`));
  return [
    `${paint.yellow(marks.unknown)} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...said,
    ...help,
  ];
}

/** Runners that have nothing to measure here, in one paragraph. */
export function notHereLines(result: CheckResult, { paint, marks, columns }: Style): string[] {
  const idle = result.runners.filter(
    ({ measurement }) => measurement.state === 'not_applicable' && measurement.why !== NOT_ASKED,
  );
  if (idle.length === 0) return [];
  const text = `not measured here: ${idle.map(({ id, measurement }) => `${id} (${measurement.why ?? ''})`).join(', ')}`;
  return wrap(harmless(text), columns - 2).map((line, index) =>
    paint.dim(`${index === 0 ? marks.none : ' '} ${line}`),
  );
}

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
    result.stoppedBy === 'fail_fast' ? 'stopped at the first blocked gate' : '',
    durationText(result.durationMs),
  ];
  const lines = wrap(parts.filter((part) => part !== '').join(' · '), columns);
  return lines.map((line, index) => (index === 0 ? line.replace(word, colour.bold(word)) : line));
}

/** `score 82 to 91, 91 % measured`; low is rounded down and high up, so that neither promises more than it is. */
export function scoreText({ score }: CheckResult): string {
  if (score === undefined) return '';
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
    const mendable = result.runners.some(({ measurement }) => lookOf(measurement) === 'unknown');
    if (mendable) steps.push('nemesis doctor');
    else if (!hasConfig) return 'next: nemesis init      then only observes what has no tools here';
  }
  if (!hasConfig) steps.push('keep these gates: nemesis init');
  return steps.length === 0 ? '' : `next: ${steps.join('\n      ')}`;
}
