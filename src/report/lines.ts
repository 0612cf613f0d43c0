/** Lines of the human report that need only one event each: a runner's, a gate's. */

import type { GateVerdict, VerdictKind } from '../judge/verdict.ts';
import type { Measurement } from '../measure/runner.ts';
import { durationText, fit, harmless, plural, type Style } from './text.ts';

/** What a runner's measurement looks like at a glance. */
export type Look = 'good' | 'bad' | 'warn' | 'unknown' | 'none';

export function lookOf({ state, findings, waived }: Measurement): Look {
  switch (state) {
    case 'clean':
      return 'good';
    case 'findings':
      if (findings.length === 0 && waived !== undefined) return 'good';
      if (findings.some(({ severity }) => severity === 'error')) return 'bad';
      return findings.some(({ severity }) => severity === 'info') &&
        !findings.some(({ severity }) => severity === 'warning')
        ? 'good'
        : 'warn';
    case 'not_applicable':
      return 'none';
    default:
      return 'unknown';
  }
}

export function runnerLine(
  { paint, marks, columns }: Style,
  runner: string,
  measurement: Measurement,
  durationMs: number,
): string {
  const look = lookOf(measurement);
  const tool = measurement.evidence?.tool;
  const name = tool === undefined || tool === runner ? runner : `${runner} (${tool})`;
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

/** `212 passed, 1 failed`, `1 error, 3 warnings`, `timed out after 60 s`. */
function glance(measurement: Measurement): string {
  const { state, why, summary, findings, evidence } = measurement;
  // First, since the end may be cut: the tool's own words count what is waived too.
  const waived = measurement.waived === undefined ? '' : `${measurement.waived.length} waived of `;
  const own = evidence?.from === 'nemesis' ? ", by nemesis' own" : '';
  if (state === 'clean') return `${summary ?? 'clean'}${own}`;
  if (state === 'findings') return `${waived}${summary ?? countText(findings)}${own}`;
  return why ?? state.replaceAll('_', ' ');
}

function countText(findings: Measurement['findings']): string {
  const count = (severity: string) => findings.filter((f) => f.severity === severity).length;
  const parts = [
    count('error') > 0 ? plural(count('error'), 'error') : '',
    count('warning') > 0 ? plural(count('warning'), 'warning') : '',
    count('info') > 0 ? plural(count('info'), 'note') : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || 'something found';
}

export function gateLine({ paint }: Style, { gate, kind, mode }: GateVerdict): string {
  const word = verdictWord(kind);
  const shown = colourOf(kind)(paint)(word);
  return `${paint.bold(gate)} ${shown}${mode === 'observe' ? paint.dim(' (observed only)') : ''}`;
}

export function verdictWord(kind: VerdictKind): string {
  return kind === 'undecided' ? 'cannot be told' : kind;
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
