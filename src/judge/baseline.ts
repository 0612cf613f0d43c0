/**
 * The baseline: numbers and findings of the last good state. A finding is known again by its runner, its file, its
 * rule and its message without numbers, so that it may move within the file; the same remark three times is three.
 * Pure: whoever calls brings the hash.
 */

import type { Finding } from './finding.ts';

export interface BaselineMetric {
  readonly value: number;
  /** Who measured it, where another tool would come to another number: `vitest 4`. */
  readonly by?: string;
}

export interface Baseline {
  readonly metrics: ReadonlyMap<string, BaselineMetric>;
  /** Runners whose findings are in it, with the version that made them; the version decides nothing. */
  readonly tools: ReadonlyMap<string, string>;
  /** How often each identity occurs. */
  readonly findings: ReadonlyMap<Identity, number>;
  /** What was loosened on purpose: name to day and reason. */
  readonly loosened: ReadonlyMap<string, string>;
}

/** Runner, file (empty where there is none) and mark, joined by NUL: none of them can hold one. */
export type Identity = string;

export interface IdentityParts {
  readonly tool: string;
  readonly file: string;
  /** Rule and hashed message. */
  readonly mark: string;
}

export const identityOf = ({ tool, file, mark }: IdentityParts): Identity =>
  [tool, file, mark].join('\0');

export function partsOf(identity: Identity): IdentityParts {
  const [tool = '', file = '', mark = ''] = identity.split('\0');
  return { tool, file, mark };
}

/** @param hash of a text to a short word; messages may hold what nobody should read in a committed file */
export function identify(tool: string, finding: Finding, hash: (text: string) => string): Identity {
  const plain = (text: string) => text.replaceAll('\0', '');
  const message = finding.message.replace(/\d+/g, '#').replace(/\s+/g, ' ').trim();
  const mark = `${plain(finding.rule)} ${hash(message)}`;
  return identityOf({ tool, file: plain(finding.file ?? ''), mark });
}

/** Notes are no findings to be kept down. */
export const isCompared = ({ severity }: Finding): boolean => severity !== 'info';

export interface Identified {
  readonly identity: Identity;
  readonly finding: Finding;
}

export interface Comparison {
  /** Those the baseline has no room for: of equal ones, the last. */
  readonly fresh: readonly Finding[];
  /** What is in the baseline and was not found again, with how many. */
  readonly fixed: ReadonlyMap<Identity, number>;
  /** Old identity to new one, of findings whose file has another name now. */
  readonly moved: ReadonlyMap<Identity, readonly Identity[]>;
}

/**
 * Findings of some runners beside the baseline of the same runners. A finding whose file is new takes the place of an
 * equal one whose file is gone: the file was renamed or its code was moved.
 * @param isGone whether a file of the baseline is no longer in the project
 */
export function compareFindings(
  found: readonly Identified[],
  before: ReadonlyMap<Identity, number>,
  isGone: (file: string) => boolean,
): Comparison {
  const left = new Map(before);
  const take = (identity: Identity): boolean => {
    const count = left.get(identity) ?? 0;
    if (count > 0) left.set(identity, count - 1);
    return count > 0;
  };
  const unknown = found.filter(({ identity }) => !take(identity));
  const gone = new Map<string, Identity[]>();
  for (const [identity, count] of left) {
    const { tool, file, mark } = partsOf(identity);
    if (count === 0 || file === '' || !isGone(file)) continue;
    const key = `${tool}\0${mark}`;
    gone.set(key, [...(gone.get(key) ?? []), identity]);
  }
  const moved = new Map<Identity, Identity[]>();
  const fresh = unknown.filter(({ identity }) => {
    const { tool, mark } = partsOf(identity);
    const old = gone.get(`${tool}\0${mark}`)?.find((one) => take(one));
    if (old !== undefined) moved.set(old, [...(moved.get(old) ?? []), identity]);
    return old === undefined;
  });
  const fixed = new Map([...left].filter(([, count]) => count > 0));
  return { fresh: fresh.map(({ finding }) => finding), fixed, moved };
}
