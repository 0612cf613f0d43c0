/** What a remark is known by from one run to the next: also when the lines above it move. */

import { sha256 } from '../history/sha256.ts';

/** Counts what is the same, so that every fingerprint of one run is another: 64 hex digits. */
export function fingerprints(): (...parts: readonly string[]) => string {
  const seen = new Map<string, number>();
  return (...parts) => {
    const key = JSON.stringify(parts);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return sha256(before === 0 ? key : `${key}#${before}`);
  };
}
