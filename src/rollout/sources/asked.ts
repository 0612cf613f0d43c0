/** What a source is asked, and what it can say. */

import type { Told } from '../analysis/evidence.ts';
import type { Named } from './placeholders.ts';

export interface Asked {
  readonly metric: string;
  readonly named: Named;
  /** Epoch ms: from when the releases are compared on, and now. */
  readonly fromMs: number;
  readonly toMs: number;
}

export type Saying =
  | {
      readonly kind: 'told';
      readonly told: Told;
      /** Its samples are points in time, not requests. */
      readonly isByPoints?: boolean;
    }
  /** Of errors, counts by type. */
  | { readonly kind: 'types'; readonly types: Readonly<Record<string, number>> };
