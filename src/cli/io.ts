/** The outside as a command sees it; the tests hand in their own. */

export interface Io {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Results. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  now(): number;
  /** Ends early when nemesis is asked to stop. */
  sleep(ms: number): Promise<void>;
  /** Aborted when the person or the machine asks nemesis to stop; the reason is the signal's name. */
  readonly signal: AbortSignal;
}
