/** What the scripts of a `command` environment are told: by document, and for short scripts by variable. Pure. */

import type { Desired, Slot } from '../../driver.ts';
import { releaseTold } from '../../scripts/release-told.ts';

export interface Addressed {
  readonly service: string;
  readonly environment: string;
}

interface Told {
  readonly document: object;
  readonly values: Readonly<Record<string, string | number | undefined | null>>;
}

export function observeTold({ service, environment }: Addressed): Told {
  return {
    document: { schema: 'nemesis.observe/1', service, environment },
    values: { NEMESIS_SERVICE: service, NEMESIS_ENVIRONMENT: environment },
  };
}

export function applyTold(
  { service, environment }: Addressed,
  { slots }: Desired,
  fence: number,
): Told {
  const [first, second] = slots.toSorted(byWeight).map(({ release }) => release);
  return {
    document: {
      ...{ schema: 'nemesis.apply/1', service, environment, fence },
      slots: slots.map(({ release, instances, share }) => ({
        release: releaseTold(release),
        ...{ instances, share },
      })),
    },
    values: {
      NEMESIS_SERVICE: service,
      NEMESIS_ENVIRONMENT: environment,
      NEMESIS_FENCE: fence,
      NEMESIS_VERSION: first?.version,
      NEMESIS_ARTIFACT: first?.artifact,
      NEMESIS_COMMIT: first?.commit,
      NEMESIS_PREVIOUS_VERSION: second?.version,
    },
  };
}

/** What should get most of the requests stands first. */
function byWeight(a: Slot, b: Slot): number {
  return b.share - a.share || b.instances - a.instances;
}
