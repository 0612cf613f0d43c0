/** What the composition root hands to commands: every adapter, as lazily as it can be. */

import type { CustomRunner } from '../config/config.ts';
import type { StoreTable } from '../history/open-store.ts';
import type { MetricSource } from '../judge/catalogue.ts';
import type { ProcessEngine } from '../measure/process/contract.ts';
import type { Runner } from '../measure/runner.ts';

export interface Parts {
  /** Folder of the installed nemesis: `gates/`, `config/` and `package.json` lie in it. */
  readonly packageRoot: string;
  readonly version: string;
  /** Names the build, so that nothing cached by another one is read; undefined when run from source. */
  readonly build: string | undefined;
  /** What the runners measure, without loading them. */
  sources(): Promise<readonly MetricSource[]>;
  runners(): Promise<readonly Runner[]>;
  custom(config: CustomRunner): Promise<Runner>;
  engine(runId: string): Promise<ProcessEngine>;
  /** The kinds of store a history can be in; absent where nothing may be remembered. */
  readonly stores?: () => Promise<StoreTable>;
}
