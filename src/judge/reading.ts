/** A metric as it stands now: a value, or the reason why there is none. Absence always has a name. */

import type { Datum } from '../language/index.ts';

/** Why a runner that is in play has no numbers. A team may accept each in advance by `tolerate`. */
export const ABSENT_STATES = [
  'not_installed',
  'timed_out',
  'crashed',
  'bad_config',
  'no_report',
  'bad_report',
  'unexplained_failure',
  'backend_unavailable',
  'nothing_measured',
  'skipped',
] as const;

/** How a runner ended. Only `clean` and `findings` yield numbers. */
export const TOOL_STATES = ['clean', 'findings', ...ABSENT_STATES, 'not_applicable'] as const;
export type ToolState = (typeof TOOL_STATES)[number];

export type Reading =
  | {
      readonly kind: 'measured';
      readonly value: Datum;
      readonly runner: string;
      /** Further runners whose counts are in the value. */
      readonly also?: readonly string[];
    }
  | { readonly kind: 'not_applicable'; readonly why: string; readonly runner?: string }
  | {
      readonly kind: 'missing';
      readonly why: string;
      readonly state: ToolState;
      readonly runner: string;
      /** The `tolerate` entry that accepts this absence, as written: `npm-audit: backend_unavailable`. */
      readonly toleratedBy?: Tolerance;
    };

/** One absence a team accepts, and the line that says so. */
export interface Tolerance {
  readonly runner: string;
  readonly state: ToolState;
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

/** Metric name to reading. A name that nothing measures is absent from the map. */
export type Readings = ReadonlyMap<string, Reading>;
