/** Where a service's environments are acted on from. */

import { existsSync } from 'node:fs';
import { userStateFolder } from '../history/heads.ts';
import { artifactPlace } from '../pipeline/release.ts';
import type { RolloutPlace } from '../rollout/parts.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';

/** @param service as the history knows it, where that is another than the configuration's */
export function placeOf(
  { root, stateDir, loaded }: Session,
  { env }: Pick<Io, 'env'>,
  service = loaded.config.service,
): RolloutPlace {
  return {
    ...{ service, root, env, stateFolder: userStateFolder(env) },
    artifactPath: ({ artifact }) => {
      if (artifact === null) return undefined;
      const kept = artifactPlace(stateDir, artifact);
      return existsSync(kept) ? kept : undefined;
    },
  };
}
