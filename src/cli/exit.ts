/** The exit codes, all of them. Nothing else in nemesis knows a number. */

import type { Failure } from '../failure.ts';

/** How a command ended, in words. */
export type Ending =
  | { readonly kind: 'yes' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'undecided' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'defect' };

export interface ExitRow {
  readonly code: number;
  readonly meaning: string;
}

export const EXIT_CODES = {
  yes: { code: 0, meaning: 'yes: ready, or caution unless --strict; the asked outcome holds' },
  blocked: { code: 1, meaning: 'no: blocked' },
  asked_wrongly: { code: 2, meaning: 'asked wrongly: usage or configuration' },
  undecided: { code: 3, meaning: 'undecided: could not be measured or could not act' },
  rolled_back: { code: 4, meaning: 'acted, and rolled back' },
  waiting: { code: 5, meaning: 'waiting for approval' },
  locked: { code: 6, meaning: 'locked by another deployment' },
  rollback_failed: { code: 7, meaning: 'rollback failed: the previous version is not serving' },
  frozen: { code: 8, meaning: 'frozen or pinned by a human' },
  hung_up: { code: 129, meaning: 'interrupted: the terminal was closed' },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C)' },
  terminated: { code: 143, meaning: 'interrupted (SIGTERM)' },
} as const satisfies Readonly<Record<string, ExitRow>>;

export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'yes':
      return EXIT_CODES.yes.code;
    case 'blocked':
      return EXIT_CODES.blocked.code;
    case 'undecided':
    case 'defect':
      return EXIT_CODES.undecided.code;
    case 'failed':
      return exitCodeOfFailure(ending.failure);
  }
}

function exitCodeOfFailure(failure: Failure): number {
  switch (failure.kind) {
    case 'bad_input':
    case 'usage':
      return EXIT_CODES.asked_wrongly.code;
    case 'cannot_act':
      return EXIT_CODES.undecided.code;
    case 'blocked':
    case 'locked':
    case 'frozen':
    case 'waiting':
    case 'rolled_back':
    case 'rollback_failed':
      return EXIT_CODES[failure.kind].code;
    case 'interrupted':
      return {
        SIGINT: EXIT_CODES.interrupted,
        SIGTERM: EXIT_CODES.terminated,
        SIGHUP: EXIT_CODES.hung_up,
      }[failure.signal].code;
  }
}
