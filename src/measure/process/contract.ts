/** What the process engine takes and gives. No code here, so that every room can import it for free. */

/** One program to run, once. */
export interface ProcessRequest {
  /** Absolute path of the program; nothing is looked up and no shell reads it. */
  readonly file: string;
  /** Arguments after the program's own name. */
  readonly argv: readonly string[];
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  /** The whole environment. The engine adds its two markers (`NEMESIS_RUN`, `NEMESIS_PROCESS`). */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from start until the process is asked to stop; above 0. */
  readonly timeoutMs: number;
  /** Bytes per stream, above 0. */
  readonly outputCapBytes: number;
  /** An existing folder used by this request alone; the files `stdout` and `stderr` are made in it. */
  readonly outputDir: string;
  /** All that it finds on standard input; without it there is none. */
  readonly input?: string;
  /** What it leaves running is ended by somebody else: neither with nemesis, nor with this run. */
  readonly unmarked?: boolean;
  /** A question of our own, not what somebody waits for: what it says is shown to nobody. */
  readonly aside?: boolean;
  /** Nothing of what it says is told before it has ended, and this was called: what has to be hidden is known only then. */
  readonly beforeTold?: () => void;
  /** Called in the tick in which it is started, for who has to find it again after our own death. */
  readonly onStarted?: (pid: number) => void;
}

/** The program never ran. */
export interface NotStarted {
  readonly kind: 'not_started';
  /**
   * The system's own code (`ENOENT`, `EACCES`, `ENOEXEC`, `E2BIG`, `EINVAL` for a NUL character, …).
   * `CWD_…` means the working folder and `OUTPUT_…` the output folder is at fault, never the tool.
   */
  readonly code: string;
  /** Lower case, no full stop. */
  readonly message: string;
}

/** How it ended. Only `exited` says anything about the tool's own opinion. */
export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed_out'; readonly afterMs: number }
  | {
      readonly kind: 'output_capped';
      readonly stream: 'stdout' | 'stderr';
      readonly capBytes: number;
    }
  | NotStarted
  | { readonly kind: 'aborted' };

export interface ProcessOutcome {
  readonly end: ProcessEnd;
  /** Milliseconds from start to the exit of the program itself; 0 when it never started. */
  readonly durationMs: number;
  /** Milliseconds since the epoch, from the engine's clock. */
  readonly startedAtMs: number;
  /** Raw bytes, mode 0600, never longer than the cap. May be missing after an `OUTPUT_…` failure. */
  readonly stdoutFile: string;
  readonly stderrFile: string;
  /**
   * Processes the program left behind and the engine ended: the rest of its group, and after a kill
   * whatever carries its marker. Where the system has no `/proc`, a left-behind group counts as 1.
   */
  readonly survivors: number;
}

/** A program that is meant to live on after nemesis. */
export interface DetachedRequest {
  /** Absolute path. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; nemesis' markers are taken out of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Both streams are appended to this file; made with mode 0600, a symbolic link is refused. */
  readonly logFile: string;
}

/** How a detached program ended, as far as this process lived to see it. */
export type DetachedEnd = (code: number | null, signal: string | null) => void;

export type DetachedLaunch =
  | {
      readonly kind: 'launched';
      readonly pid: number;
      /** Milliseconds since the epoch, from the engine's clock. */
      readonly startedAtMs: number;
      /** Tells this process from a later one with the same pid; see `processStartToken`. */
      readonly startToken: string | undefined;
    }
  | NotStarted;

export interface ProcessEngine {
  /** Never rejects for what a program or the system does; throws on a request that is our own mistake. */
  run(request: ProcessRequest, signal?: AbortSignal): Promise<ProcessOutcome>;
  /** Starts a program in its own session that no watchdog and no sweep of nemesis will end. */
  launchDetached(request: DetachedRequest, onExit?: DetachedEnd): Promise<DetachedLaunch>;
  /** Aborts what still runs, ends every process that carries this run's marker, ends the watchdog. */
  close(): Promise<void>;
}
