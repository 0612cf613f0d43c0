/**
 * What the daemon of a local environment is asked and answers: one line of JSON each way, over a socket that only the same
 * user can reach. Types only.
 */

import type { HealthProbe } from '../../../config/environment.ts';
import type { ReleaseRecord } from '../../../history/records.ts';
import type { Desired, DriverFailure, Observed } from '../../driver.ts';

/** How to run a release; kept beside its files, so that it can be run again where no configuration is. */
export interface ReleaseSpec {
  readonly release: ReleaseRecord;
  readonly start: readonly string[];
  /** The whole environment of an instance, but for PORT, HOST, VERSION and INSTANCE. */
  readonly env: Readonly<Record<string, string>>;
  readonly health: HealthProbe;
  readonly drainMs: number;
  /** A folder or file to copy; absolute. Only needed where the environment does not have the release yet. */
  readonly artifactPath?: string;
}

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface ApplyRequest {
  readonly verb: 'apply';
  readonly desired: Desired;
  readonly fence: number;
  /** Where it is not said, the environment goes by what it was told before. */
  readonly listen?: Listen;
  readonly keep?: number;
  readonly specs?: readonly ReleaseSpec[];
}

export type ControlRequest =
  | { readonly verb: 'observe' }
  | ApplyRequest
  /** Ends everything, the daemon with it. What is kept stays. */
  | { readonly verb: 'down'; readonly fence?: number };

export type ControlAnswer =
  | { readonly ok: true; readonly value: Observed | null }
  | { readonly ok: false; readonly failure: DriverFailure };

/** More cannot be meant. */
export const LONGEST_LINE = 16 * 1024 * 1024;
