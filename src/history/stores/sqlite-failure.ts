/** SQLite's result codes as store failures. https://sqlite.org/rescode.html */

import type { StoreFailure } from '../store.ts';
import { UnreadableRow } from './event-row.ts';

/** Primary result codes. */
const CODE = {
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** The primary result code of what SQLite threw; undefined for anything else. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

export const isBusy = (error: unknown): boolean =>
  resultCode(error) === CODE.busy || resultCode(error) === CODE.locked;

export const isIo = (error: unknown): boolean => resultCode(error) === CODE.io;

export const isConstraint = (error: unknown): boolean => resultCode(error) === CODE.constraint;

/** Failures of a commit that do not tell whether the commit happened. */
export const leavesDoubt = (error: unknown): boolean =>
  isIo(error) || resultCode(error) === CODE.full;

/** The file can perhaps be read, but not opened the way a writer has to. */
export const cannotWrite = (error: unknown): boolean => {
  const code = resultCode(error);
  if (code !== undefined)
    return code === CODE.readOnly || code === CODE.cannotOpen || code === CODE.permission;
  return ['EROFS', 'EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code));
};

/** Not a byte is free, not even for the index of the log that every reader needs. */
export const hasNoRoom = (error: unknown): boolean => {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return errcode === SHM_SIZE || resultCode(error) === CODE.full;
};

/** SQLITE_IOERR_SHMSIZE */
const SHM_SIZE = 4874;

/** @throws the error itself where it is no failure of the world but a defect of ours */
export function sqliteFailure(error: unknown): StoreFailure {
  if (error instanceof UnreadableRow) {
    const { seq, message } = error;
    return { kind: 'corrupt', message, ...(seq !== undefined && { seq }) };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const byResult = resultCode(error);
  if (byResult !== undefined) return { kind: KINDS.get(byResult) ?? 'unreachable', message };
  // A number no append of ours has written.
  if (code === 'ERR_OUT_OF_RANGE') return { kind: 'corrupt', message };
  if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'full', message };
  if (cannotWrite(error)) return { kind: 'read_only', message };
  if (typeof (error as NodeJS.ErrnoException).errno === 'number')
    return { kind: 'unreachable', message };
  throw error;
}

/** Our statements never change, so one that SQLite does not understand (`error`) means other tables than ours. */
const KINDS = new Map<number, 'busy' | 'full' | 'read_only' | 'corrupt'>([
  [CODE.error, 'corrupt'],
  [CODE.permission, 'read_only'],
  [CODE.busy, 'busy'],
  [CODE.locked, 'busy'],
  [CODE.readOnly, 'read_only'],
  [CODE.corrupt, 'corrupt'],
  [CODE.full, 'full'],
  [CODE.notADatabase, 'corrupt'],
]);
