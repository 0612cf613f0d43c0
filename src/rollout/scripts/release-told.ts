/** A release as scripts are told it. */

import type { ReleaseRecord } from '../../history/records.ts';

export function releaseTold({ version, commit, artifact }: ReleaseRecord): object {
  return { version, commit, artifact };
}
