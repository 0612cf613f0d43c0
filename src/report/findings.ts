/** Findings for people: grouped by runner, the worst first, never more than fit on a screen. */

import type { Finding } from '../judge/finding.ts';
import type { CheckResult, RunnerResult } from '../pipeline/result.ts';
import { placeOf } from './finding-place.ts';
import { bySeverity } from './story.ts';
import { fit, harmless, plural, wrap, type Style } from './text.ts';

const MOST_A_RUNNER = 10;
const MOST_WARNINGS = 3;

export function findingLines(result: CheckResult, style: Style): string[] {
  const kept = `.nemesis/reports/${result.partial === undefined ? 'check' : 'partial'}.json`;
  return result.runners.flatMap((runner) => linesOf(runner, kept, style));
}

function linesOf({ id, measurement }: RunnerResult, kept: string, style: Style): string[] {
  // Notes are in the JSON; on a screen they would hide what matters.
  const findings = measurement.findings.filter(({ severity }) => severity !== 'info');
  if (findings.length === 0) return [];
  const sorted = bySeverity(findings);
  const errors = sorted.filter(({ severity }) => severity === 'error');
  const rest = sorted.filter(({ severity }) => severity !== 'error');
  const room = errors.length > 0 ? MOST_WARNINGS : MOST_A_RUNNER;
  const shown = [...errors.slice(0, MOST_A_RUNNER), ...rest.slice(0, room)];
  const lines = shown.flatMap((finding) => findingText(finding, style));
  const hidden = findings.length - shown.length;
  if (hidden > 0) {
    lines.push(style.paint.dim(`  … ${plural(hidden, 'more finding')} of ${id}, all in ${kept}`));
  }
  return lines;
}

function findingText(finding: Finding, { paint, marks, columns }: Style): string[] {
  const mark = {
    error: paint.red(marks.bad),
    warning: paint.yellow(marks.warn),
    info: paint.dim(marks.none),
  };
  const place = placeOf(finding);
  const { rule, message } = finding;
  const said = message.startsWith(`${rule}: `) ? message : `${rule}: ${message}`;
  const text = fit(harmless(said), 400);
  const head = `${mark[finding.severity]} ${paint.bold(harmless(place || finding.tool))}`;
  if (place.length + text.length + 4 <= columns) return [`${head}  ${text}`];
  return [head, ...wrap(text, columns - 4).map((line) => `    ${line}`)];
}
