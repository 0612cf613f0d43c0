import type { DatabaseSync } from 'node:sqlite';
import { hashPassword, matchesPassword } from './passwords.ts';

export interface Users {
  /** Creates the user or gives it this password. */
  put(name: string, password: string): Promise<void>;
  /** Whether name and password belong together. Takes as long for a name nobody has. */
  verify(name: string, password: string): Promise<boolean>;
}

/** Users in SQLite. */
export function createUsers(database: DatabaseSync): Users {
  const find = database.prepare('SELECT password_hash AS hash FROM users WHERE name = ?');
  const put = database.prepare(
    `INSERT INTO users (name, password_hash) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash`,
  );
  let decoy: Promise<string> | undefined;
  return {
    async put(name, password) {
      put.run(name, await hashPassword(password));
    },
    async verify(name, password) {
      const row = find.get(name);
      decoy ??= hashPassword('nobody has this name');
      const isRight = await matchesPassword(password, row ? String(row.hash) : await decoy);
      return isRight && row !== undefined;
    },
  };
}
