/** What Postgres and the network throw, as store failures. https://www.postgresql.org/docs/current/errcodes-appendix.html */

import type { StoreFailure } from '../store.ts';
import { UnreadableRow } from './event-row.ts';

/** What is said for whole classes of SQLSTATE, longest prefix first; `again` where the next attempt may go better. */
const STATES: readonly (readonly [prefix: string, kind: Kind, again: boolean])[] = [
  ['25006', 'read_only', false], // a standby, or a read-only transaction
  ['42501', 'read_only', false], // not granted
  ['53100', 'full', false],
  ['53', 'unreachable', true], // out of connections or memory
  ['57014', 'busy', true], // cancelled by a statement timeout
  ['57P04', 'unreachable', false], // the database was dropped
  ['57P', 'unreachable', true], // shutting down, starting up, crashed
  ['58', 'unreachable', true], // an error of its disk
  ['55P03', 'busy', true],
  ['40', 'busy', true], // serialization failure, deadlock
  ['23505', 'busy', true], // somebody else was first: the next attempt finds what they wrote
  ['08', 'unreachable', true],
  ['28', 'unreachable', false], // password or user
  ['3D', 'unreachable', false], // no such database
  ['XX001', 'corrupt', false],
  ['XX002', 'corrupt', false],
];

type Kind = 'unreachable' | 'read_only' | 'full' | 'busy' | 'corrupt';

/** Of our own making: the migration lost a race and finds everything done next time. */
const LOST_RACE = ['42P06', '42P07', '42710', '42723'];

export interface Reading {
  readonly failure: StoreFailure;
  readonly again: boolean;
}

/** @throws the error itself where it is a defect of ours, a statement Postgres does not understand for example */
export function postgresFailure(error: unknown): Reading {
  if (error instanceof UnreadableRow) {
    const { seq, message } = error;
    return {
      failure: { kind: 'corrupt', message, ...(seq !== undefined && { seq }) },
      again: false,
    };
  }
  const message = messageOf(error);
  const state = sqlState(error);
  if (state === undefined) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    // A certificate that is not trusted will not be the next time either.
    const again = !/^(ERR_TLS|ERR_SSL|CERT|DEPTH_|SELF_|UNABLE_)/.test(codeOf(error) ?? '');
    return { failure: { kind: 'unreachable', message }, again };
  }
  if (LOST_RACE.includes(state)) return { failure: { kind: 'busy', message }, again: true };
  const row = STATES.find(([prefix]) => state.startsWith(prefix));
  if (row === undefined) throw error;
  return { failure: { kind: row[1], message }, again: row[2] };
}

/** Did the server itself refuse, so that nothing was committed? A lost connection does not say. */
export function isAnswer(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !/^(08|57P|58)/.test(state);
}

function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Node tries every address of a host and says nothing itself when all have failed. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
