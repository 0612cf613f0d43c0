/** Everything that can go wrong, as data. Defects (our own bugs) are thrown; nothing else is. */

/** A place in a file a person wrote. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A person's file or argument is wrong, and this is where. */
export interface Diagnostic {
  readonly place: Place;
  /** What is wrong: lower case, no full stop. */
  readonly message: string;
  /** The line as written, for the caret; absent when the file could not be read as text. */
  readonly source?: string;
  /** How many characters the caret underlines. */
  readonly length?: number;
  /** What to write instead, one instruction a line. */
  readonly help?: readonly string[];
}

/** What a command could not do. `cli/exit.ts` gives each kind its exit code. */
export type Failure =
  | { readonly kind: 'bad_input'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'usage'; readonly message: string; readonly help?: readonly string[] }
  | { readonly kind: 'interrupted'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' }
  | {
      readonly kind:
        | 'cannot_act'
        /** A gate says no. */
        | 'blocked'
        /** Somebody else deploys there. */
        | 'locked'
        /** A person holds the environment. */
        | 'frozen'
        /** A person has to say yes first. */
        | 'waiting'
        /** It was done, and taken back. */
        | 'rolled_back'
        | 'rollback_failed';
      readonly message: string;
      readonly help?: readonly string[];
    };

export type Result<T, F = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });
export const fail = <F>(failure: F): Result<never, F> => ({ ok: false, failure });
