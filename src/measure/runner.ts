/**
 * The port every measurer plugs into. A runner knows its tool and nothing of thresholds.
 * Adding one is one file in `tools/` (or `suites/`), one fixture folder and one row in its `index.ts`.
 */

import type { Datum } from '../language/index.ts';
import type { MetricDeclaration } from '../judge/catalogue.ts';
import type { Finding } from '../judge/finding.ts';
import type { ToolState } from '../judge/reading.ts';
import type { WaivedFinding } from '../judge/waiver.ts';
import type { ReadChange } from './change/change.ts';
import type { Exposed } from './exposed.ts';
import type { Share } from './formats/numbers.ts';
import type { ProcessEngine } from './process/contract.ts';
import type { Project } from './project.ts';

/** Whether this runner has anything to measure here. */
export type InPlay =
  /** `because` says what declares it: `eslint.config.js`, `package.json scripts.lint`, `brought by nemesis`. */
  | { readonly inPlay: true; readonly because: string }
  | { readonly inPlay: false; readonly why: string };

export interface Runner {
  readonly id: string;
  /** One line for the tools table: what it measures. */
  readonly about: string;
  /** What has to be here: without it there is nothing to measure, and its metrics are not applicable. */
  readonly needs?: string;
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
  /** How a person installs the tool, one command or sentence; absent for runners without a subprocess. */
  readonly install?: string;
  /** Its answer depends on others than this machine: no commit waits for that. */
  readonly asksNetwork?: true;
  /** It looks at each file alone, so that it can be asked about some of them: `project.concerned`. */
  readonly perFile?: true;
  /** Of some files it is asked only where it says this of one of them: its answer hangs on these alone. */
  readonly isTouchedBy?: (file: string) => boolean;
  /** Ids of runners whose measurements this one reads through `context.earlier`. */
  readonly after?: readonly string[] | ((project: Project) => readonly string[]);
  /**
   * It takes long, or strains what it measures: a plain check leaves it out, whatever is declared.
   * The command that asks for it alone.
   */
  readonly onlyWhenAsked?: string;
  inPlay(project: Project): InPlay;
  /** Whether the tool can be found here, to choose among alternatives; runners without one are always found. */
  isFound?(project: Project): boolean;
  measure(context: RunContext): Promise<Measurement>;
  /** Has the project's own tool mend the concerned files where they lie, as far as it can. */
  fix?(context: RunContext): Promise<void>;
}

/** What a runner is given. Everything from outside comes through here. */
export interface RunContext {
  readonly project: Project;
  readonly engine: ProcessEngine;
  /** An empty folder of this runner's own, for reports and output; published when it has ended. */
  readonly workDir: string;
  /** A folder that the next run finds again as this one left it; absent where none is kept. */
  readonly keepDir?: string;
  readonly timeoutMs: number;
  readonly outputCapBytes: number;
  readonly signal: AbortSignal;
  /** Measurements of the runners named in `after`, by id. */
  readonly earlier: ReadonlyMap<string, Measurement>;
  /** What the work tree has that its base has not; absent where nobody can ask. */
  readonly change?: () => Promise<ReadChange>;
  /** Every duration of a load is divided by this; absent: as written. */
  readonly trial?: number;
  /** Says what is being done now, in a few words, for who waits. */
  progress?(text: string): void;
  /** Takes what stands in these variables out of all that is shown and kept of this run, where they hold secrets. */
  hide?(env: Readonly<Record<string, string>>): void;
}

/** What came of one run. Metrics are there only when the state is `clean` or `findings`. */
export interface Measurement {
  readonly state: ToolState;
  /** For people, one line: why there are no numbers, or what is worth knowing about them. */
  readonly why?: string;
  /** One instruction that mends it: `npm ci`. */
  readonly help?: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly findings: readonly Finding[];
  /** Findings that a waiver covers: in no number of this measurement, and shown with the waiver. */
  readonly waived?: readonly WaivedFinding[];
  /**
   * Of metrics that count something else than findings: each thing counted, as the indexes of the findings behind it.
   * A package leaves the count of vulnerable ones when all its advisories are waived.
   */
  readonly counts?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Where secrets stand in the project: read for the redaction of this run, and kept nowhere. */
  readonly exposed?: readonly Exposed[];
  /** The list holds fewer findings than there are. */
  readonly findingsCut?: boolean;
  /** The runner whose absence this one only repeats: told once, and tolerated under that name. */
  readonly causedBy?: string;
  /** `212 passed, 1 failed`: the line's end on a terminal. */
  readonly summary?: string;
  readonly evidence?: Evidence;
  /** Of a share: how many of how many, so that what is left to do can be told. */
  readonly shares?: Readonly<Record<string, Share>>;
  /** It was a trial: its load was this many times shorter than asked. */
  readonly trial?: number;
  /** Of what the history measures: the ids of the records behind each metric. */
  readonly records?: Readonly<Record<string, readonly string[]>>;
}

/** A value, or the reason why this one metric has none although the runner worked. */
export type MetricValue =
  | Datum
  | { readonly notApplicable: string }
  | {
      readonly missing: string;
      /** Where the absence is another runner's: its state, and its id. */
      readonly state?: ToolState;
      readonly causedBy?: string;
    };

/** What anyone needs to check the number by hand. */
export interface Evidence {
  /** The tool that measured: `eslint`, where the runner's id is a role such as `unit`. */
  readonly tool: string;
  readonly version?: string;
  readonly argv?: readonly string[];
  readonly exitCode?: number;
  /** File name inside the runner's report folder. */
  readonly report?: string;
  /** By metric, where one tool wrote several reports. */
  readonly reports?: Readonly<Record<string, string>>;
  /** What a change was compared with, and why with that. */
  readonly base?: { readonly commit: string; readonly by: string };
  readonly durationMs?: number;
  /** Where the binary came from: the project, the user's PATH, or nemesis. */
  readonly from?: 'project' | 'path' | 'nemesis';
  /** Last lines of what the tool said, for a run that yielded nothing. */
  readonly tail?: string;
}
