/** Takes the secrets out of a file of any size, a piece at a time, so that no report is too long to be made fit to be seen. */

import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Redact } from '../measure/redact.ts';

const PIECE = 4 * 1024 * 1024;
/** Bytes on each side of a cut that may belong together; no key or token is longer. */
const NEAR = 32 * 1024;
const TRIES = 64;

/**
 * Leaves the file as it was where nothing had to be taken out. It is made anew otherwise, since it may be a second name
 * of another. A file that cannot be read, or cannot be cut without cutting a secret, is removed.
 */
export function redactFile(file: string, redact: Redact, piece: number = PIECE): void {
  const redacted = `${file}.redacted`;
  try {
    const changed = copyRedacted(file, redacted, redact, piece);
    if (changed) renameSync(redacted, file);
    else rmSync(redacted);
  } catch {
    rmSync(redacted, { force: true });
    rmSync(file, { force: true });
  }
}

/** Whether anything was taken out. */
function copyRedacted(from: string, to: string, redact: Redact, piece: number): boolean {
  const source = openSync(from, 'r');
  let changed = false;
  try {
    const target = openSync(to, 'wx', 0o600);
    try {
      const buffer = Buffer.alloc(piece + NEAR);
      let held = 0;
      for (;;) {
        const read = readFully(source, buffer, held);
        const isLast = held + read < buffer.length;
        const bytes = buffer.subarray(0, held + read);
        const cut = isLast ? bytes.length : safeCut(bytes, redact);
        const before = bytes.subarray(0, cut);
        const after = withoutSecrets(before, redact);
        changed ||= !after.equals(before);
        writeFileSync(target, after);
        if (isLast) return changed;
        held = bytes.length - cut;
        buffer.copyWithin(0, cut);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** Bytes read from where the file stands until the buffer is full or the file ends. */
function readFully(source: number, buffer: Buffer, from: number): number {
  let at = from;
  while (at < buffer.length) {
    const read = readSync(source, buffer, at, buffer.length - at, null);
    if (read === 0) break;
    at += read;
  }
  return at - from;
}

/** Where both sides, each for itself, become what they become together; after a line break where there is one near. */
function safeCut(bytes: Buffer, redact: Redact): number {
  const latest = bytes.length - NEAR;
  const step = Math.floor(Math.min(latest - 1, NEAR) / TRIES);
  for (let back = 0; back < TRIES; back += 1) {
    const cut = niceCut(bytes, latest - back * step);
    const [left, right] = [
      bytes.subarray(Math.max(0, cut - NEAR), cut),
      bytes.subarray(cut, cut + NEAR),
    ];
    const apart = Buffer.concat([withoutSecrets(left, redact), withoutSecrets(right, redact)]);
    if (apart.equals(withoutSecrets(Buffer.concat([left, right]), redact))) return cut;
  }
  throw new Error('every cut would cut a secret');
}

/** Never within a character. */
function niceCut(bytes: Buffer, at: number): number {
  const line = bytes.lastIndexOf('\n', at - 1) + 1;
  if (line > 0 && at - line < 1024) return line;
  let cut = at;
  while (cut > at - 3 && (bytes[cut]! & 0xc0) === 0x80) cut -= 1;
  return cut;
}

/** Bytes that are no UTF-8 stay what they are. */
function withoutSecrets(bytes: Buffer, redact: Redact): Buffer {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const redacted = redact(text);
  return redacted === text ? bytes : Buffer.from(redacted, encoding);
}
