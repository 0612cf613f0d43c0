import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { inTransaction } from '../storage/database.ts';
import { type Platform, PLATFORMS } from './platforms.ts';

interface MemoryEntry {
  readonly platform: Platform;
  readonly key: string;
  readonly value: unknown;
  /** Grows by one with each write of the key, on whichever platform. */
  readonly version: number;
  readonly writtenAt: string;
}

interface SyncResult {
  readonly copied: number;
  /** One digest per platform over its keys, values and versions; equal when the platforms agree. */
  readonly digests: Readonly<Record<Platform, string>>;
  readonly isConsistent: boolean;
}

export interface MemoryStore {
  write(owner: string, platform: Platform, key: string, value: unknown): MemoryEntry;
  read(owner: string, platform: Platform, key: string): MemoryEntry | undefined;
  /** Brings the newest version of each key to every platform in `targets`. */
  sync(owner: string, targets?: readonly Platform[]): SyncResult;
}

/** Memory in SQLite. The highest version of a key wins a sync. */
export function createMemoryStore(database: DatabaseSync, clock: Clock): MemoryStore {
  const highest = database.prepare(
    'SELECT max(version) AS version FROM memory WHERE owner = ? AND key = ?',
  );
  const put = database.prepare('INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?, ?, ?)');
  const get = database.prepare('SELECT * FROM memory WHERE owner = ? AND platform = ? AND key = ?');
  const list = database.prepare(
    'SELECT key, value, version FROM memory WHERE owner = ? AND platform = ? ORDER BY key',
  );
  // SQLite takes the other columns from the row that holds the maximum. https://sqlite.org/lang_select.html#bareagg
  const copy = database.prepare(
    `INSERT INTO memory
       SELECT owner, ?, key, value, max(version), written_at FROM memory WHERE owner = ? GROUP BY key
     ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version,
       written_at = excluded.written_at WHERE excluded.version > memory.version`,
  );
  const digestOf = (owner: string, platform: Platform) =>
    createHash('sha256')
      .update(JSON.stringify(list.all(owner, platform)))
      .digest('hex')
      .slice(0, 16);

  return {
    write(owner, platform, key, value) {
      return inTransaction(database, () => {
        const version = Number(highest.get(owner, key)?.version ?? 0) + 1;
        const nowMs = clock.nowMs();
        put.run(owner, platform, key, JSON.stringify(value), version, nowMs);
        return { platform, key, value, version, writtenAt: new Date(nowMs).toISOString() };
      });
    },
    read(owner, platform, key) {
      const row = get.get(owner, platform, key);
      if (row === undefined) return undefined;
      return {
        platform,
        key,
        value: JSON.parse(String(row.value)) as unknown,
        version: Number(row.version),
        writtenAt: new Date(Number(row.written_at)).toISOString(),
      };
    },
    sync(owner, targets = PLATFORMS) {
      return inTransaction(database, () => {
        let copied = 0;
        for (const platform of targets) copied += Number(copy.run(platform, owner).changes);
        const digests = {
          web: digestOf(owner, 'web'),
          cli: digestOf(owner, 'cli'),
          mobile: digestOf(owner, 'mobile'),
        };
        return { copied, digests, isConsistent: new Set(Object.values(digests)).size === 1 };
      });
    },
  };
}
