/** What decided, where that stands, what could not be measured, and what to do next. */

import type { JudgedSentence, GateVerdict } from '../judge/verdict.ts';
import { metricsOf, sectionsOf } from '../language/index.ts';
import type { CheckResult } from '../pipeline/result.ts';
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
  { sentence, explanation }: JudgedSentence,
  result: CheckResult,
  style: Style,
): string[] {
  const { paint, columns } = style;
  const failing = failingOf(sentence, result);
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
    ...label('asked by', `${file}:${line}  ${sentence.text}`),
    ...(sentence.changedBy === undefined ? [] : label('changed by', sentence.changedBy)),
    ...label('measured by', measuredBy(sentence, result)),
  ];
}

/** The sentences that fail in the sections this one asks about, in their own words: `any(security)` alone says little. */
function failingOf({ expr, agent }: JudgedSentence['sentence'], result: CheckResult): string[] {
  return failingIn(sectionsOf(expr), agent, result).flatMap(({ explanation, sentence }) =>
    explanation.length > 0 ? explanation : [sentence.text],
  );
}

function failingIn(
  sections: readonly string[],
  agent: string,
  result: CheckResult,
): readonly JudgedSentence[] {
  return result.verdicts
    .flatMap(({ sentences }) => sentences)
    .filter(({ sentence }) => sentence.agent === agent)
    .filter(({ sentence }) => sentence.sections.some((name) => sections.includes(name)))
    .filter(({ standing, waivedBy }) => standing.kind === 'bad' && waivedBy === undefined);
}

/** The tools behind a sentence, through the sections it asks about where it does. */
function measuredBy(sentence: JudgedSentence['sentence'], result: CheckResult): string {
  const asked = failingIn(sectionsOf(sentence.expr), sentence.agent, result).flatMap((other) =>
    metricsOf(other.sentence.expr),
  );
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
