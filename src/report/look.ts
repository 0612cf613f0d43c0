/** What a measurement and a verdict look like at a glance, before colour. */

import type { VerdictKind } from '../judge/verdict.ts';
import type { Measurement } from '../measure/runner.ts';
import { plural } from './wording.ts';

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

/** `212 passed, 1 failed`, `1 error, 3 warnings`, `timed out after 60 s`. */
export function glance(measurement: Measurement): string {
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

export function verdictWord(kind: VerdictKind): string {
  return kind === 'undecided' ? 'cannot be told' : kind;
}
