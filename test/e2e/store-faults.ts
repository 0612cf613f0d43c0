/** What can be wrong with the file a history is in, and small disks that are full or cannot be written. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryFolder } from './rig.ts';

const PAGE = 4096;
const SPARE = 10 * PAGE;

/** Everything into the file itself, so that what is spoilt there is not mended from its log. */
export function settle(file: string): void {
  withDatabase(file, 'PRAGMA wal_checkpoint(TRUNCATE)');
}

export function fromTheFuture(file: string): void {
  withDatabase(file, 'PRAGMA user_version = 99');
}

export function withoutHeader(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill('A', 0, 100));
}

export function withFlippedBytes(file: string): void {
  const bytes = readFileSync(file);
  for (let at = PAGE; at < bytes.length; at += 97) bytes.writeUInt8(bytes.readUInt8(at) ^ 255, at);
  writeFileSync(file, bytes);
}

export function ofAnotherProgram(file: string): void {
  rmSync(file);
  withDatabase(file, 'CREATE TABLE songs (name TEXT)');
}

export function asFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}

export function asPipe(file: string): void {
  rmSync(file);
  spawnSync('mkfifo', [file]);
}

function withDatabase(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

export interface SmallDisk {
  readonly folder: string;
  /** Up to the little that SQLite needs to read. */
  fill(): void;
  makeReadOnly(): void;
  remove(): void;
}

/** Of 3 MiB. Undefined where this user may not mount one. */
export function smallDisk(folder = temporaryFolder()): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  const run = (name: string, ...argv: string[]) => spawnSync(name, [...argv, folder]).status === 0;
  if (!run('mount', '-t', 'tmpfs', '-o', 'size=3m,mode=700', 'none')) return undefined;
  return {
    folder,
    fill() {
      const spare = path.join(folder, 'spare');
      writeFileSync(spare, Buffer.alloc(SPARE));
      // In ever smaller pieces, until not a byte more fits.
      for (let size = 64 * PAGE; size >= 1; size = Math.floor(size / 2)) {
        try {
          for (let n = 0; ; n += 1) {
            writeFileSync(path.join(folder, `fill-${size}-${n}`), Buffer.alloc(size));
          }
        } catch {
          // full for this size
        }
      }
      rmSync(spare);
    },
    makeReadOnly: () => void run('mount', '-o', 'remount,ro'),
    remove: () => void run('umount'),
  };
}
