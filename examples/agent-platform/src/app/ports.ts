import type { Prompts } from '../agents/load-prompts.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** What the service takes from the process it runs in. */
export interface AppPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly prompts: Prompts;
  /** The folder of the dashboard's style and script. */
  readonly publicDir: string;
  /** Ends the process at once, without draining. */
  readonly die: () => void;
}
