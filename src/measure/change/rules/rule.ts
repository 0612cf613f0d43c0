/** What a rule about a change answers. */

import type { Finding } from '../../../judge/finding.ts';
import type { MetricValue } from '../../runner.ts';

export interface Answer {
  readonly value: MetricValue;
  /** Why, for people: one line. */
  readonly said: string;
  readonly findings: readonly Omit<Finding, 'tool'>[];
}

export function notAsked(why: string): Answer {
  return { value: { notApplicable: why }, said: why, findings: [] };
}
