/** What decided, where that stands, what could not be measured, and what to do next. */

import type { JudgedSentence, GateVerdict } from '../judge/verdict.ts';
import { metricsOf } from '../language/index.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { failingOf, failingWords } from './failing.ts';
import { toPassText } from './coverage-text.ts';
import { colourOf } from './lines.ts';
import { harmless, wrap, type Style } from './text.ts';
import { untoldLines } from './untold.ts';

/** A block for each sentence that failed or fired, then one for each cause that left sentences untold. */
export function decisionLines(result: CheckResult, style: Style): string[] {
  const lines: string[] = [];
  for (const verdict of result.verdicts) {
    const { expired = [] } = verdict;
    if (verdict.kind !== 'passed' && verdict.reasons.length + expired.length === 0) {
      lines.push(headline(verdict, 'nothing that could block was measured here', style));
    }
    for (const reason of verdict.reasons) {
      // What is waived is told with its waiver.
      if (reason.standing.kind === 'bad' && reason.waivedBy === undefined)
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
  { sentence, standing, explanation }: JudgedSentence,
  result: CheckResult,
  style: Style,
): string[] {
  const { paint, columns } = style;
  const failing = failingWords(sentence, result);
  const toPass = toPassText({ sentence, standing, explanation }, result);
  const own = explanation.length > 0 ? explanation : [sentence.text];
  const said = failing.length > 0 ? failing : own;
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
    ...(toPass === '' ? [] : label('to pass', toPass)),
    ...label('asked by', `${file}:${line}  ${sentence.text}`),
    ...(sentence.changedBy === undefined ? [] : label('changed by', sentence.changedBy)),
    ...label('measured by', measuredBy(sentence, result)),
  ];
}

/** The tools behind a sentence, through the sections it asks about where it does. */
function measuredBy(sentence: JudgedSentence['sentence'], result: CheckResult): string {
  const asked = failingOf(sentence, result).flatMap((other) => metricsOf(other.sentence.expr));
  const runners = new Map<string, string[]>();
  for (const metric of [...metricsOf(sentence.expr), ...asked]) {
    const reading = result.readings.get(metric);
    if (reading?.kind === 'measured')
      runners.set(reading.runner, [...(runners.get(reading.runner) ?? []), metric]);
  }
  return [...runners]
    .map(([id, metrics]) => {
      const evidence = result.runners.find((runner) => runner.id === id)?.measurement.evidence;
      if (evidence === undefined) return id;
      const tool = [evidence.tool, evidence.version].filter(Boolean).join(' ');
      const { report, reports = {} } = evidence;
      const named = new Set(metrics.map((metric) => reports[metric] ?? report));
      const files = [...named].flatMap((file) =>
        file === undefined ? [] : [`.nemesis/reports/${id}/${file}`],
      );
      return files.length === 0 ? tool : `${tool}, from ${files.join(', ')}`;
    })
    .join('; ');
}
