import type { DatabaseSync } from 'node:sqlite';

/** Records kept, so that a load test does not fill the disk. */
const KEPT = 5000;

/** A table of JSON records that belong to someone, newest kept. Workflows and notifications live in one each. */
export interface Records<T extends { id: string; owner: string }> {
  insert(record: T): void;
  update(record: T): void;
  find(id: string): T | undefined;
}

/** `table` is one of two literals, so that no outside text reaches the SQL. */
export function openRecords<T extends { id: string; owner: string }>(
  database: DatabaseSync,
  table: 'workflows' | 'notifications',
): Records<T> {
  const insert = database.prepare(`INSERT INTO ${table} (id, owner, record) VALUES (?, ?, ?)`);
  const prune = database.prepare(`DELETE FROM ${table} WHERE seq <= ?`);
  const update = database.prepare(`UPDATE ${table} SET record = ? WHERE id = ?`);
  const find = database.prepare(`SELECT record FROM ${table} WHERE id = ?`);
  return {
    insert(record) {
      const { lastInsertRowid } = insert.run(record.id, record.owner, JSON.stringify(record));
      prune.run(Number(lastInsertRowid) - KEPT);
    },
    update(record) {
      update.run(JSON.stringify(record), record.id);
    },
    find(id) {
      const row = find.get(id);
      return row === undefined ? undefined : (JSON.parse(String(row.record)) as T);
    },
  };
}
