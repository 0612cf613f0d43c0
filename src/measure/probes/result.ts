/** How a probe went: it holds, it fails, or it could not be told. */

export type ProbeState = 'holds' | 'fails' | 'untold' | 'not_applicable';

export interface ProbeResult {
  readonly name: string;
  /** `core_workflows`; null where it is only needed by another. */
  readonly section: string | null;
  readonly state: ProbeState;
  readonly tookMs: number;
  /** Why it does not hold, or was not tried; fit to be shown. */
  readonly why: readonly string[];
  /** Measured otherwise than declared first: `over HTTP: no Chromium …`. */
  readonly note?: string;
  /** Names of files that were kept of it, in the folder of the reports. */
  readonly files: readonly string[];
}

/** One probe, tried. */
export type Tried = Pick<ProbeResult, 'state' | 'why'> &
  Partial<Pick<ProbeResult, 'note' | 'files'>>;

export const HOLDS: Tried = { state: 'holds', why: [] };
export const failing = (...why: readonly string[]): Tried => ({ state: 'fails', why });
export const untold = (...why: readonly string[]): Tried => ({ state: 'untold', why });

/** Of all together: what is not told is no yes. */
export function verdictOf(results: readonly ProbeResult[]): 'holds' | 'fails' | 'untold' {
  const has = (state: ProbeState) => results.some((one) => one.state === state);
  if (has('fails')) return 'fails';
  return has('untold') || !has('holds') ? 'untold' : 'holds';
}
