/** Ids of events and deployments. */

import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A random UUID (RFC 9562, version 4). Node takes five milliseconds to load its cryptography, a fifth of a start, so
 * the bits come from where it would take them, if the system has such a place.
 */
export function newId(): string {
  const bytes = randomBytes();
  if (bytes === undefined) return process.getBuiltinModule('node:crypto').randomUUID();
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function randomBytes(): Buffer | undefined {
  const bytes = Buffer.alloc(16);
  try {
    const source = openSync('/dev/urandom', 'r');
    try {
      return readSync(source, bytes) === bytes.length ? bytes : undefined;
    } finally {
      closeSync(source);
    }
  } catch {
    return undefined;
  }
}
