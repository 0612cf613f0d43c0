/**
 * The base score of a CVSS 3 vector and the severity it stands for. https://www.first.org/cvss/v3.1/specification-document
 * Version 4 has no formula but a table of 270 rows; whoever publishes it says the severity in words as well.
 */

import type { Severity } from '../../judge/vulnerability.ts';

const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
/** Privileges weigh more where the scope changes. */
const PRIVILEGES: Readonly<Record<string, readonly [unchanged: number, changed: number]>> = {
  N: [0.85, 0.85],
  L: [0.62, 0.68],
  H: [0.27, 0.5],
};

/** 0 to 10; undefined where the text is no whole vector of version 3. */
export function baseScore(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector)) return undefined;
  const parts = new Map(vector.split('/').map((part) => part.split(':', 2) as [string, string]));
  const weight = (name: string) => WEIGHTS[name]?.[parts.get(name) ?? ''] ?? NaN;
  const scope = parts.get('S');
  if (scope !== 'U' && scope !== 'C') return undefined;
  const changed = scope === 'C';
  const privileges = PRIVILEGES[parts.get('PR') ?? '']?.[changed ? 1 : 0] ?? NaN;
  const lost = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'));
  const impact = changed ? 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 : 6.42 * lost;
  const exploitability = 8.22 * weight('AV') * weight('AC') * privileges * weight('UI');
  if (Number.isNaN(impact + exploitability)) return undefined;
  if (impact <= 0) return 0;
  const sum = impact + exploitability;
  return roundedUp(Math.min(changed ? 1.08 * sum : sum, 10));
}

/** In the words of npm, whose `moderate` is medium. Undefined for a score of 0, which rates nothing. */
export function severityOfScore(score: number): Severity | undefined {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'moderate';
  return score > 0 ? 'low' : undefined;
}

/** To one place, as the specification's appendix does it, so that binary fractions do not decide. */
function roundedUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
