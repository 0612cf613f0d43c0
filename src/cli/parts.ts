/** What the composition root hands to commands: every adapter, as lazily as it can be. */

import type { CustomRunner } from '../config/config.ts';
import type { Kept } from '../config/yaml.ts';
import type { StoreTable } from '../history/open-store.ts';
import type { RolloutParts } from '../rollout/parts.ts';
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
  /** The shipped gates and presets by absolute path, as they were read when nemesis was built. */
  readonly shipped?: () => ReadonlyMap<string, Kept>;
  runners(): Promise<readonly Runner[]>;
  custom(config: CustomRunner): Promise<Runner>;
  engine(runId: string): Promise<ProcessEngine>;
  /** Drivers and the commands a project declares; absent where nothing may be rolled out. */
  readonly rollout?: () => Promise<RolloutParts>;
  /** The process ends with the command. */
  readonly leaves?: boolean;
  /** The kinds of store a history can be in; absent where nothing may be remembered. */
  readonly stores?: () => Promise<StoreTable>;
}
