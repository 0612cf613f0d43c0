import { describe, expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../src/storage/database.ts';
import { openRecords } from '../../src/storage/records.ts';

describe('inTransaction', () => {
  it('keeps nothing of work that throws', () => {
    const database = openDatabase(':memory:');
    const work = () => {
      database.exec("INSERT INTO users VALUES ('ada', 'x')");
      throw new Error('changed my mind');
    };
    expect(() => inTransaction(database, work)).toThrow('changed my mind');
    expect(database.prepare('SELECT * FROM users').all()).toEqual([]);
  });
});

describe('openRecords', () => {
  it('keeps the newest five thousand', () => {
    const database = openDatabase(':memory:');
    const records = openRecords(database, 'workflows');
    database.exec("INSERT INTO workflows VALUES (1, 'old', 'ada', '{}')");
    database.exec("INSERT INTO workflows VALUES (5000, 'newer', 'ada', '{}')");
    records.insert({ id: 'new', owner: 'ada' });
    expect(records.find('old')).toBeUndefined();
    expect(records.find('newer')).toEqual({});
    expect(records.find('new')).toEqual({ id: 'new', owner: 'ada' });
  });
});
