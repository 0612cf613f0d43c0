/** Lines of the human report that need only one event each: a runner's, a gate's. */

import type { GateVerdict, VerdictKind } from '../judge/verdict.ts';
import type { Measurement } from '../measure/runner.ts';
import { glance, lookOf, verdictWord, type Look } from './look.ts';
import { durationText, fit, harmless, type Style } from './text.ts';

export function runnerLine(
  { paint, marks, columns }: Style,
  runner: string,
  measurement: Measurement,
  durationMs: number,
): string {
  const look = lookOf(measurement);
  const tool = measurement.evidence?.tool;
  const name = harmless(tool === undefined || tool === runner ? runner : `${runner} (${tool})`);
  const text = fit(harmless(glance(measurement)), columns - 36);
  const shown = look === 'good' ? text : look === 'bad' ? paint.red(text) : paint.yellow(text);
  const mark = markOf(look, marks, paint);
  return `  ${mark} ${name.padEnd(20)} ${paint.dim(durationText(durationMs).padStart(8))}  ${shown}`;
}

function markOf(look: Look, marks: Style['marks'], paint: Style['paint']): string {
  switch (look) {
    case 'good':
      return paint.green(marks.good);
    case 'bad':
      return paint.red(marks.bad);
    case 'warn':
      return paint.yellow(marks.warn);
    case 'unknown':
      return paint.yellow(marks.unknown);
    case 'none':
      return paint.dim(marks.none);
  }
}

export function gateLine({ paint }: Style, { gate, kind, mode }: GateVerdict): string {
  const word = verdictWord(kind);
  const shown = colourOf(kind)(paint)(word);
  return `${paint.bold(gate)} ${shown}${mode === 'observe' ? paint.dim(' (observed only)') : ''}`;
}

export function colourOf(kind: VerdictKind): (paint: Style['paint']) => Style['paint'] {
  switch (kind) {
    case 'blocked':
      return (paint) => paint.red;
    case 'undecided':
    case 'warned':
      return (paint) => paint.yellow;
    case 'passed':
      return (paint) => paint.green;
  }
}
