/** Statements of a SQLite connection, each prepared when it is first needed. */

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type Cells = Readonly<Record<string, unknown>>;

export interface Statements {
  run(sql: string, ...cells: readonly SQLInputValue[]): void;
  get(sql: string, ...cells: readonly SQLInputValue[]): Cells | undefined;
  all(sql: string, ...cells: readonly SQLInputValue[]): Cells[];
  iterate(sql: string, ...cells: readonly SQLInputValue[]): Iterable<Cells>;
}

export function statementsOf(db: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>();
  const of = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
  return {
    run: (sql, ...cells) => void of(sql).run(...cells),
    get: (sql, ...cells) => of(sql).get(...cells),
    all: (sql, ...cells) => of(sql).all(...cells),
    iterate: (sql, ...cells) => of(sql).iterate(...cells),
  };
}
